"""Cancelling: a running backtest is stopped by deleting it, as the API offers nothing else; a deployment is stopped."""

from __future__ import annotations

from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.outcomes import Cancel, Outcome, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.create import look_for_backtest
from orchestrator.workflow.deploy import cancel_deployment
from quantconnect import NotFound


def cancel_job(runtime: Runtime, job: Job) -> Outcome:
    """Make sure that nothing of the job runs any more."""
    match job.kind:
        case JobKind.BACKTEST:
            return cancel_backtest(runtime, job)
        case JobKind.DEPLOY:
            return cancel_deployment(runtime, job)
    return Cancel("nobody asks any more; what QuantConnect has accepted already is carried out")


def cancel_backtest(runtime: Runtime, job: Job) -> Outcome:
    """Make sure that nothing of the job runs any more."""
    backtest_id = job.backtest_id
    if backtest_id is None and job.create_intent_at is not None:
        try:
            found = look_for_backtest(runtime, job, job.create_intent_at)
        except NotFound:
            return Cancel("its project was gone already")
        if isinstance(found, Wait):
            return found
        backtest_id = found
    if backtest_id is None or job.project_id is None:
        return Cancel("before the backtest was made")
    try:
        runtime.api.backtests.delete(job.project_id, backtest_id)
    except NotFound:
        return Cancel(f"backtest {backtest_id} was gone already")
    return Cancel(f"backtest {backtest_id} deleted")
