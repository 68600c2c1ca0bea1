"""What is urgent begins at once: a stop, a liquidation, a command.

It waits for no node and stands behind no backtest. Ticked by beat on a lane of its own and woken by whoever asks, so
that however many jobs are queued or under way, the next request to QuantConnect is this one. It spends from a part of
the request budget that nobody else may use (`orchestrator.limits.urgently`).
"""

from __future__ import annotations

import time

from orchestrator.dispatcher import Start
from orchestrator.leases import HOLD
from orchestrator.outcomes import Outcome, Stale, Wait
from orchestrator.reconciler import recover
from orchestrator.runtime import Runtime
from orchestrator.workflow import perform

AT_ONCE = 200
"""So many begin with one tick."""


def begin_urgent(runtime: Runtime) -> list[Start]:
    """Begin every urgent job that waits, and anew those that nobody looks after; the caller sends a message for each.

    However often such a job is begun, it is not given up: whoever wants out is not told that it was tried ten times.
    """
    with runtime.ledger.writing() as tables:
        abandoned = tables.jobs.abandoned(runtime.account, AT_ONCE, urgent=True)
        again = [start for job in abandoned if (start := recover(runtime, tables, job)) is not None]
        if tables.accounts.refused(runtime.account, runtime.fingerprint):
            return again
        # Credentials that nobody has seen to work are tried by one: several bad logins at once lock the account.
        proven = tables.accounts.proven(runtime.account, runtime.fingerprint)
        queue = tables.jobs.next_queued(runtime.account, AT_ONCE if proven else 1, urgent=True)
        until = runtime.clock() + HOLD
        return again + [
            Start(job.id, job.run + 1, job.kind) for job in queue if tables.jobs.start(job, until, has_slot=False)
        ]


def carry_out(runtime: Runtime, start: Start) -> Outcome | Stale:
    """Do an urgent job here and now, waits included: for whoever finds that no worker takes it.

    If one does after all, its run is newer or ours is, and the older one falls silent.
    """
    while True:
        outcome = perform(runtime, str(start.kind), start.job_id, start.run)
        if not isinstance(outcome, Wait):
            return outcome
        time.sleep(outcome.delay.total_seconds())
