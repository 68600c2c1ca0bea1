"""The five links of a backtest's chain.

An outcome becomes Celery's words here and nowhere else: *advance* lets the chain go on, *wait* re-queues the task
with a countdown, everything else ends the chain. No task is ever retried by Celery on its own; what a failed request
means is decided in `orchestrator.workflow.failures`, and the reconciler repairs what no code could decide.
"""

from __future__ import annotations

from typing import Any, Final

from celery import Task, shared_task

from orchestrator.errors import QcjobsError
from orchestrator.outcomes import Advance, Fail, Requeue, Stale, Wait
from orchestrator.workflow import describe, perform
from tasks.runtime import current
from tasks.wake import wake


class JobFailed(QcjobsError):
    """The job has failed; the ledger knows why. Raised so that Flower and the log show a failure as one."""


OPTIONS: Final[dict[str, Any]] = {
    "bind": True,
    "ignore_result": True,
    "acks_late": True,
    "max_retries": None,  # a wait is not a failure; deadlines are data
    "throws": (JobFailed,),
}


def _link(task: Task[Any, Any], step: str, job_id: str, run: int) -> str:
    """One link of the chain."""
    outcome = perform(current(), step, job_id, run)
    match outcome:
        case Advance():
            return describe(outcome)
        case Wait(delay, frees_node=frees_node):
            if frees_node:
                wake(events=False)
            raise task.retry(countdown=delay.total_seconds())
    task.request.chain = None  # nothing follows
    if not isinstance(outcome, Stale):
        wake(events=not isinstance(outcome, Requeue))
    if isinstance(outcome, Fail):
        raise JobFailed(describe(outcome))
    return describe(outcome)


@shared_task(name="backtest.upload", **OPTIONS)
def upload(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Bring the project's files to those of the bundle."""
    return _link(self, "upload", job_id, run)


@shared_task(name="backtest.compile", **OPTIONS)
def compile_(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Ask for a compile."""
    return _link(self, "compile", job_id, run)


@shared_task(name="backtest.poll_compile", **OPTIONS)
def poll_compile(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Wait for the compile."""
    return _link(self, "poll_compile", job_id, run)


@shared_task(name="backtest.create", **OPTIONS)
def create(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Start the backtest."""
    return _link(self, "create", job_id, run)


@shared_task(name="backtest.poll_results", **OPTIONS)
def poll_results(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Wait for the backtest, and keep what it says."""
    return _link(self, "poll_results", job_id, run)
