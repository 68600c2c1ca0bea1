"""Closed trades: bought and sold, or the other way round. Sources: API reference, "Read Trades"; LEAN's `Trade`."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Maybe, Model, Request, Text
from quantconnect.models.enums import AnyTradeDirection
from quantconnect.models.ids import BacktestId, ProjectId
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.orders import Order, Symbol
from quantconnect.models.times import Span, UtcDatetime


class Trade(Model):
    """One closed trade. Money is in the account's currency."""

    id: Text = None
    symbol: Maybe[Symbol] = None
    symbols: Listing[Symbol] = Field(default_factory=list)
    direction: AnyTradeDirection = None
    quantity: Number = None
    entry_time: UtcDatetime = None
    entry_price: Number = None
    exit_time: UtcDatetime = None
    exit_price: Number = None
    profit_loss: Number = None
    total_fees: Number = None
    mae: Number = None  # the largest loss while it was open
    mfe: Number = None  # the largest profit while it was open
    duration: Span = None
    end_trade_drawdown: Number = None
    is_win: Flag = None
    order_ids: Listing[Whole] = Field(default_factory=list)
    orders: Listing[Order] = Field(default_factory=list, repr=False)


class Trades(Model):
    """A window of trades. `length` is the number of all trades."""

    trades: Listing[Trade] = Field(default_factory=list)
    length: Whole = None
    status: Text = None  # "loading"
    progress: Number = None


class ReadBacktestTrades(Request):
    """Trades `start` to `end` (exclusive), counted from 0; at most 1000."""

    project_id: ProjectId
    backtest_id: BacktestId
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class ReadLiveTrades(Request):
    """The same of a live algorithm."""

    project_id: ProjectId
    deploy_id: str | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
