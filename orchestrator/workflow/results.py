"""Step 5, poll results: look until the backtest has ended, then read it once and keep what it says."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from orchestrator import board
from orchestrator.jobs import Job, Result
from orchestrator.outcomes import Board, Complete, Fail, Outcome, Requeue
from orchestrator.runtime import Runtime
from orchestrator.workflow.known import latest_compile
from quantconnect import NotFound
from quantconnect.models.backtests import Backtest
from quantconnect.results import BacktestNumbers, Finality, verdict

STATISTICS: Final = "the statistics of the completed backtest"
RUNS: Final = "the backtest"

LARGEST_RESULT: Final = 20_000_000
"""Characters of JSON that one backtest may leave in the ledger: some thirty thousand trades."""

log = structlog.get_logger(__name__)


def poll_results(runtime: Runtime, job: Job) -> Outcome:
    """Look at the backtest, by way of the board where several of its project run."""
    if job.backtest_id is None or job.project_id is None or job.backtest_created_at is None:
        return Requeue(timedelta(0), "its backtest")
    if job.look_at is None:
        return Board(board.first_look(runtime, job), RUNS)
    seen = board.look(runtime, job)
    if not seen.to_read:
        return Board(seen.look_at, RUNS, frees_node=seen.freed)
    try:
        backtest = runtime.api.backtests.read(job.project_id, job.backtest_id)
    except NotFound:
        if runtime.clock() - job.backtest_created_at < board.APPEARS_WITHIN:
            return Board(runtime.clock() + timedelta(seconds=3), "the backtest to appear", frees_node=seen.freed)
        return Fail("deleted", "The backtest was deleted in the cloud before its result could be read.")
    return _judge(runtime, job, backtest)


def _judge(runtime: Runtime, job: Job, backtest: Backtest) -> Outcome:
    now = runtime.clock()
    completed_seen_at = job.completed_seen_at or (now if backtest.ended else None)
    completed_at = job.completed_at or (board.ended_at(runtime, job) if backtest.ended else None)
    completed_for = None if job.completed_seen_at is None else now - job.completed_seen_at
    grace = timedelta(seconds=runtime.settings.deadlines.statistics_seconds)
    ruling = verdict(backtest, completed_for, grace=grace)
    with runtime.ledger.writing(durable=False) as tables:
        tables.jobs.write(
            job,
            remote_status=backtest.status,
            progress=backtest.progress,
            looked_at=now,
            completed_seen_at=completed_seen_at,
            completed_at=completed_at,
            **({} if backtest.ended else {"seen_running_at": now}),
            has_slot=not backtest.ended,  # its node is free already, while the statistics may still be on their way
        )
        if ruling is Finality.FINAL and not backtest.failed:
            board.note_final(tables, job, now, first_try=job.waiting_for != STATISTICS)
    if ruling is Finality.RUNNING and board.is_overdue(runtime, job):
        return _give_up(runtime, job)
    if ruling is Finality.RUNNING:
        return Board(board.after(runtime, job, backtest.progress), RUNS)
    if ruling is Finality.SETTLING:
        return _wait_for_statistics(runtime, job, completed_at or now, completed_for)
    if backtest.failed:
        reason = next((text for text in (backtest.error, backtest.stacktrace) if text and text.strip()), "")
        first_line = reason.strip().splitlines()[0] if reason.strip() else f"it ended with status {backtest.status}"
        return Fail("runtime_error", f"The algorithm failed: {first_line}", backtest.stacktrace or reason or None)
    result = _result(runtime, job, backtest, complete=ruling is Finality.FINAL)
    if (size := _size(result)) > LARGEST_RESULT:
        # Every trade is in there. The numbers matter more, and QuantConnect has the trades as long as one wants them.
        log.warning("the result is too large to be kept with its trades", characters=size)
        result = replace(result, total_performance=None)
        if (size := _size(result)) > LARGEST_RESULT:
            return Fail(
                "too_large", f"The backtest has {size / 1e6:,.0f} MB of statistics; they are kept at QuantConnect only."
            )
    return Complete(result)


def _wait_for_statistics(
    runtime: Runtime, job: Job, completed_at: datetime, completed_for: timedelta | None
) -> Outcome:
    now = runtime.clock()
    if job.completed_seen_at is None:  # it was seen to end just now, by this reading
        with runtime.ledger.reading() as tables:
            look_at = board.read_at(tables, job.account, completed_at)
        return Board(max(look_at, now + timedelta(seconds=0.5)), STATISTICS, frees_node=job.has_slot)
    delay = min(max((completed_for or timedelta()) * 0.5, timedelta(seconds=0.5)), timedelta(seconds=10))
    return Board(now + delay, STATISTICS, frees_node=job.has_slot)


def _give_up(runtime: Runtime, job: Job) -> Outcome:
    if job.project_id is not None and job.backtest_id is not None:
        runtime.api.backtests.delete(job.project_id, job.backtest_id)  # it would hold its node for ever
    hours = runtime.settings.deadlines.backtest_hours
    return Fail("timeout", f"The backtest did not end within {hours:g} hours and was deleted, to free its node.")


def _size(result: Result) -> int:
    """Characters of JSON, about."""
    told = (result.statistics, result.runtime_statistics, result.total_performance)
    return sum(len(json.dumps(one)) for one in told)


def _result(runtime: Runtime, job: Job, backtest: Backtest, *, complete: bool) -> Result:
    known = latest_compile(runtime, job)
    performance = backtest.total_performance
    return Result(
        job_id=job.id,
        statistics=dict(backtest.statistics),
        runtime_statistics=dict(backtest.runtime_statistics),
        numbers=asdict(BacktestNumbers.from_backtest(backtest)),
        total_performance=None if performance is None else performance.model_dump(mode="json", by_alias=True),
        complete=complete,
        lean_version=None if known is None else known.lean_version,
        synthetic=bool((backtest.model_extra or {}).get("synthetic")),
        recorded_at=runtime.clock(),
    )
