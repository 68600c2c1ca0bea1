"""Facts already true, in the past tense. An event is written in the transaction that makes it true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """What can become true."""

    BACKTEST_QUEUED = "BacktestQueued"
    BACKTEST_STARTED = "BacktestStarted"  #: it has a node; `data.backtest_id`
    BACKTEST_COMPLETED = "BacktestCompleted"  #: `data.numbers`, `data.statistics`
    BACKTEST_FAILED = "BacktestFailed"  #: `data.error_kind`, `data.error`
    BACKTEST_CANCELLED = "BacktestCancelled"
    BACKTEST_RECOVERED = "BacktestRecovered"  #: nobody looked after it; a new run began
    CREDENTIALS_REFUSED = "CredentialsRefused"  #: the account stands still until its credentials change


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact. It is announced at least once; `id` lets a receiver drop the second time."""

    id: str
    type: EventType
    job_id: str | None
    run: int | None
    data: dict[str, Any]  #: plain JSON; never a secret
    at: datetime  #: UTC
