"""Step 4, create: the one request that costs money, made exactly once.

`backtests/create` is not idempotent. Before the request an intent is committed; after any doubt (time-out, 5xx, crash)
the project's backtests are looked through for the job's own name, which is unique, before anything is asked again.
What is found is adopted at once. Asking again waits until the older request can no longer be under way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from orchestrator import capacity
from orchestrator.events import EventType
from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.asking import COMPILE_TO_APPEAR, intending, visible_soon
from orchestrator.workflow.doubt import settled_after
from quantconnect import CompileNotFound, NotFound
from quantconnect.models.ids import BacktestId, ProjectId

log = structlog.get_logger(__name__)


def create_backtest(runtime: Runtime, job: Job) -> Outcome:
    """Start the backtest, or adopt the one that an earlier request of this job started."""
    if job.backtest_id is not None:
        return Advance("the backtest exists")
    if job.project_id is None:
        return Requeue(timedelta(0), "its upload")
    if job.create_intent_at is not None:
        found = look_for_backtest(runtime, job, job.create_intent_at)
        if isinstance(found, Wait):
            return found
        if found is not None:
            _adopt(runtime, job, found)
            return Advance(f"found backtest {found}, made by an earlier request")
    if not job.has_slot:
        return Requeue(timedelta(0), "a free node")
    capacity.refresh(runtime, job.project_id)
    return _ask(runtime, job, job.project_id)


def _ask(runtime: Runtime, job: Job, project_id: ProjectId) -> Outcome:
    if job.compile_id is None:
        return Requeue(timedelta(0), "its compile")
    try:
        with intending(runtime, job):
            made = runtime.api.backtests.create(
                project_id, job.compile_id, job.backtest_name, parameters=dict(job.parameters) or None
            )
    except NotFound as error:
        if visible_soon(runtime, job):
            return COMPILE_TO_APPEAR
        raise CompileNotFound(str(error)) from error  # of a project that was deleted the compile is gone as well
    _adopt(runtime, job, made.backtest_id)
    return Advance(f"backtest {made.backtest_id}")


def look_for_backtest(runtime: Runtime, job: Job, intent_at: datetime) -> BacktestId | Wait | None:
    """The backtest that an earlier request of this job started, if it did.

    Returns:
        Its id; None when it is certain that there is none; Wait while that is uncertain.
    """
    assert job.project_id is not None  # noqa: S101 (an intent is written with the project known)
    for summary in runtime.api.backtests.list(job.project_id):
        if summary.name == job.backtest_name and summary.backtest_id:
            return summary.backtest_id
    settled = settled_after(runtime, intent_at)
    if runtime.clock() < settled:
        return Wait(min(settled - runtime.clock(), timedelta(seconds=3)), "certainty that no backtest was made")
    return None


def _adopt(runtime: Runtime, job: Job, backtest_id: BacktestId) -> None:
    """From here on the backtest is the job's."""
    with runtime.ledger.writing() as tables:
        tables.jobs.write(job, backtest_id=backtest_id, backtest_created_at=runtime.clock(), progress=0.0)
        capacity.note_success(tables, runtime)
        tables.outbox.record(EventType.BACKTEST_STARTED, job, project_id=job.project_id, backtest_id=backtest_id)
