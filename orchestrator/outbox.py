"""Announcing events and delivering them: at least once, per handler, retried.

The state and its event are one transaction; the announcement writes a delivery for each handler; each delivery is
taken, tried and noted by itself, whatever message it came in. A failing handler harms neither the job nor the other
handlers. A receiver can drop a second delivery by the event's id.

A handler is somebody else's code: it may raise whatever there is, never return, or end the process. It has few threads
of a process at once (`Turnstile`), and whether it comes back or not, after some attempts it is not called again.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog

from orchestrator.events import Event
from orchestrator.ledger import Ledger
from orchestrator.logs import redacted
from orchestrator.signals import handlers_of
from orchestrator.turnstile import Turnstile

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
"""Calls of one handler in one process; a worker has 16 threads unless it is told otherwise."""

PATIENCE: Final = 1.0  # seconds that a delivery waits for one of these

READ: Final = 10_000
"""Characters of what a handler raised that are looked at; the ledger keeps the first 2,000."""

BUSY: Final = f"{AT_ONCE} calls of this handler have not come back yet"

_calls: Final = Turnstile(AT_ONCE, PATIENCE)

Delivery = tuple[str, str]
"""An event's id and a handler's name."""


def announce(ledger: Ledger, account: str | None = None) -> list[Delivery]:
    """Write deliveries for what is new; return what is to be delivered now.

    Args:
        ledger: Where the events are.
        account: Only its events: those of others that share the ledger are for the handlers of their own workers.
    """
    with ledger.writing(durable=False) as tables:
        tables.alone(f"announce {account}")  # two would write the same deliveries, and wait for each other
        for event in tables.outbox.unannounced(account=account):
            tables.outbox.announce(event.id, handlers_of(event.type))
        return tables.outbox.take(account=account)


def deliver(ledger: Ledger, event_id: str, handler: str) -> str:
    """Let one handler hear one event. Returns what came of it, in a word or two."""
    with _calls.passing(handler) as entered:
        if entered:
            return _deliver(ledger, event_id, handler)
    with ledger.writing(durable=False) as tables:
        tables.outbox.postponed(event_id, handler, BUSY)
    return f"later: {BUSY}"


def _deliver(ledger: Ledger, event_id: str, handler: str) -> str:
    with ledger.writing(durable=False) as tables:
        event = tables.outbox.get(event_id)
        if event is None or not tables.outbox.claim(event_id, handler):
            return "already delivered, or not yet due"
    with structlog.contextvars.bound_contextvars(job=event.job_id, run=event.run, event_id=event_id, handler=handler):
        error = _call(event, handler)
        with ledger.writing(durable=False) as tables:
            if error is None:
                tables.outbox.delivered(event_id, handler)
            else:
                due_at = tables.outbox.not_delivered(event_id, handler, error)
        if error is None:
            log.info("delivered", type=event.type)
            return "delivered"
        log.warning("a handler failed", type=event.type, error=error, again_at=due_at)
        return f"failed: {error}"


def _call(event: Event, name: str) -> str | None:
    """Call the handler; what it raises becomes a text, which the ledger, the log and Flower may show."""
    handler = handlers_of(event.type).get(name)
    if handler is None:
        return "no handler of this name is connected here any more"
    try:
        handler(event)
    except BaseException as error:
        if not isinstance(error, Exception) and threading.current_thread() is threading.main_thread():
            raise  # somebody ends this process, and the delivery is due again; in a thread, only a handler raises such
        return _told(error)
    return None


def _told(error: BaseException) -> str:
    """What can be written down, printed, and read."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 (its class is somebody else's code, too)
        text = "(it cannot say what)"
    plain = text[:READ].encode("utf-8", "replace").decode().replace("\0", "?")
    return redacted(f"{type(error).__name__}: {plain}")
