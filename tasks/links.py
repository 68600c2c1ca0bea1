"""One link of a chain: a step is done, and its outcome put into Celery's words. Here and nowhere else.

*Advance* lets the chain go on, *wait* re-queues the task with a countdown, everything else ends the chain. No task is
ever retried by Celery on its own; what a failed request means is decided in `orchestrator.workflow.failures`, and the
reconciler repairs what no code could decide.
"""

from __future__ import annotations

from typing import Any, Final

from celery import Task

from orchestrator.errors import QcjobsError
from orchestrator.outcomes import Advance, Board, Fail, Requeue, Stale, Wait
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


def link(task: Task[Any, Any], step: str, job_id: str, run: int) -> str:
    """Do one step of one run.

    Raises:
        JobFailed: The job has ended badly.
        celery.exceptions.Retry: It waits.
    """
    outcome = perform(current(), step, job_id, run)
    match outcome:
        case Advance():
            return describe(outcome)
        case Wait(delay, frees_node=frees_node):
            if frees_node:
                wake(events=False)
            raise task.retry(countdown=delay.total_seconds())
        case Board(frees_node=frees_node):
            if frees_node:
                wake(events=False)
            return describe(outcome)
    task.request.chain = None  # nothing follows
    if not isinstance(outcome, Stale):
        wake(events=not isinstance(outcome, Requeue))
    if isinstance(outcome, Fail):
        raise JobFailed(describe(outcome))
    return describe(outcome)
