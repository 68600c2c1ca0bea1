"""Who runs next. Ticked by beat, and woken whenever a job is submitted or gives its node back.

What is urgent (`JobKind.is_urgent`) does not come by here: `orchestrator.control` begins it at once.

The dispatcher gives each free node to the first job of the queue. While nodes are busy it lets a few more jobs begin
without one: they are uploaded and compiled, and go back to the queue, so that a node that falls free gets a backtest at
once. A job that waits costs no message and no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orchestrator import capacity
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.leases import HOLD
from orchestrator.runtime import Runtime

WINDOW = 200
"""So many jobs of the queue are looked at for one to prepare."""


class Start(NamedTuple):
    """A run that is to begin: somebody has to send its chain."""

    job_id: str
    run: int  #: its number
    kind: JobKind


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
        waiting = sum(1 for job in running if job.kind.needs_node and not job.has_slot)
        to_prepare = runtime.settings.dispatch.look_ahead - waiting
        if not tables.accounts.proven(runtime.account, runtime.fingerprint):
            # One job tries the credentials. Several at once would be several bad logins, and those lock the account.
            if running:
                return []
            queue = tables.jobs.next_queued(runtime.account, limit=1)
            free, to_prepare = 1, 0
        else:
            queue = tables.jobs.next_queued(runtime.account, limit=free + WINDOW)
        return [
            Start(job.id, job.run + 1, job.kind)
            for job, has_slot in _choose(queue, free, to_prepare)
            if tables.jobs.start(job, lease_until, has_slot=has_slot)
        ]


def _choose(queue: Iterable[Job], free: int, to_prepare: int) -> Iterator[tuple[Job, bool]]:
    """The jobs to start, in the queue's order, and whether each gets a node."""
    for job in queue:
        if job.cancel_requested or not job.kind.needs_node:
            yield job, False
        elif free > 0:
            free -= 1
            yield job, True
        elif to_prepare > 0 and job.compile_id is None:
            to_prepare -= 1
            yield job, False
