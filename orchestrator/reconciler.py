"""Starts a new run for every job that nobody looks after. Ticked by beat.

Whatever happened (a worker killed, a message lost in Redis's delivery gap, Redis emptied), it shows as a lease that ran
out; so this one rule repairs them all. The new run silences the old one, and its steps skip what is known to be done.

Slowness is nobody's death: a run whose message still waits in line is looked after, however long the line is. A new run
would only stand further behind, and make the line longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import structlog

from orchestrator.dispatcher import Start
from orchestrator.errors import StaleRun
from orchestrator.jobs import Job
from orchestrator.kinds import STORIES
from orchestrator.leases import HOLD, Runs
from orchestrator.ledger import Tables
from orchestrator.outcomes import Fail
from orchestrator.runtime import Runtime
from orchestrator.settlement import settle

AT_ONCE: Final = 1000

MOST_RECOVERIES: Final = 10
"""So many times in a row, without one step in between that succeeded, a job is begun anew; then it is given up."""

log = structlog.get_logger(__name__)


def reconcile(runtime: Runtime, in_line: Callable[[], Runs] = frozenset) -> list[Start]:
    """Give every abandoned job a new run; the caller sends a chain for each. The urgent ones are `control`'s.

    Args:
        runtime: Of this process.
        in_line: Tells the runs whose messages wait for a worker; asked only where some lease has run out.
    """
    with runtime.ledger.reading() as tables:
        if not tables.jobs.abandoned(runtime.account, limit=1):
            return []
    waiting = in_line()
    with runtime.ledger.writing() as tables:
        abandoned = without_those_in_line(runtime, tables, tables.jobs.abandoned(runtime.account, AT_ONCE), waiting)
        started = [start for job in abandoned if (start := recover(runtime, tables, job)) is not None]
    return [start for start in started if not _given_up(runtime, start)]


def without_those_in_line(runtime: Runtime, tables: Tables, abandoned: Iterable[Job], waiting: Runs) -> list[Job]:
    """Renew the leases of those that wait in line, and return the others.

    One that is to be cancelled does not wait: its lease was ended so that a new run sees to it at once.
    """
    left = list(abandoned)
    patient = [job for job in left if (job.id, job.run) in waiting and not job.cancel_requested]
    tables.jobs.renew_leases(sorted((job.id, job.run) for job in patient), runtime.clock() + HOLD)
    return [job for job in left if job not in patient]


def recover(runtime: Runtime, tables: Tables, job: Job) -> Start | None:
    """A new run for a job that nobody looks after; None: somebody does again."""
    if not tables.jobs.recover(job, runtime.clock() + HOLD):
        return None
    if not job.cancel_requested:  # a cancelled job's lease was ended on purpose
        tables.outbox.record(STORIES[job.kind].recovered, job, step=job.step)
        log.warning("nobody looked after the job; a new run begins", job=job.id, run=job.run + 1, step=job.step)
    return Start(job.id, job.run + 1, job.kind)


def _given_up(runtime: Runtime, start: Start) -> bool:
    with runtime.ledger.reading() as tables:
        job = tables.jobs.get(start.job_id)
    if job.recoveries <= MOST_RECOVERIES or job.cancel_requested:
        return False
    message = f"Given up: the step {job.step!r} was begun {job.recoveries} times and never ended. See the worker's log."
    try:
        settle(runtime, job, Fail("lost", message))
    except StaleRun:
        log.info("another run was quicker", job=job.id)
    return True
