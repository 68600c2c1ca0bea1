"""What is urgent begins at once: a stop, a liquidation, a command.

It waits for no node and stands behind no backtest. Ticked by beat on a lane of its own and woken by whoever asks, so
that however many jobs are queued or under way, the next request to QuantConnect is this one. It spends from a part of
the request budget that nobody else may use (`orchestrator.limits.urgently`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable

from orchestrator.dispatcher import Start
from orchestrator.jobs import Job
from orchestrator.leases import HOLD, Runs
from orchestrator.outcomes import Outcome, Stale, Wait
from orchestrator.reconciler import recover, without_those_in_line
from orchestrator.runtime import Runtime
from orchestrator.workflow import perform

AT_ONCE = 200
"""So many begin with one tick."""


def begin_urgent(
    runtime: Runtime, only: Collection[str] | None = None, in_line: Callable[[], Runs] = frozenset
) -> list[Start]:
    """Begin every urgent job that waits, and anew those that nobody looks after; the caller sees to each.

    However often such a job is begun, it is not given up: whoever wants out is not told that it was tried ten times.

    Args:
        runtime: Of this process.
        only: None, or the ids of those that are meant.
        in_line: As for `reconcile`.
    """
    with runtime.ledger.reading() as tables:
        waiting = in_line() if tables.jobs.abandoned(runtime.account, 1, urgent=True) else frozenset()
    with runtime.ledger.writing() as tables:
        abandoned = _wanted(tables.jobs.abandoned(runtime.account, AT_ONCE, urgent=True), only)
        abandoned = without_those_in_line(runtime, tables, abandoned, waiting)
        again = [start for job in abandoned if (start := recover(runtime, tables, job)) is not None]
        if tables.accounts.refused(runtime.account, runtime.fingerprint):
            return again
        # Credentials that nobody has seen to work are tried by one: several bad logins at once lock the account.
        proven = tables.accounts.proven(runtime.account, runtime.fingerprint)
        queue = _wanted(tables.queue.urgent(runtime.account, AT_ONCE if proven else 1), only)
        until = runtime.clock() + HOLD
        return again + [
            Start(job.id, job.run + 1, job.kind)
            for job in queue
            if tables.jobs.start(job, until, has_slot=False, step=job.kind)
        ]


def _wanted(jobs: Iterable[Job], only: Collection[str] | None) -> list[Job]:
    return [job for job in jobs if only is None or job.id in only]


def carry_out(runtime: Runtime, start: Start) -> Outcome | Stale:
    """Do an urgent job here and now, waits included: whoever asks for it is quicker than any message.

    If a worker does it as well, its run is newer or ours is, and the older one falls silent.
    """
    while True:
        outcome = perform(runtime, str(start.kind), start.job_id, start.run)
        if not isinstance(outcome, Wait):
            return outcome
        time.sleep(outcome.delay.total_seconds())
