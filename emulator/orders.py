"""The orders, closed trades and insights behind a run, as the paged reads show them.

The invented trader buys and sells with one market order each, filled at once at the day's close, and announces every
purchase with an insight. So there are two orders to a trade, and prices, quantities and fees add up to the trade's.
Source of fields and codes: QuantConnect API definition; LEAN's converters.
"""

import uuid
from datetime import datetime
from typing import Any

from emulator.synthetic import Run, Trade
from emulator.trade_figures import SYMBOL_SUFFIX, closed_trades

_MARKET, _FILLED, _EQUITY = 0, 3, 1


def orders(run: Run, days: int, algorithm_id: str) -> list[dict[str, Any]]:
    """All orders of the first `days` days in the order of their ids, which count from 1."""
    return [
        _order(run, order_id, algorithm_id)
        for number, trade in enumerate(run.trades)
        for order_id, day in ((2 * number + 1, trade.entry_day), (2 * number + 2, trade.exit_day))
        if day < days
    ]


def trades_with_orders(run: Run, days: int, algorithm_id: str) -> list[dict[str, Any]]:
    """The positions closed within the first `days` days, each with the two orders that made it."""
    return [
        {
            **{name: value for name, value in closed.items() if name != "symbol"},
            "id": trade_id(algorithm_id, number),
            "symbols": [closed["symbol"]],
            "isWin": trade.profit > trade.fees,
            "orderIds": [2 * number + 1, 2 * number + 2],
            "orders": [_order(run, 2 * number + side, algorithm_id) for side in (1, 2)],
        }
        for number, (trade, closed) in enumerate(zip(run.trades, closed_trades(run), strict=True))
        if trade.exit_day < days
    ]


def insights(run: Run, days: int, algorithm_id: str) -> list[dict[str, Any]]:
    """The insights generated within the first `days` days, one for each purchase."""
    return [_insight(run, number, algorithm_id) for number, trade in enumerate(run.trades) if trade.entry_day < days]


def leg(trade: Trade, order_id: int) -> tuple[int, int, float, float]:
    """Day, signed quantity, price and fee of one of a trade's two orders; odd ids buy, even ids sell."""
    entry_fee = round(trade.fees / 2, 2)
    if order_id % 2:
        return trade.entry_day, trade.quantity, trade.entry_price, entry_fee
    return trade.exit_day, -trade.quantity, trade.exit_price, round(trade.fees - entry_fee, 2)


def symbol_reply(ticker: str, identifier: str = "") -> dict[str, str]:
    """A symbol as orders and trades show it. Without an identifier it gets the invented one of a US equity."""
    return {"value": ticker, "id": identifier or f"{ticker} {SYMBOL_SUFFIX}", "permtick": ticker}


def order_reply(
    order_id: int,
    algorithm_id: str,
    symbol: dict[str, str],
    *,
    quantity: float,
    price: float,
    fee: float,
    time: datetime,
    tag: str = "",
) -> dict[str, Any]:
    """A market order that was filled at once, with its two events.

    Args:
        order_id: Counts from 1.
        algorithm_id: Of the backtest or the deployment.
        symbol: As `symbol_reply` makes it.
        quantity: Negative when sold.
        price: Dollars.
        fee: Dollars.
        time: UTC.
        tag: The algorithm's remark.
    """
    text = f"{time:%Y-%m-%dT%H:%M:%SZ}"
    event = {
        "algorithmId": algorithm_id,
        "symbol": symbol["id"],
        "symbolValue": symbol["value"],
        "symbolPermtick": symbol["permtick"],
        "orderId": order_id,
        "time": int(time.timestamp()),
        "direction": "buy" if quantity > 0 else "sell",
        "quantity": quantity,
        "fillPriceCurrency": "USD",
        "isAssignment": False,
    }
    submitted = {"orderEventId": 1, "status": "submitted", "fillPrice": 0, "fillQuantity": 0}
    filled = {
        "orderEventId": 2,
        "status": "filled",
        "fillPrice": price,
        "fillQuantity": quantity,
        "orderFeeAmount": fee,
        "orderFeeCurrency": "USD",
    }
    return {
        "id": order_id,
        "contingentId": 0,
        "brokerId": [str(order_id)],
        "symbol": symbol,
        "price": price,
        "priceCurrency": "USD",
        "time": text,
        "createdTime": text,
        "lastFillTime": text,
        "quantity": quantity,
        "type": _MARKET,
        "status": _FILLED,
        "tag": tag,
        "securityType": _EQUITY,
        "direction": 0 if quantity > 0 else 1,
        "value": round(quantity * price, 2),
        "orderSubmissionData": {"bidPrice": price, "askPrice": price, "lastPrice": price},
        "isMarketable": True,
        "properties": {"timeInForce": {}},
        "events": [
            {**event, "id": f"{algorithm_id}-{order_id}-{own['orderEventId']}", **own} for own in (submitted, filled)
        ],
    }


def insight_reply(
    number: int,
    algorithm_id: str,
    symbol: dict[str, str],
    *,
    generated: datetime,
    closed: datetime | None,
    reference: float,
    final: float | None,
) -> dict[str, Any]:
    """The announcement of a purchase.

    Args:
        number: Counts from 0 within the algorithm.
        algorithm_id: Of the backtest or the deployment.
        symbol: As `symbol_reply` makes it.
        generated: When the algorithm bought, UTC.
        closed: When it sold; None while it has not.
        reference: Price at the purchase.
        final: Price at the sale.
    """
    begin, end = int(generated.timestamp()), None if closed is None else int(closed.timestamp())
    return {
        "id": uuid.UUID(_uuid(algorithm_id, "insight", number)).hex,
        "groupId": None,
        "sourceModel": _uuid(algorithm_id, "model", 0),
        "generatedTime": begin,
        "closeTime": end,
        "symbol": symbol["id"],
        "ticker": symbol["value"],
        "type": "price",
        "reference": reference,
        "referenceFinal": final,
        "direction": "up",
        "period": None if end is None else end - begin,
        "magnitude": None,
        "confidence": None,
        "weight": None,
        "scoreFinal": False,
        "scoreDirection": 0,
        "scoreMagnitude": 0,
        "estimatedValue": 0,
        "tag": "",
    }


def trade_id(algorithm_id: str, number: int) -> str:
    """Id of a closed trade, the same every time it is read; `number` counts from 0."""
    return _uuid(algorithm_id, "trade", number)


def _order(run: Run, order_id: int, algorithm_id: str) -> dict[str, Any]:
    trade = run.trades[(order_id - 1) // 2]
    day, quantity, price, fee = leg(trade, order_id)
    symbol, time = symbol_reply(trade.symbol), run.close(day)
    return order_reply(order_id, algorithm_id, symbol, quantity=quantity, price=price, fee=fee, time=time)


def _insight(run: Run, number: int, algorithm_id: str) -> dict[str, Any]:
    trade = run.trades[number]
    return insight_reply(
        number,
        algorithm_id,
        symbol_reply(trade.symbol),
        generated=run.close(trade.entry_day),
        closed=run.close(trade.exit_day),
        reference=trade.entry_price,
        final=trade.exit_price,
    )


def _uuid(algorithm_id: str, kind: str, number: int) -> str:
    """The same id for the same thing every time it is read."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{algorithm_id} {kind} {number}"))
