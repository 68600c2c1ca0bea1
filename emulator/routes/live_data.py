"""`live/*/read`: portfolio, orders, closed trades, insights, log and charts of a deployment.

All of it comes from one tape and, but for the log, from one snapshot: an order that is listed is in the portfolio,
and cash plus holdings is the equity of `live/list`. The first read of orders or a chart starts to load them.
Source: QuantConnect API definition; the official MCP server's live tests (`loading`, windows); LEAN's converter tests.
"""

from typing import Any

from emulator.brokerages import dollars
from emulator.call import Call, Handler
from emulator.deployment import Deployment
from emulator.envelope import ApiFailure, php_map
from emulator.live_charts import LIVE_CHARTS, live_chart
from emulator.orders import insight_reply, order_reply, symbol_reply, trade_id
from emulator.paging import window
from emulator.routes.live import deployment_of
from emulator.tape import Fill, Trade
from emulator.wire import Arguments

ORDERS_AT_ONCE = 1000
TRADES_AT_ONCE = 1000
INSIGHTS_AT_ONCE = 100
LOG_LINES_AT_ONCE = 250

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "BTC": "₿"}


def read_portfolio(call: Call) -> dict[str, Any]:
    """Holdings and cash of the last snapshot; both are empty when nothing trades."""
    deployment, now = deployment_of(call), call.clock.now()
    time = deployment.snapshot(now)
    if time is None or deployment.has_ended(now):
        return {"portfolio": {"holdings": php_map({}), "cash": php_map({})}}
    books = deployment.tape.books(time)
    cash = {"USD": books.cash, **deployment.account.foreign_cash}
    return {
        "portfolio": {
            "holdings": php_map(
                {_symbol(deployment, symbol)["id"]: _holding(deployment, symbol, time) for symbol in books.positions}
            ),
            "cash": php_map({currency: _cash(currency, amount) for currency, amount in cash.items()}),
        }
    }


def read_orders(call: Call) -> dict[str, Any]:
    """A page of orders; `length` is the number of all."""
    deployment, part = deployment_of(call, "algorithmId"), window(call.arguments, ORDERS_AT_ONCE)
    if loading := _loading(call, deployment, "orders"):
        return loading
    fills = _fills(call, deployment)
    return {"orders": [_order(deployment, fill) for fill in fills[part]], "length": len(fills)}


def read_trades(call: Call) -> dict[str, Any]:
    """A page of closed trades, each with its orders."""
    deployment, part = deployment_of(call, "deployId"), window(call.arguments, TRADES_AT_ONCE)
    time = deployment.snapshot(call.clock.now())
    trades = [] if time is None else list(deployment.tape.trades(time))
    items = [_trade(deployment, number, trade) for number, trade in enumerate(trades)]
    return {"trades": items[part], "length": len(items)}


def read_insights(call: Call) -> dict[str, Any]:
    """A page of insights, one for each purchase. `start` may be left out."""
    arguments = Arguments({"start": call.arguments.integer("start", 0), "end": call.arguments.raw("end")})
    deployment, part = deployment_of(call, "algorithmId"), window(arguments, INSIGHTS_AT_ONCE)
    items = _insights(deployment, _fills(call, deployment))
    return {"insights": items[part], "length": len(items)}


def read_log(call: Call) -> dict[str, Any]:
    """Log lines of the project's deployments up to this one, or of this one alone; `query` filters them.

    `deploymentOffset` is the number of lines before this deployment's own.
    """
    call.arguments.text("algorithmId")
    deployment, now = deployment_of(call, "algorithmId"), call.clock.now()
    bounds = {"start": call.arguments.raw("startLine"), "end": call.arguments.raw("endLine")}
    part = window(Arguments(bounds), LOG_LINES_AT_ONCE)
    query = (call.arguments.optional_text("query") or "").strip().lower()
    before: list[str] = []
    for other in call.world.deployments.values():
        if other is deployment:
            break
        if other.project_id == deployment.project_id:
            before += _matching(other.log(now), query)
    own = _matching(deployment.log(now), query)
    lines = own if call.arguments.flag("deploymentLogs") else before + own
    return {"logs": lines[part], "length": len(lines), "deploymentOffset": len(before)}


def read_chart(call: Call) -> dict[str, Any]:
    """The points of one chart between two moments of the calendar."""
    deployment, arguments = deployment_of(call), call.arguments
    name, count = arguments.text("name"), arguments.integer("count")
    start, end = arguments.integer("start"), arguments.integer("end")
    if name not in LIVE_CHARTS:
        raise ApiFailure(f"Chart not found: {name}")
    if count < 1 or end < start:
        raise ApiFailure("Invalid range: start must not be after end, and count must be positive")
    time = deployment.snapshot(call.clock.now())
    if loading := _loading(call, deployment, f"chart {name}"):
        return loading
    if time is None:
        return {"chart": {"name": name, "chartType": 0, "series": {}}}
    return {"chart": live_chart(deployment, time, name, count=count, start=start, end=end)}


def _loading(call: Call, deployment: Deployment, what: str) -> dict[str, Any] | None:
    """The reply while something loads, which begins with its first read; None as soon as it is there."""
    seconds, now = call.options.loading_seconds, call.clock.now()
    waited = now - deployment.first_reads.setdefault(what, now)
    return {"status": "loading", "progress": round(waited / seconds, 4)} if waited < seconds else None


def _fills(call: Call, deployment: Deployment) -> list[Fill]:
    time = deployment.snapshot(call.clock.now())
    return [] if time is None else deployment.tape.fills(time)


def _matching(lines: list[str], query: str) -> list[str]:
    return [line for line in lines if query in line.lower()]


def _symbol(deployment: Deployment, symbol: str) -> dict[str, str]:
    return symbol_reply(symbol, deployment.account.symbol_ids.get(symbol, ""))


def _holding(deployment: Deployment, symbol: str, time: float) -> dict[str, float]:
    held, price = deployment.tape.books(time).positions[symbol], deployment.tape.price(symbol, time)
    paid = held.quantity * held.average_price
    gain = held.quantity * price - paid
    return {
        "a": held.average_price,
        "q": held.quantity,
        "p": price,
        "v": round(held.quantity * price, 2),
        "u": round(gain, 2),
        "up": round(100 * gain / abs(paid), 2) if paid else 0.0,
    }


def _cash(currency: str, amount: float) -> dict[str, Any]:
    rate = dollars(currency)
    return {
        "symbol": currency,
        "amount": amount,
        "conversionRate": rate,
        "currencySymbol": _SIGNS.get(currency, currency),
        "valueInAccountCurrency": round(amount * rate, 2),
        "securitySymbols": [],
    }


def _order(deployment: Deployment, fill: Fill) -> dict[str, Any]:
    return order_reply(
        fill.id,
        deployment.id,
        _symbol(deployment, fill.symbol),
        quantity=fill.quantity,
        price=fill.price,
        fee=fill.fee,
        time=deployment.fill_moment(fill),
        tag=fill.tag,
    )


def _trade(deployment: Deployment, number: int, trade: Trade) -> dict[str, Any]:
    entered, left = deployment.fill_moment(trade.entry), deployment.fill_moment(trade.exit)
    quantity, paid = trade.entry.quantity, trade.entry.price
    seconds = round((left - entered).total_seconds())
    return {
        "id": trade_id(deployment.id, number),
        "symbols": [_symbol(deployment, trade.entry.symbol)],
        "entryTime": f"{entered:%Y-%m-%dT%H:%M:%SZ}",
        "entryPrice": paid,
        "direction": 0,
        "quantity": quantity,
        "exitTime": f"{left:%Y-%m-%dT%H:%M:%SZ}",
        "exitPrice": trade.exit.price,
        "profitLoss": trade.profit,
        "totalFees": trade.fees,
        "mae": round(quantity * (trade.lowest - paid), 2),
        "mfe": round(quantity * (trade.highest - paid), 2),
        "duration": f"{seconds // 86_400}.{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        "endTradeDrawdown": round(quantity * (trade.exit.price - trade.highest), 2),
        "isWin": trade.profit > trade.fees,
        "orderIds": [trade.entry.id, trade.exit.id],
        "orders": [_order(deployment, trade.entry), _order(deployment, trade.exit)],
    }


def _insights(deployment: Deployment, fills: list[Fill]) -> list[dict[str, Any]]:
    sales = {fill.opened_by: fill for fill in fills if fill.opened_by is not None}
    items = []
    for number, bought in enumerate(fill for fill in fills if fill.quantity > 0):
        sold = sales.get(bought.id)
        items.append(
            insight_reply(
                number,
                deployment.id,
                _symbol(deployment, bought.symbol),
                generated=deployment.fill_moment(bought),
                closed=deployment.fill_moment(sold) if sold else None,
                reference=bought.price,
                final=sold.price if sold else None,
            )
        )
    return items


HANDLERS: dict[str, Handler] = {
    "live/portfolio/read": read_portfolio,
    "live/orders/read": read_orders,
    "live/trades/read": read_trades,
    "live/insights/read": read_insights,
    "live/logs/read": read_log,
    "live/chart/read": read_chart,
}
