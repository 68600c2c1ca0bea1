"""One shared look at a project's backtests: a single `backtests/list` serves every job that runs in the project.

What it shows is written to the jobs themselves (`jobs.observe`), so whoever comes next finds it in the ledger. Where
only one backtest of a project runs, `backtests/read` is cheaper: it tells the end and the result in one request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orchestrator.jobs import Job
from orchestrator.runtime import Runtime
from quantconnect.models.backtests import BacktestSummary
from quantconnect.models.ids import BacktestId, ProjectId

FRESH_FOR: Final = timedelta(seconds=2)
"""A look that young is not repeated."""

LOOKING: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The board shows that the backtest has not ended."""

    progress: float | None


def look(runtime: Runtime, job: Job) -> StillRunning | None:
    """Whether the backtest still runs; None: read it, for it has ended, or the board cannot tell."""
    assert job.project_id is not None and job.backtest_id is not None  # noqa: S101, PT018 (the step has looked)
    with runtime.ledger.reading() as tables:
        alike = [other for other in tables.jobs.running(job.account) if other.project_id == job.project_id]
    if sum(1 for other in alike if other.backtest_id is not None) < 2:
        return None
    mine = next((other for other in alike if other.id == job.id), job)
    if mine.looked_at is None or runtime.clock() - mine.looked_at > FRESH_FOR:
        seen = _list(runtime, job, job.project_id)
        if seen is None:
            return StillRunning(mine.progress)  # another job of the project is looking right now
        summary = seen.get(job.backtest_id)
        return None if summary is None or summary.ended else StillRunning(summary.progress)
    return (
        None
        if BacktestSummary(backtest_id=job.backtest_id, status=mine.remote_status).ended
        else StillRunning(mine.progress)
    )


def _list(runtime: Runtime, job: Job, project_id: ProjectId) -> dict[BacktestId, BacktestSummary] | None:
    lease = f"board:{job.account}:{project_id}"
    with runtime.ledger.writing() as tables:
        if not tables.projects.lease(lease, f"board:{job.id}", LOOKING):
            return None
    try:
        listed = runtime.api.backtests.list(project_id)
        seen = {summary.backtest_id: summary for summary in listed if summary.backtest_id}
        with runtime.ledger.writing() as tables:
            known: dict[str, tuple[str | None, float | None]] = {
                backtest_id: (summary.status, summary.progress) for backtest_id, summary in seen.items()
            }
            ended = {backtest_id for backtest_id, summary in seen.items() if summary.ended}
            tables.jobs.observe(job.account, project_id, known, ended)
        return seen
    finally:
        with runtime.ledger.writing() as tables:
            tables.projects.release(lease, f"board:{job.id}")
