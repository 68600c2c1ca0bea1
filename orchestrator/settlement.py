"""Writes what a step came to: the job's new state, the event that makes it known, the leases given back, the attempt.

All of it in one transaction that names the run: a stale run changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestrator.jobs import Job, Result
from orchestrator.kinds import STORIES
from orchestrator.leases import HOLD
from orchestrator.ledger import Tables
from orchestrator.outcomes import Advance, Board, Cancel, Complete, Confirm, Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.states import JobState
from orchestrator.sweeps.ending import note_end

LONGEST_ERROR: Final = 2_000
LONGEST_DETAIL: Final = 200_000
"""Characters that are kept. Build logs and stack traces come from programs, which may repeat themselves for ever."""

_CALM = {"failures": 0, "failing_since": None}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One passage through a step."""

    step: str
    started_at: datetime
    asked: Mapping[str, int]  #: how often each endpoint
    note: str
    answered: bool  #: QuantConnect did, and so accepts the credentials


def settle(runtime: Runtime, job: Job, outcome: Outcome, attempt: Attempt | None = None, **also: Any) -> None:
    """Write the outcome.

    Args:
        runtime: Of this process.
        job: As it was when the step began; its run number fences the write.
        outcome: What the step came to.
        attempt: To be kept with it; None where no step has led to it.
        **also: Further columns of the job.

    Raises:
        StaleRun: A newer run exists; nothing was written.
    """
    now = runtime.clock()
    goes_on = isinstance(outcome, Advance | Wait | Board)
    with runtime.ledger.writing(durable=not goes_on) as tables:
        changes = _changes(tables, job, outcome, now)
        tables.jobs.write(job, **{**changes, **also})
        if not goes_on:
            tables.projects.release_all(job.id)
            _audit(tables, job, outcome)
        _record_event(tables, job, outcome)
        if job.sweep_id is not None and not goes_on and not isinstance(outcome, Requeue):
            note_end(tables, job.sweep_id)
        if attempt is not None:
            name = type(outcome).__name__.lower()
            tables.jobs.keep_attempt(job, attempt.step, attempt.started_at, attempt.asked, name, attempt.note)
            if attempt.answered:
                tables.accounts.accept(runtime.account, runtime.fingerprint)


def _changes(tables: Tables, job: Job, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """What the outcome changes of the job; a result is kept."""
    match outcome:
        case Advance():
            return {"lease_until": now + HOLD, "recoveries": 0, "waiting_for": None, **_CALM}
        case Wait(delay, reason):
            return {"lease_until": now + delay + HOLD, "recoveries": 0, "waiting_for": reason, **_CALM}
        case Board(look_at, reason):
            lease = {"look_at": look_at, "lease_until": tables.jobs.leased(look_at + HOLD)}
            return {**lease, "recoveries": 0, "waiting_for": reason, **_CALM}
        case Requeue(delay, reason):
            return _left(JobState.QUEUED) | {"not_before": now + delay, "waiting_for": reason, **_CALM}
        case Complete(result):
            tables.jobs.keep_result(result)
            return _left(JobState.COMPLETED) | {"ended_at": now, "progress": 1.0}
        case Confirm(_, facts):
            details = {**job.details, "confirmed": dict(facts)}
            return _left(JobState.COMPLETED) | {"ended_at": now, "details": details}
        case Fail(kind, message, detail):
            told = {
                "error_kind": kind,
                "error": message[:LONGEST_ERROR],
                "error_detail": detail and detail[:LONGEST_DETAIL],
            }
            return _left(JobState.FAILED) | {"ended_at": now, **told}
        case Cancel():
            return _left(JobState.CANCELLED) | {"ended_at": now}


def _left(state: JobState) -> dict[str, Any]:
    """What is true of every job that leaves RUNNING."""
    return {"state": state, "lease_until": None, "has_slot": False, "recoveries": 0, "waiting_for": None}


def _record_event(tables: Tables, job: Job, outcome: Outcome) -> None:
    story = STORIES[job.kind]
    match outcome:
        case Complete(result):
            tables.outbox.record(story.completed, job, **_in_the_cloud(job), **_told(result))
        case Confirm(_, facts):
            tables.outbox.record(story.completed, job, **_in_the_cloud(job), confirmed=dict(facts))
        case Fail(kind, message):
            tables.outbox.record(
                story.failed, job, **_in_the_cloud(job), error_kind=kind, error=message[:LONGEST_ERROR]
            )
        case Cancel():
            tables.outbox.record(story.cancelled, job, **_in_the_cloud(job))


def _audit(tables: Tables, job: Job, outcome: Outcome) -> None:
    """What came of something that trades."""
    if not job.kind.trades:
        return
    match outcome:
        case Confirm(note):
            tables.audit.add(job, "confirmed", note)
        case Fail(_, message):
            tables.audit.add(job, "failed", message)
        case Cancel(note):
            tables.audit.add(job, "cancelled", note)


def _in_the_cloud(job: Job) -> dict[str, Any]:
    known = {"compile_id": job.compile_id, "backtest_id": job.backtest_id, "deploy_id": job.deploy_id}
    ours = ("deploy_id",) if job.kind.is_urgent else ("compile_id", "deploy_id" if job.kind.trades else "backtest_id")
    return {"project_id": job.project_id, **{name: known[name] for name in ours}}


def _told(result: Result) -> dict[str, Any]:
    return {"numbers": dict(result.numbers), "statistics": dict(result.statistics), "synthetic": result.synthetic}
