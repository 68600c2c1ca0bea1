"""A signal announces an event; handlers hear it.

Handlers are connected strongly (a closure does not vanish) and by name: the name identifies their deliveries in the
ledger, so it must stay the same over restarts. A handler that raises harms neither the job nor the other handlers; its
delivery is tried again. A user's module does

    from orchestrator.signals import backtest_completed

    @backtest_completed.connect
    def note(event): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orchestrator.events import Event, EventType

Handler = Callable[[Event], None]


class Signal:
    """The announcement of one or several types of event."""

    def __init__(self, *types: EventType) -> None:
        self.types = frozenset(types)
        self._handlers: dict[str, Handler] = {}

    def connect(self, handler: Handler, name: str | None = None) -> Handler:
        """Let `handler` hear this signal; usable as a decorator.

        Args:
            handler: Called with the event. What it raises is recorded and tried again.
            name: Of its deliveries; by default its module and name.
        """
        self._handlers[name or f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    def disconnect(self, name: str) -> None:
        """Forget the handler of that name."""
        self._handlers.pop(name, None)

    @property
    def handlers(self) -> dict[str, Handler]:
        """Name to handler."""
        return dict(self._handlers)


backtest_queued = Signal(EventType.BACKTEST_QUEUED)
backtest_started = Signal(EventType.BACKTEST_STARTED)
backtest_completed = Signal(EventType.BACKTEST_COMPLETED)
backtest_failed = Signal(EventType.BACKTEST_FAILED)
backtest_cancelled = Signal(EventType.BACKTEST_CANCELLED)
backtest_ended = Signal(EventType.BACKTEST_COMPLETED, EventType.BACKTEST_FAILED, EventType.BACKTEST_CANCELLED)
live_deployed = Signal(EventType.LIVE_DEPLOYED)
live_stopped = Signal(EventType.LIVE_STOPPED, EventType.LIVE_LIQUIDATED, EventType.LIVE_STOPPED_OUTSIDE)
live_status_changed = Signal(EventType.LIVE_STATUS_CHANGED)
live_alarm = Signal(
    EventType.LIVE_RUNTIME_ERROR,
    EventType.LIVE_STOPPED_OUTSIDE,
    EventType.LIVE_DRAWDOWN_EXCEEDED,
    EventType.LIVE_HOLDING_EXCEEDED,
    EventType.LIVE_SILENT,
    EventType.LIVE_DISCREPANCY,
    EventType.LIVE_DEPLOY_FAILED,
    EventType.LIVE_STOP_FAILED,
    EventType.LIVE_LIQUIDATE_FAILED,
)
"""Somebody should look."""
schedule_failed = Signal(EventType.SCHEDULE_FAILED)
schedule_misfired = Signal(EventType.SCHEDULE_MISFIRED)
sweep_queued = Signal(EventType.SWEEP_QUEUED)
sweep_ended = Signal(EventType.SWEEP_ENDED)
any_event = Signal(*EventType)

ALL: Iterable[Signal] = (
    backtest_queued,
    backtest_started,
    backtest_completed,
    backtest_failed,
    backtest_cancelled,
    backtest_ended,
    live_deployed,
    live_stopped,
    live_status_changed,
    live_alarm,
    schedule_failed,
    schedule_misfired,
    sweep_queued,
    sweep_ended,
    any_event,
)


def handlers_of(event_type: EventType) -> dict[str, Handler]:
    """Everyone who hears an event of this type, by name."""
    return {name: handler for signal in ALL if event_type in signal.types for name, handler in signal.handlers.items()}
