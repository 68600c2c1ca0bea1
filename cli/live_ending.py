"""`qcjobs live stop | liquidate`: ahead of everything, and not over before QuantConnect confirms it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
from rich.text import Text

from cli import live_render, render
from cli.amounts import PROJECT, SECONDS
from cli.carrying_out import carrying_out
from cli.epilog import examples
from cli.failures import JOB_FAILED, told_plainly
from cli.live_looking import known_deployments, look_if_needed
from cli.progress import follow
from cli.waking import wake_workers
from orchestrator import JobHandle, live
from orchestrator.errors import CredentialsRefused, NotFinished, WrongUse
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.ledger.deployments import Known
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState

Command = Callable[..., None]


def _options(command: Command) -> Command:
    """What both take."""
    for decorate in reversed(
        (
            click.argument("project_ids", nargs=-1, type=PROJECT, metavar="[PROJECT_ID]..."),
            click.option("--all", "everything", is_flag=True, help="Every project that trades."),
            click.option("--yes", is_flag=True, help="Do not ask first."),
            click.option("--wait/--no-wait", "waits", default=True, show_default=True, help="For the confirmation."),
            click.option("--timeout", type=SECONDS, help="Seconds to wait at most; it goes on after."),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
            told_plainly,
        )
    ):
        command = decorate(command)
    return command


@click.command(epilog=examples("qcjobs live stop 12345678", "qcjobs live stop --all --yes --json"))
@_options
def stop(**options: Any) -> None:
    """End algorithms. What they hold stays as it is at the brokerage.

    Goes ahead of everything else. Exit code 0: confirmed; 1: it failed; 3: not confirmed in time, and it goes on.
    """
    _end(JobKind.STOP, **options)


@click.command(epilog=examples("qcjobs live liquidate 12345678", "qcjobs live liquidate --all --yes --json"))
@_options
def liquidate(**options: Any) -> None:
    """Sell everything that algorithms hold, and end them.

    Goes ahead of everything else, and is tried again until QuantConnect confirms it. Exit code 0: confirmed; 1: it
    failed; 3: not confirmed in time, and it goes on.
    """
    _end(JobKind.LIQUIDATE, **options)


def _end(
    kind: JobKind,
    *,
    project_ids: tuple[int, ...],
    everything: bool,
    yes: bool,
    waits: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    settings = load_settings()
    if everything == bool(project_ids):
        raise WrongUse("Name the projects, or say --all.")
    if everything:
        look_if_needed(settings, fresh=False)
    trading = {known.project_id: known for known in reversed(known_deployments(settings)) if not known.has_ended}
    projects: Sequence[int] = sorted(trading) if everything else list(dict.fromkeys(project_ids))
    if not projects:
        _nothing_trades(as_json=as_json)
        return
    if not yes:
        _confirm(kind, projects, trading)
    ask = live.liquidate if kind is JobKind.LIQUIDATE else live.stop
    handles = [ask(project, settings=settings) for project in projects]
    if waits:
        _wait(handles, settings, timeout, as_json=as_json)
        return
    wake_workers(settings, urgent=True)
    if as_json:
        render.print_json([_as_json(handle.job) for handle in handles])
    else:
        for handle in handles:
            render.out.print(f"{handle.id[:8]}  {handle.job.name}: accepted")


def _nothing_trades(*, as_json: bool) -> None:
    if as_json:
        render.print_json([])
    else:
        render.out.print("Nothing trades.")


def _confirm(kind: JobKind, projects: Sequence[int], trading: dict[Any, Known]) -> None:
    for project in projects:
        known = trading.get(project)
        line = Text(f"  project {project}: ")
        if known is None:
            line.append("the ledger does not know that it trades", style="yellow")
        else:
            line.append(f"{known.brokerage or 'unknown brokerage'}, equity {live_render.money(known.equity)}, ")
            line.append_text(live_render.money_at_stake(known.environment))
        render.err.print(line)
    what = "Sell everything and stop" if kind is JobKind.LIQUIDATE else "Stop"
    which = "this algorithm" if len(projects) == 1 else f"these {len(projects)} algorithms"
    click.confirm(f"{what} {which}?", abort=True, err=True)


def _wait(handles: Sequence[JobHandle], settings: Settings, timeout: float | None, *, as_json: bool) -> None:
    try:
        with carrying_out(handles, settings):
            follow(handles, timeout, quiet=as_json)
    except (NotFinished, CredentialsRefused):
        if as_json:
            render.print_json([_as_json(handle.job) for handle in handles])
        raise
    jobs = [handle.job for handle in handles]
    if as_json:
        render.print_json([_as_json(job) for job in jobs])
    else:
        for job in jobs:
            _tell(job)
    if any(job.state is not JobState.COMPLETED for job in jobs):
        sys.exit(JOB_FAILED)


def _tell(job: Job) -> None:
    if job.state is JobState.COMPLETED:
        confirmed = job.details["confirmed"]
        words = f"confirmed: {confirmed['status']} ({confirmed['deploy_id']})"
        render.out.print(Text.assemble((f"project {job.project_id}: ", "bold"), (words, "green")))
    else:
        words = job.error or f"it was {job.state}"
        render.out.print(Text.assemble((f"project {job.project_id}: ", "bold"), (words, "red")), soft_wrap=True)


def _as_json(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "action": str(job.kind),
        "project_id": job.project_id,
        "state": str(job.state),
        "confirmed": job.details.get("confirmed"),
        "error": job.error,
        "error_kind": job.error_kind,
    }
