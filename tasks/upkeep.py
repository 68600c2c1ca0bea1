"""What keeps the house going: the dispatcher, the reconciler and the outbox. Ticked by beat, and woken in between.

A tick that is lost or late harms nothing: the next one does its work.
"""

from __future__ import annotations

from datetime import timedelta
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
    """Send a task for every delivery whose time has come."""
    runtime = current()
    due = outbox.announce(runtime.ledger, runtime.account)
    for event_id, handler in due:
        # What nobody takes within a minute is sent anew; it must not pile up.
        deliver.apply_async(kwargs={"event_id": event_id, "handler": handler}, expires=60)
    return f"{len(due)} deliveries"


@shared_task(name="events.deliver", **OPTIONS)
def deliver(event_id: str, handler: str) -> str:
    """Let one handler hear one event."""
    return outbox.deliver(current().ledger, event_id, handler)


@shared_task(name="jobs.prune", **TICK)
def prune() -> str:
    """Delete what ended longer ago than the settings want it kept."""
    runtime = current()
    days = runtime.settings.retention.jobs_days
    if days is None:
        return "everything is kept"
    gone = prune_jobs(runtime.ledger, timedelta(days=days), runtime.account)
    return f"{gone.jobs} jobs and {gone.bundles} bundles deleted"
