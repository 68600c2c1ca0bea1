"""Orders, trades, charts, insights, log and report of a backtest: one run seen from many sides."""

from itertools import pairwise
from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account

LATE = 2_000_000_000
"""After every simulated day."""

SLOW = STRATEGY.replace("2022, 1, 3", "2002, 1, 3")
"""Twenty years, and so more than a hundred orders."""


class Reader:
    """One backtest of an account, and short ways to its data."""

    def __init__(self, account: Account, source: str = STRATEGY) -> None:
        self.account = account
        self.project = account.project(source)
        self.id = account.start(self.project, account.compiled(self.project))

    def ask(self, endpoint: str, **arguments: Any) -> dict[str, Any]:
        which = {"projectId": self.project, "backtestId": self.id}
        return self.account.ask(f"backtests/{endpoint}", **which, **arguments)

    def all(self, endpoint: str, key: str, at_once: int, **arguments: Any) -> list[Any]:
        """Every page of it."""
        items: list[Any] = []
        while page := self.ask(endpoint, start=len(items), end=len(items) + at_once, **arguments)[key]:
            items += page
        return items

    def chart(self, name: str, count: int = 1000, start: int = 0, end: int = LATE) -> dict[str, Any]:
        return dict(self.ask("chart/read", name=name, count=count, start=start, end=end)["chart"]["series"])


@pytest.fixture
def reader() -> Reader:
    """Completed, and nothing has to load."""
    reader = Reader(Account(EmulatorOptions(loading_seconds=0)), SLOW)
    reader.account.wait(12)
    return reader


def test_orders_pair_up_to_the_closed_trades_and_the_statistics(reader: Reader) -> None:
    """Counts, profits and fees agree whichever reply they are taken from."""
    orders = reader.all("orders/read", "orders", 100)
    trades = reader.all("trades/read", "trades", 1000)
    backtest = reader.account.read(reader.project, reader.id)
    assert len(orders) > 100
    assert len(orders) == 2 * len(trades) == int(backtest["statistics"]["Total Orders"])
    assert [order["id"] for order in orders] == list(range(1, len(orders) + 1))
    assert [order for trade in trades for order in trade["orders"]] == orders
    fees = sum(event.get("orderFeeAmount", 0) for order in orders for event in order["events"])
    totals = backtest["totalPerformance"]["tradeStatistics"]
    assert f"${fees:,.2f}" == backtest["statistics"]["Total Fees"]
    assert fees == pytest.approx(sum(trade["totalFees"] for trade in trades)) == pytest.approx(totals["totalFees"])
    earned = sum(trade["profitLoss"] for trade in trades)
    assert earned == pytest.approx(-sum(order["value"] for order in orders), abs=0.01 * len(orders))
    assert earned == pytest.approx(totals["totalProfitLoss"], abs=0.01 * len(trades))
    assert sum(trade["isWin"] for trade in trades) == totals["numberOfWinningTrades"]


def test_a_trade_is_bought_and_sold_by_its_orders(reader: Reader) -> None:
    """Same asset, same size, prices and times at both ends."""
    trade = reader.ask("trades/read", start=0, end=1)["trades"][0]
    bought, sold = trade["orders"]
    assert trade["orderIds"] == [bought["id"], sold["id"]]
    assert (bought["direction"], sold["direction"]) == (0, 1)
    assert bought["quantity"] == -sold["quantity"] == trade["quantity"]
    assert (bought["price"], sold["price"]) == (trade["entryPrice"], trade["exitPrice"])
    assert (bought["lastFillTime"], sold["lastFillTime"]) == (trade["entryTime"], trade["exitTime"])
    assert bought["symbol"] == trade["symbols"][0]


def test_the_equity_chart_ends_at_the_end_equity_and_falls_as_deep_as_the_drawdown(reader: Reader) -> None:
    """Cash plus all profits less all fees, too."""
    portfolio = reader.account.read(reader.project, reader.id)["totalPerformance"]["portfolioStatistics"]
    trades = reader.all("trades/read", "trades", 1000)
    candles = reader.chart("Strategy Equity")["Equity"]["values"]
    assert candles[0][1] == portfolio["startEquity"] == 50_000
    assert candles[-1][4] == portfolio["endEquity"]
    earned = sum(trade["profitLoss"] - trade["totalFees"] for trade in trades)
    assert candles[-1][4] == pytest.approx(50_000 + earned, abs=0.01 * len(trades))


def test_a_days_points_agree_across_charts() -> None:
    """With every point shown: drawdown against equity, volume against orders."""
    reader = Reader(Account(EmulatorOptions(loading_seconds=0)))
    reader.account.wait(12)
    portfolio = reader.account.read(reader.project, reader.id)["totalPerformance"]["portfolioStatistics"]
    depths = [y for _, y in reader.chart("Drawdown")["Equity Drawdown"]["values"]]
    assert -min(depths) / 100 == pytest.approx(portfolio["drawdown"], abs=1e-5)
    orders = reader.all("orders/read", "orders", 100)
    volumes = reader.chart("Assets Sales Volume")["AAPL"]["values"]
    assert sum(y for _, y in volumes) == pytest.approx(sum(abs(order["value"]) for order in orders), abs=1)
    invested = [x for x, y in reader.chart("Exposure")["Equity - Long Ratio"]["values"] if y > 0]
    assert orders[0]["events"][1]["time"] == invested[0]


@pytest.mark.parametrize("name", ["Strategy Equity", "Drawdown", "Benchmark", "Exposure", "Portfolio Turnover"])
def test_a_chart_has_no_more_points_than_asked_for(reader: Reader, name: str) -> None:
    """At most a thousand in any case; the last moment is always there."""
    everything, few = reader.chart(name, count=10**9), reader.chart(name, count=7)
    assert everything.keys() == few.keys()
    for title, series in everything.items():
        assert len(series["values"]) == 1000
        assert len(few[title]["values"]) == 7
        assert few[title]["values"][-1][0] == series["values"][-1][0]


def test_thinned_candles_keep_the_extremes(reader: Reader) -> None:
    """A merged candle begins with its first opening and ends with its last close."""
    candles = reader.chart("Strategy Equity")["Equity"]["values"]
    [whole] = reader.chart("Strategy Equity", count=1)["Equity"]["values"]
    highest, lowest = max(candle[2] for candle in candles), min(candle[3] for candle in candles)
    assert whole == [candles[-1][0], candles[0][1], highest, lowest, candles[-1][4]]


def test_a_chart_can_be_cut_in_simulated_time(reader: Reader) -> None:
    """Both ends included; nothing outside."""
    points = reader.chart("Benchmark")["Benchmark"]["values"]
    start, end = points[100][0], points[200][0]
    inside = reader.chart("Benchmark", start=start, end=end)["Benchmark"]["values"]
    assert (inside[0][0], inside[-1][0]) == (pytest.approx(start, abs=5 * 86_400), end)
    assert all(start <= x <= end for x, _ in inside)


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"name": "Nonsense"}, {"end": 0, "start": 1}, {"count": 0}, {"count": None}]
)
def test_a_bad_chart_request_is_refused(reader: Reader, change: dict[str, Any]) -> None:
    """Also while it would load: the refusal must not wait."""
    with pytest.raises(ApiFailure):
        reader.ask("chart/read", **{"name": "Benchmark", "count": 10, "start": 0, "end": LATE, **change})


@pytest.mark.parametrize(
    ("endpoint", "widest"),
    [
        ("orders/read", 100),
        ("insights/read", 100),
        ("read/insights", 100),
        ("trades/read", 1000),
        ("read/log", 200),
    ],
)
def test_windows_are_enforced(reader: Reader, endpoint: str, widest: int) -> None:
    """As wide as allowed is fine; wider, empty, negative or without an end is refused."""
    reader.ask(endpoint, start=5, end=5 + widest, query="")
    bad: list[dict[str, Any]] = [
        {"start": 5, "end": 6 + widest},
        {"start": 5, "end": 5},
        {"start": -1, "end": 5},
        {"start": 5},
    ]
    for arguments in bad:
        with pytest.raises(ApiFailure):
            reader.ask(endpoint, query="", **arguments)


def test_a_window_beyond_the_end_is_empty_and_tells_the_length(reader: Reader) -> None:
    """So that a client knows that it has everything."""
    length = reader.ask("orders/read", start=0, end=1)["length"]
    assert reader.ask("orders/read", start=length, end=length + 1) == {"orders": [], "length": length}


def test_orders_and_each_chart_load_from_their_first_read_on(account: Account) -> None:
    """Success without data, with growing progress, for as long as the options say."""
    reader = Reader(account)
    account.wait(12)
    orders: dict[str, Any] = {"endpoint": "orders/read", "start": 0, "end": 100}
    drawdown: dict[str, Any] = {"endpoint": "chart/read", "name": "Drawdown", "count": 9, "start": 0, "end": LATE}
    assert reader.ask(**orders) == {"status": "loading", "progress": 0}
    account.wait(1)
    assert reader.ask(**orders) == {"status": "loading", "progress": 0.5}
    assert reader.ask(**drawdown) == {"status": "loading", "progress": 0}
    account.wait(1)
    assert reader.ask(**orders)["length"] == int(account.read(reader.project, reader.id)["statistics"]["Total Orders"])
    assert reader.ask(**drawdown)["status"] == "loading"
    account.wait(1)
    assert reader.ask(**drawdown)["chart"]["name"] == "Drawdown"


def test_data_grow_while_a_backtest_runs() -> None:
    """A client that pages through them meets new items behind its page."""
    reader = Reader(Account(EmulatorOptions(loading_seconds=0)), SLOW)
    pages: dict[str, dict[str, Any]] = {
        "orders/read": {"start": 0, "end": 100},
        "trades/read": {"start": 0, "end": 1000},
        "insights/read": {"start": 0, "end": 100},
        "read/log": {"start": 0, "end": 200, "query": None},
    }
    seen: list[list[int]] = []
    points = []
    for _ in range(4):
        seen.append([int(reader.ask(endpoint, **page)["length"]) for endpoint, page in pages.items()])
        points.append(len(reader.chart("Benchmark")["Benchmark"]["values"]))
        reader.account.wait(3.5)
    assert seen[0] == [0, 0, 0, 2]
    for before, after in pairwise(seen):
        assert all(one < other for one, other in zip(before, after, strict=True))
    assert points[0] == 0 < points[1]


def test_every_purchase_has_its_insight_under_both_paths(reader: Reader) -> None:
    """The documentation and LEAN disagree about the path."""
    insights = reader.all("read/insights", "insights", 100)
    assert insights == reader.all("insights/read", "insights", 100)
    trades = reader.all("trades/read", "trades", 1000)
    assert [insight["reference"] for insight in insights] == [trade["entryPrice"] for trade in trades]
    assert all(insight["closeTime"] - insight["generatedTime"] == insight["period"] > 0 for insight in insights)
    assert len({insight["id"] for insight in insights}) == len(insights)


def test_the_log_tells_every_fill_with_its_date(reader: Reader) -> None:
    """Dates are simulated and in order."""
    log = reader.all("read/log", "logs", 200, query=None)
    orders = reader.all("orders/read", "orders", 100)
    fills = [line for line in log if " Bought " in line or " Sold " in line]
    assert [line[:10] for line in fills] == [order["lastFillTime"][:10] for order in orders]
    assert log == sorted(log, key=lambda line: line[:19])
    assert "Launching analysis" in log[0]
    assert "completed" in log[-1]


def test_a_query_filters_the_log_before_the_window_counts(reader: Reader) -> None:
    """Case does not matter; blank means everything; without the key the request is refused."""
    bought = reader.ask("read/log", start=1, end=3, query="bOUGHT")
    orders = reader.all("orders/read", "orders", 100)
    assert bought["length"] == len(orders) / 2
    assert [line[:10] for line in bought["logs"]] == [orders[number]["lastFillTime"][:10] for number in (2, 4)]
    everything = [reader.ask("read/log", start=0, end=200, query=query)["length"] for query in (None, "", " ")]
    assert everything == [len(orders) + 3] * 3
    with pytest.raises(ApiFailure, match="query"):
        reader.ask("read/log", start=0, end=200)


def test_the_log_of_a_failed_backtest_ends_with_its_error(account: Account) -> None:
    """And there are no orders, charts or reports of days that never came."""
    reader = Reader(account, STRATEGY + "        raise ValueError('bad')\n")
    account.wait(12)
    log = reader.ask("read/log", start=0, end=200, query="")["logs"]
    assert log[-1] == "2022-01-03 00:00:00 Algorithm.Initialize() Error: ValueError : bad"
    assert reader.ask("trades/read", start=0, end=10) == {"trades": [], "length": 0}
    with pytest.raises(ApiFailure, match="completed"):
        reader.ask("read/report")


def test_a_report_is_generated_after_the_end(account: Account) -> None:
    """Until then the answer only says so."""
    reader = Reader(account)
    assert reader.ask("read/report") == {"generating": True}
    account.wait(12)
    assert reader.ask("read/report") == {"generating": True}
    account.wait(2)
    report = reader.ask("read/report")["report"]
    statistics = account.read(reader.project, reader.id)["statistics"]
    assert report.startswith("<!doctype html>")
    assert f"<dd>{statistics['Sharpe Ratio']}</dd>" in report


def test_tags_are_replaced_and_listed(account: Account) -> None:
    """All of them at once; an empty list removes them."""
    reader = Reader(account)
    for tags in (["a", "b"], ["c"], []):
        reader.ask("tags/update", tags=tags)
        assert account.ask("backtests/list", projectId=reader.project)["backtests"][0]["tags"] == tags


@pytest.mark.parametrize(
    "endpoint",
    [
        "chart/read",
        "orders/read",
        "trades/read",
        "insights/read",
        "read/insights",
        "read/log",
        "read/report",
        "tags/update",
    ],
)
def test_an_unknown_backtest_is_refused(reader: Reader, endpoint: str) -> None:
    """The text is the server's."""
    with pytest.raises(ApiFailure, match="Backtest not found"):
        reader.account.ask(f"backtests/{endpoint}", projectId=reader.project, backtestId="0" * 32)
