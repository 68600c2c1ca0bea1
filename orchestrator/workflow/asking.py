"""A request that must not be made twice: an intent is committed first, and stands for as long as there is doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from orchestrator.jobs import Job
from orchestrator.limits import BudgetPause, leaving_within
from orchestrator.outcomes import Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.doubt import LEAVES_WITHIN
from quantconnect import QuantConnectError

COMPILE_TO_APPEAR: Final = Wait(timedelta(seconds=3), "the compile to become visible")


@contextmanager
def intending(runtime: Runtime, job: Job, **also: Any) -> Iterator[None]:
    """The block makes the request. An error that proves that nothing happened takes the intent back.

    Args:
        runtime: Of this process.
        job: What it is made for.
        **also: Further columns to write with the intent.

    Raises:
        StaleRun: Somebody else has asked since the job was read.
    """
    with leaving_within(LEAVES_WITHIN):  # counted from before the intent
        with runtime.ledger.writing() as tables:
            tables.jobs.intend(job, runtime.clock(), **also)
        try:
            yield
        except (QuantConnectError, BudgetPause) as error:
            if isinstance(error, BudgetPause) or not error.maybe_carried_out:
                with runtime.ledger.writing() as tables:
                    tables.jobs.write(job, create_intent_at=None)
            raise


def visible_soon(runtime: Runtime, job: Job) -> bool:
    """Whether a compile that QuantConnect says it does not know may show up: true once per job, and noted.

    A compile may be refused right after it succeeded. (Community reports.)
    """
    if job.compile_retries > 0:
        return False
    with runtime.ledger.writing() as tables:
        tables.jobs.write(job, compile_retries=1)
    return True
