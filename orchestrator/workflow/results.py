"""Step 5, poll results: look until the backtest has ended, then read it once and keep what it says."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from orchestrator import board
from orchestrator.jobs import Job, Result
from orchestrator.outcomes import Complete, Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.known import latest_compile
from quantconnect import NotFound
from quantconnect.models.backtests import Backtest
from quantconnect.polling import next_poll
from quantconnect.results import BacktestNumbers, Finality, verdict

APPEARS_WITHIN = timedelta(seconds=60)
"""A new backtest may be unknown to `backtests/read` for a moment. (Inferred.)"""


def poll_results(runtime: Runtime, job: Job) -> Outcome:
    """Look at the backtest, by way of the project's board where several run."""
    if job.backtest_id is None or job.project_id is None or job.backtest_created_at is None:
        return Requeue(timedelta(0), "its backtest")
    if (still_running := board.look(runtime, job)) is not None:
        return _go_on(runtime, job, still_running.progress)
    try:
        backtest = runtime.api.backtests.read(job.project_id, job.backtest_id)
    except NotFound:
        if runtime.clock() - job.backtest_created_at < APPEARS_WITHIN:
            return Wait(timedelta(seconds=3), "the backtest to appear")
        return Fail("deleted", "The backtest was deleted in the cloud before its result could be read.")
    return _judge(runtime, job, backtest)


def _judge(runtime: Runtime, job: Job, backtest: Backtest) -> Outcome:
    now = runtime.clock()
    completed_seen_at = job.completed_seen_at or (now if backtest.ended else None)
    with runtime.ledger.writing() as tables:
        tables.jobs.write(
            job,
            remote_status=backtest.status,
            progress=backtest.progress,
            looked_at=now,
            completed_seen_at=completed_seen_at,
            **({} if backtest.ended else {"seen_running_at": now}),
            has_slot=not backtest.ended,  # its node is free already, while the statistics may still be on their way
        )
    completed_for = None if completed_seen_at is None else now - completed_seen_at
    grace = timedelta(seconds=runtime.settings.deadlines.statistics_seconds)
    ruling = verdict(backtest, completed_for, grace=grace)
    if ruling is Finality.RUNNING:
        return _go_on(runtime, job, backtest.progress)
    if ruling is Finality.SETTLING:
        delay = min(max((completed_for or timedelta()) * 0.5, timedelta(seconds=1)), timedelta(seconds=10))
        return Wait(delay, "the statistics of the completed backtest", frees_node=job.has_slot)
    if backtest.failed:
        reason = next((text for text in (backtest.error, backtest.stacktrace) if text and text.strip()), "")
        first_line = reason.strip().splitlines()[0] if reason.strip() else f"it ended with status {backtest.status}"
        return Fail("runtime_error", f"The algorithm failed: {first_line}", backtest.stacktrace or reason or None)
    return Complete(_result(runtime, job, backtest, complete=ruling is Finality.FINAL))


def _go_on(runtime: Runtime, job: Job, progress: float | None) -> Outcome:
    assert job.backtest_created_at is not None  # noqa: S101 (poll_results has looked)
    elapsed = runtime.clock() - job.backtest_created_at
    if elapsed > timedelta(hours=runtime.settings.deadlines.backtest_hours):
        if job.project_id is not None and job.backtest_id is not None:
            runtime.api.backtests.delete(job.project_id, job.backtest_id)  # it would hold its node for ever
        hours = runtime.settings.deadlines.backtest_hours
        return Fail("timeout", f"The backtest did not end within {hours:g} hours and was deleted, to free its node.")
    with runtime.ledger.reading() as tables:
        expected = tables.jobs.typical_duration(job.bundle)
    return Wait(next_poll(elapsed, progress, expected), "the backtest")


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
