"""What may be done to a job or a sweep once it is accepted: pause, resume, cancel, begin again, run once more, extend.

An id of a sweep begins with `s`, which no job's id does; so one command serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from orchestrator.errors import BadPlan, WrongUse
from orchestrator.events import EventType
from orchestrator.jobs import Job, Submission, parameters_key, repeated
from orchestrator.kinds import STORIES, JobKind
from orchestrator.ledger import Ledger, Tables
from orchestrator.states import JobState
from orchestrator.submission import cancel as cancel_job
from orchestrator.sweeps.ending import note_end
from orchestrator.sweeps.plan import MOST_POINTS, expand
from orchestrator.sweeps.plan_file import read_plan, with_seed
from orchestrator.sweeps.points import submissions_of

SWEEP: Final = "s"


def is_sweep(any_id: str) -> bool:
    """Whether it is a sweep's id."""
    return any_id.startswith(SWEEP)


def pause(ledger: Ledger, any_id: str) -> int:
    """Begin nothing more of it until it is resumed. Backtests that run in the cloud run on: nobody can halt those.

    Returns:
        How many jobs are held back by this that were not before.
    """
    return _set_paused(ledger, any_id, paused=True)


def resume(ledger: Ledger, any_id: str) -> int:
    """Let it go on. Returns how many jobs were held back."""
    return _set_paused(ledger, any_id, paused=False)


def _set_paused(ledger: Ledger, any_id: str, *, paused: bool) -> int:
    with ledger.writing() as tables:
        if is_sweep(any_id):
            return tables.sweeps.set_paused(tables.sweeps.get(any_id).id, paused=paused)
        job = _backtest(tables, any_id)
        return int(tables.jobs.pause(job) if paused else tables.jobs.resume(job))


def cancel(ledger: Ledger, any_id: str) -> int:
    """Stop it: what is queued never starts, a running backtest is deleted in the cloud. Returns how many that is."""
    if not is_sweep(any_id):
        return int(cancel_job(ledger, any_id))
    with ledger.writing() as tables:
        sweep_id = tables.sweeps.get(any_id).id
        stopped = tables.sweeps.cancel(sweep_id)
        note_end(tables, sweep_id)
    return stopped


def retry(ledger: Ledger, any_id: str, *, cancelled: bool = False) -> list[str]:
    """Begin again what failed, and with `cancelled` what was cancelled: with the same code and parameters.

    Returns:
        The ids of the new jobs; each has taken the place of an old one, which tells so (`retried_by`).

    Raises:
        WrongUse: A job that did neither.
    """
    states = [JobState.FAILED, *([JobState.CANCELLED] if cancelled else [])]
    with ledger.writing() as tables:
        if is_sweep(any_id):
            sweep = tables.sweeps.get(any_id)
            again = tables.jobs.begin_again(tables.sweeps.jobs_of(sweep.id, states), paused=sweep.paused)
        else:
            job = _backtest(tables, any_id)
            if job.retried_by is not None:
                raise WrongUse(f"Job {job.id} was begun again already, as job {job.retried_by}.")
            if job.state not in {JobState.FAILED, JobState.CANCELLED}:
                raise WrongUse(f"Job {job.id} is {job.state}; what failed or was cancelled can be begun again.")
            again = tables.jobs.begin_again([job])
            tables.outbox.record(STORIES[job.kind].accepted, tables.jobs.get(again[0]))
        sweep_id = sweep.id if is_sweep(any_id) else job.sweep_id
        if again and sweep_id is not None:
            tables.sweeps.grow(sweep_id, 0)
    return again


def rerun(ledger: Ledger, any_id: str) -> str:
    """Run it once more, whatever came of it: another job, or another sweep with the same code and points.

    Returns:
        The new id.
    """
    with ledger.writing() as tables:
        if not is_sweep(any_id):
            job = _backtest(tables, any_id)
            again = tables.jobs.add(job.account, replace(repeated(job), sweep_id=None, position=0))
            tables.outbox.record(STORIES[job.kind].accepted, again)
            return again.id
        old = tables.sweeps.get(any_id)
        every = tables.sweeps.jobs_of(old.id)
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
    first = tables.sweeps.jobs_of(sweep_id, limit=1)[0]
    return replace(repeated(first), name=name, parameters=base, labels=None)


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
