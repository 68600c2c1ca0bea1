"""What may be done to a job or a sweep once it is accepted: pause, resume, cancel, begin again, run once more, extend.

An id of a sweep begins with `s`, which no job's id does; so one command serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from orchestrator.errors import BadPlan, WrongUse
from orchestrator.events import EventType
from orchestrator.jobs import Job, Submission, parameters_key, repeated
from orchestrator.kinds import STORIES, JobKind
from orchestrator.ledger import Ledger, Tables
from orchestrator.states import JobState
from orchestrator.submission import cancel_within as cancel_job
from orchestrator.sweeps.ending import note_end
from orchestrator.sweeps.plan import MOST_POINTS, expand
from orchestrator.sweeps.plan_file import read_plan, with_seed
from orchestrator.sweeps.points import submissions_of

SWEEP: Final = "s"

NOTHING_LEFT: Final = "Of sweep {} no job is left; they were pruned. Submit it anew with `qcjobs sweep`."

T = TypeVar("T")


def is_sweep(any_id: str) -> bool:
    """Whether it is a sweep's id."""
    return any_id.startswith(SWEEP)


def pause(ledger: Ledger, any_id: str) -> int:
    """Begin nothing more of it until it is resumed. Backtests that run in the cloud run on: nobody can halt those.

    Returns:
        How many jobs are held back by this that were not before.
    """
    return _alone(ledger, pause_within, any_id)


def resume(ledger: Ledger, any_id: str) -> int:
    """Let it go on. Returns how many jobs were held back."""
    return _alone(ledger, resume_within, any_id)


def cancel(ledger: Ledger, any_id: str) -> int:
    """Stop it: what is queued never starts, a running backtest is deleted in the cloud. Returns how many that is."""
    return _alone(ledger, cancel_within, any_id)


def retry(ledger: Ledger, any_id: str, *, cancelled: bool = False) -> list[str]:
    """Begin again what failed, and with `cancelled` what was cancelled: with the same code and parameters.

    Returns:
        The ids of the new jobs; each has taken the place of an old one, which tells so (`retried_by`).

    Raises:
        WrongUse: A job that did neither.
    """
    with ledger.writing() as tables:
        return retry_within(tables, any_id, cancelled=cancelled)


def rerun(ledger: Ledger, any_id: str) -> str:
    """Run it once more, whatever came of it: another job, or another sweep with the same code and points.

    Returns:
        The new id.

    Raises:
        WrongUse: No job of the sweep is left.
    """
    return _alone(ledger, rerun_within, any_id)


def _alone(ledger: Ledger, action: Callable[[Tables, str], T], any_id: str) -> T:
    with ledger.writing() as tables:
        return action(tables, any_id)


# ── the same as a part of somebody's transaction: several are meant, and it is done to all of them or to none ────────


def pause_within(tables: Tables, any_id: str) -> int:
    """As `pause`."""
    return _set_paused(tables, any_id, paused=True)


def resume_within(tables: Tables, any_id: str) -> int:
    """As `resume`."""
    return _set_paused(tables, any_id, paused=False)


def _set_paused(tables: Tables, any_id: str, *, paused: bool) -> int:
    if is_sweep(any_id):
        return tables.sweeps.set_paused(tables.sweeps.get(any_id).id, paused=paused)
    job = _backtest(tables, any_id)
    return int(tables.jobs.pause(job) if paused else tables.jobs.resume(job))


def cancel_within(tables: Tables, any_id: str) -> int:
    """As `cancel`."""
    if not is_sweep(any_id):
        return int(cancel_job(tables, any_id))
    sweep_id = tables.sweeps.get(any_id).id
    stopped = tables.sweeps.cancel(sweep_id)
    note_end(tables, sweep_id)
    return stopped


def retry_within(tables: Tables, any_id: str, *, cancelled: bool = False) -> list[str]:
    """As `retry`."""
    if is_sweep(any_id):
        states = [JobState.FAILED, *([JobState.CANCELLED] if cancelled else [])]
        sweep = tables.sweeps.get(any_id)
        tables.alone(f"sweep {sweep.id}")  # two at once would begin the same jobs again twice
        sweep_id: str | None = sweep.id
        again = tables.jobs.begin_again(tables.sweeps.jobs_of(sweep.id, states), paused=sweep.paused)
    else:
        job = _backtest(tables, any_id)
        tables.alone(f"sweep {job.sweep_id or job.id}")
        job = _backtest(tables, job.id)
        sweep_id = job.sweep_id
        if job.retried_by is not None:
            raise WrongUse(f"Job {job.id} was begun again already, as job {job.retried_by}.")
        if job.state not in {JobState.FAILED, JobState.CANCELLED}:
            raise WrongUse(f"Job {job.id} is {job.state}; what failed or was cancelled can be begun again.")
        again = tables.jobs.begin_again([job])
        tables.outbox.record(STORIES[job.kind].accepted, tables.jobs.get(again[0]))
    if again and sweep_id is not None:
        tables.sweeps.grow(sweep_id, 0)
    return again


def rerun_within(tables: Tables, any_id: str) -> str:
    """As `rerun`."""
    if not is_sweep(any_id):
        job = _backtest(tables, any_id)
        again = tables.jobs.add(job.account, replace(repeated(job), sweep_id=None, position=0))
        tables.outbox.record(STORIES[job.kind].accepted, again)
        return again.id
    old = tables.sweeps.get(any_id)
    every = tables.sweeps.jobs_of(old.id)
    if not every:
        raise WrongUse(NOTHING_LEFT.format(old.id))
    new = tables.sweeps.add(
        old.account,
        name=old.name,
        source=old.source,
        note=old.note,
        plan=dict(old.plan),
        points=len(every),
        most_nodes=old.most_nodes,
        rerun_of=old.id,
    )
    tables.jobs.add_all(old.account, (replace(repeated(job), sweep_id=new.id) for job in every))
    _tell_queued(tables, new.id, len(every))
    return new.id


def extend(ledger: Ledger, sweep_id: str, plan: Mapping[str, Any], most: int = MOST_POINTS) -> int:
    """Add the points of another plan, as far as the sweep does not have them. Returns how many are new.

    Raises:
        BadPlan: It cannot be understood, or the sweep would have too many points.
        WrongUse: That is no sweep, or the code of a cloud project is not read yet.
    """
    with ledger.writing() as tables:
        sweep = tables.sweeps.get(sweep_id)
        tables.alone(f"sweep {sweep.id}")  # two at once would add the same points twice
        sweep = tables.sweeps.get(sweep.id)
        said, base = with_seed(plan), sweep.plan.get("base") or {}
        expansion = expand(read_plan(said), base=base, most=most)
        known = {parameters_key(parameters) for parameters in tables.sweeps.parameters_of(sweep.id)}
        points = [point for point in expansion.points if parameters_key(point.parameters) not in known]
        if len(known) + len(points) > most:
            raise BadPlan(f"The sweep would have {len(known) + len(points):,} points; {most:,} are the most.")
        if not points:
            return 0
        one = _template(tables, sweep.id, sweep.name, base)
        added = submissions_of(one, points, tables.sweeps.next_position(sweep.id))
        tables.jobs.add_all(sweep.account, (replace(each, paused=sweep.paused) for each in added))
        parts = [*(sweep.plan.get("parts") or []), dict(said)]
        tables.sweeps.grow(sweep.id, len(added), {**sweep.plan, "parts": parts})
        _tell_queued(tables, sweep.id, len(added))
    return len(added)


def _template(tables: Tables, sweep_id: str, name: str, base: Mapping[str, Any]) -> Submission:
    """What all jobs of the sweep have in common."""
    first = tables.sweeps.jobs_of(sweep_id, limit=1)
    if not first:
        raise WrongUse(NOTHING_LEFT.format(sweep_id))
    return replace(repeated(first[0]), name=name, parameters=base, labels=None)


def _tell_queued(tables: Tables, sweep_id: str, points: int) -> None:
    sweep = tables.sweeps.get(sweep_id)
    tables.outbox.record(
        EventType.SWEEP_QUEUED, sweep.account, sweep_id=sweep.id, name=sweep.name, source=sweep.source, points=points
    )


def _backtest(tables: Tables, job_id: str) -> Job:
    job = tables.jobs.get(job_id)
    if job.kind is not JobKind.BACKTEST:
        raise WrongUse(f"Job {job.id} is a {job.kind}; only backtests can be held back or run again.")
    return job
