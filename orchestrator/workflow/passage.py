"""One passage of a job through one step: begin, do, settle. The same for all steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from orchestrator.errors import StaleRun
from orchestrator.jobs import Job
from orchestrator.leases import HOLD
from orchestrator.limits import BudgetPause, counting_requests, urgently
from orchestrator.outcomes import Advance, Board, Cancel, Complete, Confirm, Fail, Outcome, Requeue, Stale, Wait
from orchestrator.runtime import Runtime
from orchestrator.settlement import Attempt, settle
from orchestrator.states import JobState
from orchestrator.workflow.cancel import cancel_job
from orchestrator.workflow.command import send_command
from orchestrator.workflow.compile import compile_project, poll_compile
from orchestrator.workflow.create import create_backtest
from orchestrator.workflow.deploy import confirm_deployment, deploy_live
from orchestrator.workflow.end import end_live
from orchestrator.workflow.failures import CREDENTIALS, outcome_of
from orchestrator.workflow.known import was_asked_for
from orchestrator.workflow.results import poll_results
from orchestrator.workflow.upload import upload_files
from quantconnect import QuantConnectError

Step = Callable[[Runtime, Job], Outcome]

STEPS: Final[Mapping[str, Step]] = {
    "upload": upload_files,
    "compile": compile_project,
    "poll_compile": poll_compile,
    "create": create_backtest,
    "poll_results": poll_results,
    "deploy": deploy_live,
    "confirm": confirm_deployment,
    "stop": end_live,
    "liquidate": end_live,
    "command": send_command,
}
"""In the order of the chains: upload to poll_compile are common to backtests and deployments."""

PAUSED: Final = Requeue(timedelta(0), "somebody to resume it")

log = structlog.get_logger(__name__)


def perform(runtime: Runtime, step: str, job_id: str, run: int) -> Outcome | Stale:
    """Do one step of one run, and write what came of it.

    Returns:
        `Stale` when a newer run exists or the job has ended: then nothing was asked and nothing written.

    Raises:
        LedgerUnavailable: Nothing was written; the lease runs out and the reconciler begins anew.
    """
    with (
        structlog.contextvars.bound_contextvars(job=job_id, run=run, step=step),
        runtime.keeper.holding(job_id, run),
        counting_requests() as spent,
    ):
        started_at = runtime.clock()
        try:
            job, refused = _begin(runtime, step, job_id, run)
            with urgently(job.kind.is_urgent):
                outcome, failed = _attempt(runtime, step, job, refused=refused)
            if isinstance(outcome, Wait) and step == "poll_results" and job.backtest_id is not None:
                # The board keeps it, or it would be looked after twice.
                outcome = Board(runtime.clock() + outcome.delay, outcome.reason)
            answered = bool(spent) and not failed and outcome is not CREDENTIALS
            settle(runtime, job, outcome, Attempt(step, started_at, spent, describe(outcome), answered), **failed)
        except StaleRun:
            log.info("a newer run exists")
            return Stale()
        log.info(type(outcome).__name__.lower(), note=describe(outcome), requests=spent.total())
        return outcome


def describe(outcome: Outcome | Stale) -> str:
    """An outcome in a few words, for Flower, the log and the ledger."""
    match outcome:
        case Stale():
            return "a newer run exists"
        case Wait(_, reason) | Board(_, reason) | Requeue(_, reason):
            return f"waits for {reason}"
        case Complete():
            return "completed"
        case Fail(kind, message):
            return f"{kind}: {message}"
        case Advance(note) | Cancel(note) | Confirm(note):
            return note


def _begin(runtime: Runtime, step: str, job_id: str, run: int) -> tuple[Job, bool]:
    """The job, and whether QuantConnect has refused our credentials before."""
    with runtime.ledger.reading() as tables:
        job = tables.jobs.get(job_id)
        refused = tables.accounts.refused(runtime.account, runtime.fingerprint) is not None
    if job.run != run or job.state is not JobState.RUNNING:
        raise StaleRun
    if job.account != runtime.account:  # its own workers will see to it; with our login it would be somebody else's
        log.error("a job of another account came to this worker: give each account a redis_prefix of its own")
        raise StaleRun
    now = runtime.clock()
    if job.step != step or job.lease_until is None or job.lease_until < now + HOLD / 2:
        # Otherwise it was said already, and a ledger with many writers is spared one transaction.
        with runtime.ledger.writing(durable=False) as tables:
            tables.jobs.write(job, step=step, lease_until=now + HOLD)
    return job, refused


def _attempt(runtime: Runtime, step: str, job: Job, *, refused: bool) -> tuple[Outcome, dict[str, object]]:
    """The step's outcome, and what it changes of the job's record of failures."""
    if job.cancel_requested and not was_asked_for(job):
        return cancel_job(runtime, job), {}  # needs no request, and so no credentials
    if job.paused and not was_asked_for(job):
        return PAUSED, {}
    if refused:
        return Requeue(CREDENTIALS.delay, CREDENTIALS.reason), {}
    try:
        if job.cancel_requested:
            return cancel_job(runtime, job), {}
        return STEPS[step](runtime, job), {}
    except (QuantConnectError, BudgetPause) as error:
        return outcome_of(runtime, job, error)
