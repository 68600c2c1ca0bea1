"""What keeps the house going: the dispatcher, the reconciler and the outbox. Ticked by beat, and woken in between.

A tick that is lost or late harms nothing: the next one does its work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from celery import shared_task

from orchestrator import board, outbox
from orchestrator.control import begin_urgent
from orchestrator.dispatcher import dispatch as dispatch_jobs
from orchestrator.ledger.upkeep import prune as prune_jobs
from orchestrator.reconciler import reconcile as reconcile_jobs
from orchestrator.watch import thin_history
from orchestrator.watch import watch as watch_live
from tasks import lanes
from tasks.chains import send, send_looks
from tasks.in_line import runs_in_line
from tasks.merged import merged
from tasks.runtime import current

OPTIONS: Final[dict[str, Any]] = {"ignore_result": True}

TICK: Final[dict[str, Any]] = {**OPTIONS, "send_events": False}
"""Several ticks a second would drown the story that Flower tells."""

TOGETHER: Final = 20
"""Deliveries in one message."""

BRISK: Final = timedelta(seconds=0.5)
"""For so long the deliveries of one message are made one after the other."""


@shared_task(name="control.dispatch", **TICK)
def control() -> str:
    """Begin what is urgent."""
    runtime = current()
    return send(begin_urgent(runtime, in_line=lambda: runs_in_line(runtime.settings, [lanes.CONTROL])))


@shared_task(name="live.watch", **TICK)
def watch() -> str:
    """Look at what trades, if that is due."""
    return watch_live(current())


@shared_task(name="live.thin", **TICK)
def thin() -> str:
    """Keep less of the older history of what trades."""
    return f"{thin_history(current())} rows gone"


@shared_task(name="jobs.dispatch", **TICK)
@merged
def dispatch() -> str:
    """Start the jobs whose turn it is."""
    return send(dispatch_jobs(current()))


@shared_task(name="jobs.look", **TICK)
def look() -> str:
    """Look at the backtests whose time has come."""
    return send_looks(board.due(current()))


@shared_task(name="jobs.reconcile", **TICK)
def reconcile() -> str:
    """Begin anew what nobody looks after."""
    runtime = current()
    return send(reconcile_jobs(runtime, lambda: runs_in_line(runtime.settings, [lanes.BACKTESTS, lanes.LIVE])))


@shared_task(name="events.announce", **TICK)
@merged
def announce() -> str:
    """Send the deliveries whose time has come: those of a handler together, which costs a fraction of one by one."""
    runtime = current()
    due = outbox.announce(runtime.ledger, runtime.account)
    for handler, deliveries in groupby(sorted(due, key=itemgetter(1)), key=itemgetter(1)):
        event_ids = [event_id for event_id, _ in deliveries]
        for first in range(0, len(event_ids), TOGETHER):
            _send_deliveries(handler, event_ids[first : first + TOGETHER])
    return f"{len(due)} deliveries"


@shared_task(name="events.deliver", **OPTIONS)
def deliver(event_id: str, handler: str, also: Sequence[str] = ()) -> str:
    """Let one handler hear an event, and then those that came with it.

    Where it takes its time, each of the rest gets a message of its own: other threads may see to them meanwhile.
    """
    runtime = current()
    brisk_until = runtime.clock() + BRISK
    said = Counter([outbox.deliver(runtime.ledger, event_id, handler)])
    waiting = list(also)
    while waiting and runtime.clock() < brisk_until:
        said[outbox.deliver(runtime.ledger, waiting.pop(0), handler)] += 1
    for one in waiting:
        _send_deliveries(handler, [one])
    return "; ".join(what if times == 1 else f"{times} x {what}" for what, times in said.items())


def _send_deliveries(handler: str, event_ids: Sequence[str]) -> None:
    first, *also = event_ids
    told = {"event_id": first, "handler": handler, **({"also": also} if also else {})}
    deliver.apply_async(kwargs=told, expires=60)  # what nobody takes by then was sent anew; it must not pile up


@shared_task(name="jobs.prune", **TICK)
def prune() -> str:
    """Delete what ended longer ago than the settings want it kept."""
    runtime = current()
    days = runtime.settings.retention.jobs_days
    if days is None:
        return "everything is kept"
    gone = prune_jobs(runtime.ledger, timedelta(days=days), runtime.account)
    return f"{gone.jobs} jobs and {gone.bundles} bundles deleted"
