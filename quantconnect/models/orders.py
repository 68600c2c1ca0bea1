"""Orders and what happened to them. Sources: API reference, "Read Orders"; LEAN's `Order` and `OrderEvent`."""

from typing import Any

from pydantic import Field

from quantconnect.models.base import Flag, Label, Lines, Listing, Map, Maybe, Model, Request, Text
from quantconnect.models.enums import AnyOrderDirection, AnyOrderStatus, AnyOrderType, AnySecurityType
from quantconnect.models.ids import BacktestId, ProjectId
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import UtcDatetime


class Symbol(Model):
    """A security. `id` is unique for ever, `value` is how it is called today."""

    value: Text = None  # as SPY
    id: Text = None  # as SPY R735QTJ8XC9X
    permtick: Text = None


class OrderEvent(Model):
    """Something that happened to an order."""

    algorithm_id: Text = None
    order_id: Whole = None
    order_event_id: Whole = None
    id: Text = None
    symbol: Text = None
    symbol_value: Text = None
    symbol_permtick: Text = None
    time: UtcDatetime = None
    status: AnyOrderStatus = None
    direction: AnyOrderDirection = None
    quantity: Number = None
    fill_price: Number = None  # in fill_price_currency
    fill_price_currency: Text = None
    fill_quantity: Number = None
    order_fee_amount: Number = None  # in order_fee_currency
    order_fee_currency: Text = None
    stop_price: Number = None
    limit_price: Number = None
    message: Text = None
    is_assignment: Flag = None
    is_in_the_money: Flag = None


class OrderSubmissionData(Model):
    """The market when the order was placed; in the price's currency."""

    bid_price: Number = None
    ask_price: Number = None
    last_price: Number = None


class GroupOrderManager(Model):
    """What ties the legs of a combo order together."""

    id: Whole = None
    quantity: Number = None
    count: Whole = None
    limit_price: Number = None
    order_ids: Listing[Whole] = Field(default_factory=list)
    direction: AnyOrderDirection = None


class Order(Model):
    """One order with its events."""

    id: int
    contingent_id: Whole = None
    broker_id: Lines = Field(default_factory=list)
    symbol: Maybe[Symbol] = None
    security_type: AnySecurityType = None
    type: AnyOrderType = None
    status: AnyOrderStatus = None
    direction: AnyOrderDirection = None
    quantity: Number = None  # negative when selling
    price: Number = None  # average fill, in price_currency
    price_currency: Text = None
    value: Number = None  # quantity times price
    limit_price: Number = None
    stop_price: Number = None
    stop_triggered: Flag = None
    trigger_price: Number = None
    trigger_touched: Flag = None
    trailing_amount: Number = None
    trailing_percentage: Flag = None  # whether trailing_amount is a fraction of the price
    time: UtcDatetime = None
    created_time: UtcDatetime = None
    last_fill_time: UtcDatetime = None
    last_update_time: UtcDatetime = None
    canceled_time: UtcDatetime = None
    tag: Label = ""
    is_marketable: Flag = None
    order_submission_data: Maybe[OrderSubmissionData] = None
    group_order_manager: Maybe[GroupOrderManager] = None
    properties: Map[Any] = Field(default_factory=dict, repr=False)
    events: Listing[OrderEvent] = Field(default_factory=list, repr=False)


class Orders(Model):
    """A window of orders, or how far they are being loaded. `length` is the number of all orders."""

    orders: Listing[Order] = Field(default_factory=list)
    length: Whole = None
    status: Text = None  # "loading"
    progress: Number = None


class ReadBacktestOrders(Request):
    """Orders `start` to `end` (exclusive), counted from 0; at most 100."""

    project_id: ProjectId
    backtest_id: BacktestId
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class ReadLiveOrders(Request):
    """The same of a live algorithm; the API calls the deployment `algorithmId`."""

    project_id: ProjectId
    algorithm_id: str | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
