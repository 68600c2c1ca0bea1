"""Who runs next. Ticked by beat, and woken whenever a job is submitted or gives its node back.

The dispatcher gives each free node to the first job of the queue. While nodes are busy it lets a few more jobs begin
without one: they are uploaded and compiled, and go back to the queue, so that a node that falls free gets a backtest at
once. A job that waits costs no message and no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestrator import capacity
from orchestrator.jobs import Job
from orchestrator.leases import HOLD
from orchestrator.runtime import Runtime

WINDOW = 200
"""So many jobs of the queue are looked at for one to prepare."""

Start = tuple[str, int]
"""A job's id and the number of the run that is to begin."""


def dispatch(runtime: Runtime) -> list[Start]:
    """Move jobs from the queue to RUNNING; the caller sends a chain for each."""
    slots = capacity.slots(runtime)
    lease_until = runtime.clock() + HOLD
    with runtime.ledger.writing() as tables:
        tables.alone(f"dispatch {runtime.account}")  # two dispatchers would count the same free nodes
        if tables.accounts.refused(runtime.account, runtime.fingerprint):
            return []
        running = tables.jobs.running(runtime.account)
        free = max(slots - sum(1 for job in running if job.has_slot), 0)
        to_prepare = runtime.settings.dispatch.look_ahead - sum(1 for job in running if not job.has_slot)
        if not tables.accounts.proven(runtime.account, runtime.fingerprint):
            # One job tries the credentials. Several at once would be several bad logins, and those lock the account.
            free, to_prepare = (0 if running else 1), 0
        queue = tables.jobs.next_queued(runtime.account, limit=free + WINDOW)
        return [
            (job.id, job.run + 1)
            for job, has_slot in _choose(queue, free, to_prepare)
            if tables.jobs.start(job, lease_until, has_slot=has_slot)
        ]


def _choose(queue: Iterable[Job], free: int, to_prepare: int) -> Iterator[tuple[Job, bool]]:
    """The jobs to start, in the queue's order, and whether each gets a node."""
    for job in queue:
        if job.cancel_requested:
            yield job, False
        elif free > 0:
            free -= 1
            yield job, True
        elif to_prepare > 0 and job.compile_id is None:
            to_prepare -= 1
            yield job, False
