"""A live deployment: where it stands at a moment, what of it can be seen by then, and its log.

Like a backtest it is a function of emulated time: InQueue → LoggingIn → Initializing → Running, until its ending. An
ending is either known from the start (a refused login, a fault in the code) or set by a request. What the account
does is on the tape. Portfolio, orders and charts show the last snapshot only, the log a fresher one; an ending shows
everything. Source: QuantConnect documentation, live trading (snapshots); LEAN's live tests (statuses).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from emulator.brokerages import Account
from emulator.tape import Fill, Tape


class Status(StrEnum):
    """The statuses through which an emulated deployment goes; the texts are the server's."""

    IN_QUEUE = "InQueue"
    LOGGING_IN = "LoggingIn"
    INITIALIZING = "Initializing"
    RUNNING = "Running"
    STOPPED = "Stopped"
    LIQUIDATED = "Liquidated"
    RUNTIME_ERROR = "RuntimeError"
    DEPLOY_ERROR = "DeployError"


LISTED = (Status.RUNNING, Status.STOPPED, Status.RUNTIME_ERROR, Status.LIQUIDATED)
"""What the filter of live/list knows."""

_STARTING = ((0.2, Status.IN_QUEUE), (0.6, Status.LOGGING_IN), (1.0, Status.INITIALIZING))
"""Share of the deploying time at which each of these ends."""

LOGIN_SHARE = 0.6  #: of the deploying time: here a login is refused

PRICE_STEPS = 10
"""Moves of the market from one snapshot to the next."""

FAULT_STEPS = 1
"""Steps of trading until a fault in on_data strikes."""


@dataclass(frozen=True, slots=True)
class Ending:
    """When and how it ends."""

    time: float  #: emulated
    status: Status
    message: str = ""


@dataclass(slots=True)
class Deployment:
    """One algorithm that trades, or did. Holds no brokerage keys: they are checked and forgotten."""

    id: str
    project_id: int
    node_id: str
    version: int
    account: Account
    parameters: dict[str, str]
    launched: float  #: calendar time, unix seconds
    created: float  #: emulated time
    speed: float  #: emulated seconds per second of the calendar
    deploy_seconds: float
    refresh_seconds: float
    tape: Tape
    automatic_redeploy: bool = False
    ending: Ending | None = None
    remarks: list[tuple[float, str]] = field(default_factory=list)  #: what commands said, with emulated time
    first_reads: dict[str, float] = field(default_factory=dict)  #: emulated time, by what was read

    @property
    def runs_from(self) -> float:
        """When trading begins, emulated time."""
        return self.created + self.deploy_seconds

    @property
    def launched_text(self) -> str:
        """When it was created, on the calendar."""
        return f"{self.moment(self.created):%Y-%m-%d %H:%M:%S}"

    def has_ended(self, now: float) -> bool:
        """Whether nothing will happen any more."""
        return self.ending is not None and now >= self.ending.time

    def status(self, now: float) -> Status:
        """Where it stands."""
        if self.ending and now >= self.ending.time:
            return self.ending.status
        share = (now - self.created) / self.deploy_seconds if self.deploy_seconds else 1.0
        return next((status for until, status in _STARTING if share < until), Status.RUNNING)

    def message(self, now: float) -> str:
        """Why it ended; empty while it has not, or when it was asked to."""
        return self.ending.message if self.ending and now >= self.ending.time else ""

    def end(self, now: float, status: Status, message: str = "") -> None:
        """End it now, if it has not ended. Liquidating sells everything first."""
        if self.has_ended(now):
            return
        if status is Status.LIQUIDATED and now >= self.runs_from:
            self.tape.liquidate(now - self.runs_from)
        self.ending = Ending(now, status, message)

    def snapshot(self, now: float) -> float | None:
        """The moment, in the tape's time, that portfolio, orders and charts show; None before trading began."""
        return self._seen(now, self.refresh_seconds)

    def moment(self, time: float) -> datetime:
        """An emulated time on the calendar, UTC."""
        return datetime.fromtimestamp(self.launched + (time - self.created) / self.speed, UTC)

    def fill_moment(self, fill: Fill) -> datetime:
        """When an order was filled, on the calendar, UTC."""
        return self.moment(self.runs_from + fill.time)

    def log(self, now: float) -> list[str]:
        """Everything it has said, as far as it can be seen: a longer list every time, with the same beginning."""
        if now < self.runs_from or self.has_ended(now):
            until = now
        else:
            until = self.runs_from + (self._seen(now, self.refresh_seconds / 2) or 0.0)
        until = min(until, self.ending.time) if self.ending else until
        lines = [(self.created, 0, f"Launching analysis for {self.id} with LEAN Engine v2.5.0.0.{self.version}")]
        lines += [
            (self._start(LOGIN_SHARE / 3), 0, f"Logging in to {self.account.brokerage} ({self.account.environment})")
        ]
        lines += [(self._start(LOGIN_SHARE), 0, "Initializing algorithm")]
        lines += [(self.runs_from, 0, f"Algorithm {self.id} is running")]
        if until >= self.runs_from:
            fills = self.tape.fills(until - self.runs_from)
            lines += [(self.runs_from + fill.time, 1, self._order_line(fill)) for fill in fills]
        lines += [(time, 2, text) for time, text in self.remarks]
        if self.ending:
            lines.append((self.ending.time, 3, self.ending.message or f"Algorithm {self.ending.status.lower()}"))
        visible = sorted((line for line in lines if line[0] <= until), key=lambda line: line[:2])
        return [f"{self.moment(time):%Y-%m-%d %H:%M:%S} {text}" for time, _, text in visible]

    def _seen(self, now: float, interval: float) -> float | None:
        if now < self.runs_from or (self.ending and self.ending.time < self.runs_from):
            return None
        if self.ending and now >= self.ending.time:
            return self.ending.time - self.runs_from
        return (now - self.runs_from) // interval * interval

    def _start(self, share: float) -> float:
        return self.created + share * self.deploy_seconds

    @staticmethod
    def _order_line(fill: Fill) -> str:
        tag = f" Tag: {fill.tag}" if fill.tag else ""
        return (
            f"New Order Event: OrderID: {fill.id} Symbol: {fill.symbol} Status: Filled "
            f"Quantity: {fill.quantity:g} FillPrice: ${fill.price:.2f} Fee: ${fill.fee:.2f}{tag}"
        )
