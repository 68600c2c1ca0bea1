"""Submitting a sweep. What Python programs and the command line use.

from orchestrator import submit_sweep

sweep = submit_sweep("examples/moving_average_cross", {"grid": {"fast": "5:50:5", "slow": [100, 200]}})
sweep.wait()
print(sweep.best("sharpe_ratio"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestrator import capacity
from orchestrator.errors import BadPlan, WrongUse
from orchestrator.events import EventType
from orchestrator.jobs import Scalar, Submission
from orchestrator.ledger import Ledger, Tables
from orchestrator.reuse import known_results
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings
from orchestrator.submission import LONGEST_NAME, check_credentials, source_of, submission_of
from orchestrator.sweeps.ending import note_end
from orchestrator.sweeps.handle import SweepHandle
from orchestrator.sweeps.plan import Expansion, expand
from orchestrator.sweeps.plan_file import read_plan, read_plan_file, with_seed
from orchestrator.sweeps.points import submissions_of
from orchestrator.sweeps.preview import Preview, estimate


@dataclass(frozen=True, slots=True)
class Draft:
    """A sweep that could be accepted as it stands; nothing is written yet."""

    settings: Settings
    ledger: Ledger
    name: str
    note: str | None
    plan: Mapping[str, Any]
    base: Mapping[str, Scalar]  #: the source's own parameters
    expansion: Expansion
    submissions: Sequence[Submission]
    reuse: bool
    most_nodes: int | None

    def preview(self) -> Preview:
        """What it will cost."""
        with self.ledger.reading() as tables:
            account, first = self.settings.account, self.submissions[0]
            nodes = capacity.nodes_in(tables, self.settings, account)
            return estimate(
                tables,
                self.settings,
                points=len(self.submissions),
                excluded=self.expansion.excluded,
                repeated=self.expansion.repeated,
                reused=len(self._known(tables)),
                nodes=min(nodes, self.most_nodes or nodes),
                past=tables.jobs.experience(account, first.bundle_hash, first.source),
                now=self.ledger.clock(),
            )

    def submit(self) -> SweepHandle:
        """Accept it: all of its jobs are in the ledger, or none.

        Raises:
            CredentialsRefused: QuantConnect has refused these credentials before.
            LedgerUnavailable: The database does not answer; nothing was accepted.
        """
        account = self.settings.account
        with self.ledger.writing() as tables:
            check_credentials(tables, self.settings)
            sweep = tables.sweeps.add(
                account,
                name=self.name,
                source=self.submissions[0].source,
                note=self.note,
                plan={"base": dict(self.base), "parts": [dict(self.plan)]},
                points=len(self.submissions),
                most_nodes=self.most_nodes,
            )
            known = self._known(tables)
            ids = tables.jobs.add_all(account, (replace(one, sweep_id=sweep.id) for one in self.submissions))
            tables.jobs.take_over({ids[place]: result for place, result in known.items()})
            tables.outbox.record(
                EventType.SWEEP_QUEUED,
                account,
                sweep_id=sweep.id,
                name=sweep.name,
                source=sweep.source,
                points=sweep.points,
                reused=len(known),
            )
            note_end(tables, sweep.id)  # everything may have been known
        return SweepHandle(self.ledger, sweep.id, self.settings)

    def _known(self, tables: Tables) -> Mapping[int, Any]:
        return known_results(tables, self.settings.account, self.submissions) if self.reuse else {}


def draft_sweep(
    source: str | Path | int | None,
    plan: Mapping[str, Any] | str | Path,
    *,
    name: str | None = None,
    note: str | None = None,
    project_id: int | None = None,
    priority: int | None = None,
    replace_files: bool | None = None,
    reuse: bool | None = None,
    most_nodes: int | None = None,
    settings: Settings | None = None,
) -> Draft:
    """Read source and plan, and make the points. What is None is as the plan says.

    Raises:
        WrongUse: Source, plan, a parameter or the configuration is wrong.
        MissingCredentials: Nobody to be at QuantConnect.
    """
    settings = settings or load_settings()
    said = with_seed(_said(plan))
    source = said.get("source") if source is None else source
    if not isinstance(source, str | Path | int):
        raise WrongUse("Which source? Name a strategy's folder or a project's id, or let the plan say `source:`.")
    if most_nodes is not None and most_nodes < 1:
        raise WrongUse("A sweep needs at least one node.")
    found = source_of(settings, source)
    expansion = expand(read_plan(said), base=found.parameters, most=settings.sweeps.most_points)
    title = " ".join(str(name or said.get("name") or found.name).split())[:LONGEST_NAME]
    one = submission_of(
        found,
        title,
        said.get("project") if project_id is None else project_id,
        {},
        _whole("priority", said.get("priority", 0)) if priority is None else priority,
        replace=_choice("replace", replace_files, said),
    )
    reuse = _choice("reuse", reuse, said)
    if reuse and one.files is None:
        raise WrongUse("Only backtests of a folder can be answered from the ledger; a cloud project may have changed.")
    return Draft(
        settings=settings,
        ledger=open_ledger(settings),
        name=title,
        note=note or (None if said.get("note") is None else str(said["note"])),
        plan=said,
        base=found.parameters,
        expansion=expansion,
        submissions=submissions_of(one, expansion.points),
        reuse=reuse,
        most_nodes=most_nodes,
    )


def submit_sweep(
    source: str | Path | int | None,
    plan: Mapping[str, Any] | str | Path,
    *,
    name: str | None = None,
    note: str | None = None,
    project_id: int | None = None,
    priority: int | None = None,
    replace: bool | None = None,
    reuse: bool | None = None,
    most_nodes: int | None = None,
    yes: bool = False,
    settings: Settings | None = None,
) -> SweepHandle:
    """Accept a sweep: once this returns, all of its backtests are in the ledger and each will run exactly once.

    Args:
        source: A strategy's folder, or the id of a cloud project as it stands; None: as the plan says.
        plan: A map such as `{"grid": {"fast": "5:50:5"}, "where": ["fast < slow"]}`, or the path of a YAML file.
        name: Of the sweep; by default the source's.
        note: For people.
        project_id: The cloud project to run in; by default the folder's `cloud-id`, else one made for its name.
        priority: Higher goes first.
        replace: May overwrite cloud files that qcjobs did not put there.
        reuse: Points that were run before (same code, parameters and LEAN version) are answered from the ledger.
        most_nodes: Backtests at once; None: as many as there are nodes.
        yes: It may be larger than the settings let pass unasked (`sweeps.ask_above_…`).
        settings: Instead of those of the environment.

    Raises:
        WrongUse: Source, plan or configuration is wrong, or the sweep is larger than may pass unasked.
        MissingCredentials: Nobody to be at QuantConnect.
        CredentialsRefused: QuantConnect has refused these credentials before.
        LedgerUnavailable: The database does not answer; nothing was accepted.
    """
    draft = draft_sweep(
        source,
        plan,
        name=name,
        note=note,
        project_id=project_id,
        priority=priority,
        replace_files=replace,
        reuse=reuse,
        most_nodes=most_nodes,
        settings=settings,
    )
    if not yes and (much := draft.preview().exceeded(draft.settings)):
        raise WrongUse(f"This sweep means {', '.join(much)}. Say yes=True if it is meant, or raise sweeps.ask_above_….")
    return draft.submit()


def get_sweep(sweep_id: str, settings: Settings | None = None) -> SweepHandle:
    """The handle of a sweep that was submitted before, by its id or an unambiguous beginning of it.

    Raises:
        SweepNotFound: None, or several.
    """
    settings = settings or load_settings()
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        return SweepHandle(ledger, tables.sweeps.get(sweep_id).id, settings)


def _said(plan: Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    return plan if isinstance(plan, Mapping) else read_plan_file(Path(plan))


def _choice(key: str, given: bool | None, said: Mapping[str, Any]) -> bool:
    chosen = said.get(key, False) if given is None else given
    if not isinstance(chosen, bool):
        raise BadPlan(f"{key} is true or false.")
    return chosen


def _whole(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadPlan(f"{key} is a whole number.")
    return value
