"""Values that QuantConnect chooses from a list, read so that a value outside the list survives as itself.

The same thing is a number in one answer and a word in another (`3`, `"3"`, `"filled"`).
Sources: LEAN's enumerations, the API reference for the words.
"""

from collections.abc import Callable
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from quantconnect.models.base import as_text
from quantconnect.models.numbers import as_whole


class OrderType(IntEnum):
    """What an order does."""

    MARKET = 0
    LIMIT = 1
    STOP_MARKET = 2
    STOP_LIMIT = 3
    MARKET_ON_OPEN = 4
    MARKET_ON_CLOSE = 5
    OPTION_EXERCISE = 6
    LIMIT_IF_TOUCHED = 7
    COMBO_MARKET = 8
    COMBO_LIMIT = 9
    COMBO_LEG_LIMIT = 10
    TRAILING_STOP = 11


class OrderStatus(IntEnum):
    """How far an order is."""

    NEW = 0
    SUBMITTED = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELED = 5
    NONE = 6
    INVALID = 7
    CANCEL_PENDING = 8
    UPDATE_SUBMITTED = 9


class OrderDirection(IntEnum):
    """Which way an order goes."""

    BUY = 0
    SELL = 1
    HOLD = 2


class TradeDirection(IntEnum):
    """Which way a closed trade went."""

    LONG = 0
    SHORT = 1


class SecurityType(IntEnum):
    """What is traded."""

    BASE = 0
    EQUITY = 1
    OPTION = 2
    COMMODITY = 3
    FOREX = 4
    FUTURE = 5
    CFD = 6
    CRYPTO = 7
    FUTURE_OPTION = 8
    INDEX = 9
    INDEX_OPTION = 10
    CRYPTO_FUTURE = 11


class SeriesType(IntEnum):
    """How a series of a chart is drawn."""

    LINE = 0
    SCATTER = 1
    CANDLE = 2
    BAR = 3
    FLAG = 4
    STACKED_AREA = 5
    PIE = 6
    TREEMAP = 7
    HEATMAP = 9
    SCATTER_3D = 10


class LiveStatus(StrEnum):
    """How a live algorithm is."""

    DEPLOY_ERROR = "DeployError"
    IN_QUEUE = "InQueue"
    LOGGING_IN = "LoggingIn"
    INITIALIZING = "Initializing"
    PENDING_INPUT = "PendingInput"
    RUNNING = "Running"
    IDLE = "Idle"
    STOPPED = "Stopped"
    LIQUIDATED = "Liquidated"
    DELETED = "Deleted"
    COMPLETED = "Completed"
    RUNTIME_ERROR = "RuntimeError"
    INVALID = "Invalid"
    HISTORY = "History"


class OptimizationStatus(StrEnum):
    """How an optimization is."""

    NEW = "new"
    RUNNING = "running"
    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"
    ABORTED = "aborted"


def _plain(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())


def _member(kind: type[Enum]) -> Callable[[Any], Any]:
    """Reads a value as a member of `kind` if it is one, by value or by name."""
    by_word = {_plain(str(member.value)): member for member in kind} | {_plain(member.name): member for member in kind}

    def read(value: Any) -> Any:
        if isinstance(value, kind) or value is None:
            return value
        whole = as_whole(value)
        text = as_text(whole if whole is not None else value)
        found = by_word.get(_plain(text or ""))
        if found is not None:
            return found
        return whole if whole is not None and issubclass(kind, int) else text

    return read


AnyOrderType = Annotated[OrderType | int | str | None, BeforeValidator(_member(OrderType))]
AnyOrderStatus = Annotated[OrderStatus | int | str | None, BeforeValidator(_member(OrderStatus))]
AnyOrderDirection = Annotated[OrderDirection | int | str | None, BeforeValidator(_member(OrderDirection))]
AnyTradeDirection = Annotated[TradeDirection | int | str | None, BeforeValidator(_member(TradeDirection))]
AnySecurityType = Annotated[SecurityType | int | str | None, BeforeValidator(_member(SecurityType))]
AnySeriesType = Annotated[SeriesType | int | str | None, BeforeValidator(_member(SeriesType))]
AnyLiveStatus = Annotated[LiveStatus | str | None, BeforeValidator(_member(LiveStatus))]
AnyOptimizationStatus = Annotated[OptimizationStatus | str | None, BeforeValidator(_member(OptimizationStatus))]
