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
    # Live: what we do …
    LIVE_DEPLOY_REQUESTED = "LiveDeployRequested"
    LIVE_DEPLOYED = "LiveDeployed"  #: it runs; `data.deploy_id`
    LIVE_DEPLOY_FAILED = "LiveDeployFailed"
    LIVE_DEPLOY_CANCELLED = "LiveDeployCancelled"
    LIVE_STOP_REQUESTED = "LiveStopRequested"
    LIVE_STOPPED = "LiveStopped"  #: confirmed by reading; `data.confirmed`
    LIVE_STOP_FAILED = "LiveStopFailed"
    LIVE_STOP_CANCELLED = "LiveStopCancelled"
    LIVE_LIQUIDATE_REQUESTED = "LiveLiquidateRequested"
    LIVE_LIQUIDATED = "LiveLiquidated"  #: confirmed by reading; `data.confirmed`
    LIVE_LIQUIDATE_FAILED = "LiveLiquidateFailed"
    LIVE_LIQUIDATE_CANCELLED = "LiveLiquidateCancelled"
    LIVE_COMMAND_REQUESTED = "LiveCommandRequested"
    LIVE_COMMAND_SENT = "LiveCommandSent"
    LIVE_COMMAND_FAILED = "LiveCommandFailed"
    LIVE_COMMAND_CANCELLED = "LiveCommandCancelled"
    LIVE_RECOVERED = "LiveRecovered"  #: nobody looked after the job; a new run began
    # … and what the watch sees. Each carries `data.deploy_id` and `data.project_id`.
    LIVE_STATUS_CHANGED = "LiveStatusChanged"  #: `data.before`, `data.status`
    LIVE_RUNTIME_ERROR = "LiveRuntimeError"  #: the algorithm broke; `data.error`
    LIVE_STOPPED_OUTSIDE = "LiveStoppedOutside"  #: it ended, and nobody here has asked for it
    LIVE_DRAWDOWN_EXCEEDED = "LiveDrawdownExceeded"  #: `data.drawdown`, `data.limit`: fractions of the highest equity
    LIVE_HOLDING_EXCEEDED = "LiveHoldingExceeded"  #: `data.security`, `data.share`, `data.limit`: fractions of equity
    LIVE_SILENT = "LiveSilent"  #: no news for too long; `data.minutes`
    LIVE_DISCREPANCY = "LiveDiscrepancy"  #: ledger and API disagree; `data.what`
    SCHEDULE_FAILED = "ScheduleFailed"  #: its time came, and no job could be accepted; `data.schedule`, `data.error`
    SCHEDULE_MISFIRED = "ScheduleMisfired"  #: occurrences were missed; `data.missed_since`, `data.made_up`
    SWEEP_QUEUED = "SweepQueued"  #: `data.sweep_id`, `data.points`; its jobs have no `BacktestQueued` each
    SWEEP_ENDED = "SweepEnded"  #: nothing of it is left to run; `data.counts`, jobs by state
    CREDENTIALS_REFUSED = "CredentialsRefused"  #: the account stands still until its credentials change


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact. It is announced at least once; `id` lets a receiver drop the second time."""

    id: str
    type: EventType
    account: str | None = None  #: whose; None: recorded by an older version, about no job
    job_id: str | None
    run: int | None
    data: dict[str, Any]  #: plain JSON; never a secret
    at: datetime  #: UTC
