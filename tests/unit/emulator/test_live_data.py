"""What a live deployment shows of itself hangs together, and is as old as a snapshot is."""

import math
from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account
from tests.unit.emulator.live import OPTIONS, PAPER, create, deployed, listed, log, orders, portfolio, read

TWO_SYMBOLS = STRATEGY + '        self.add_equity("SPY")\n'


@pytest.fixture
def account() -> Account:
    return Account(OPTIONS)


def positions(orders: list[dict[str, Any]]) -> dict[str, float]:
    """What the orders leave, by symbol id."""
    left: dict[str, float] = {}
    for order in orders:
        symbol = order["symbol"]["id"]
        left[symbol] = left.get(symbol, 0) + order["quantity"]
    return {symbol: quantity for symbol, quantity in left.items() if quantity}


def fees(orders: list[dict[str, Any]]) -> float:
    return math.fsum(event.get("orderFeeAmount", 0) for order in orders for event in order["events"])


@pytest.mark.parametrize("snapshots", [0, 1, 2, 5, 40])
def test_orders_holdings_cash_and_equity_agree(account: Account, snapshots: int) -> None:
    """To the cent, after every number of snapshots: an invented account is still an account."""
    project = deployed(account, TWO_SYMBOLS)
    account.wait(600 * snapshots)
    done, shown = orders(account, project), portfolio(account, project)
    holdings, cash = shown["holdings"] or {}, shown["cash"]["USD"]["amount"]
    assert {symbol: held["q"] for symbol, held in holdings.items()} == positions(done)
    assert cash == pytest.approx(100_000 - sum(order["value"] for order in done) - fees(done), abs=0.01)
    worth = cash + math.fsum(held["v"] for held in holdings.values())
    assert listed(account, project)["equity"] == pytest.approx(worth, abs=0.01)
    banner = read(account, project)["runtimeStatistics"]
    assert banner["Equity"] == f"${worth:,.2f}"
    assert banner["Fees"] == f"-${fees(done):,.2f}"
    assert bool(done) is bool(snapshots)


def test_a_holding_knows_its_value_and_its_gain(account: Account) -> None:
    """The short names are the server's: average, quantity, price, value, unrealized, and in percent."""
    project = deployed(account, brokerage=PAPER | {"holdings": [{"symbol": "IBM", "quantity": 7, "averagePrice": 150}]})
    account.wait(6000)
    for held in portfolio(account, project)["holdings"].values():
        assert held["v"] == pytest.approx(held["q"] * held["p"], abs=0.01)
        assert held["u"] == pytest.approx(held["q"] * (held["p"] - held["a"]), abs=0.01)
        assert held["up"] == pytest.approx(100 * (held["p"] / held["a"] - 1), abs=0.01)
    assert portfolio(account, project)["holdings"]["IBM R735QTJ8XC9X"]["u"] != 0


def test_everything_but_the_log_is_as_old_as_the_last_snapshot(account: Account) -> None:
    """Live reads are stale by design, and a client must know it."""
    project = deployed(account)
    account.wait(600)

    def seen() -> tuple[Any, ...]:
        return orders(account, project), portfolio(account, project), listed(account, project)["equity"]

    first = seen()
    account.wait(599)
    assert seen() == first
    account.wait(1)
    assert seen() != first


def test_a_stop_shows_what_was_not_shown_yet(account: Account) -> None:
    """The last orders must not be lost with the algorithm."""
    project = deployed(account)
    account.wait(599)
    assert orders(account, project) == []
    account.ask("live/update/stop", projectId=project)
    assert len(orders(account, project)) >= 1


def test_what_was_listed_once_stays_as_it_was(account: Account) -> None:
    """Pages that a client has read are never rewritten."""
    project = deployed(account)
    account.wait(3000)
    first = orders(account, project)
    trades = account.ask("live/trades/read", projectId=project, start=0, end=1000)["trades"]
    account.wait(30_000)
    account.ask("live/update/liquidate", projectId=project)
    assert orders(account, project)[: len(first)] == first
    later = account.ask("live/trades/read", projectId=project, start=0, end=1000)["trades"]
    assert later[: len(trades)] == trades
    assert len(later) > len(trades)


def test_every_trade_is_made_of_two_listed_orders(account: Account) -> None:
    """Its profit follows from them."""
    project = deployed(account, TWO_SYMBOLS)
    account.wait(12_000)
    done = {order["id"]: order for order in orders(account, project)}
    page = account.ask("live/trades/read", projectId=project, start=0, end=1000)
    assert page["length"] == len(page["trades"]) > 0
    for trade in page["trades"]:
        bought, sold = (done[number] for number in trade["orderIds"])
        assert trade["orders"] == [bought, sold]
        assert trade["profitLoss"] == pytest.approx(-bought["value"] - sold["value"], abs=0.01)
        assert trade["mae"] <= min(trade["profitLoss"], 0) <= max(trade["profitLoss"], 0) <= trade["mfe"]
        assert trade["entryTime"] < trade["exitTime"]


def test_every_purchase_was_announced_by_an_insight(account: Account) -> None:
    """The start of the window may be left out, its end may not."""
    project = deployed(account)
    account.wait(12_000)
    bought = [order for order in orders(account, project) if order["quantity"] > 0]
    page = account.ask("live/insights/read", projectId=project, end=100)
    assert page["length"] == len(bought)
    assert [insight["reference"] for insight in page["insights"]] == [order["price"] for order in bought[:100]]
    with pytest.raises(ApiFailure, match="end"):
        account.ask("live/insights/read", projectId=project, start=0)


def test_initial_cash_and_holdings_are_the_accounts(account: Account) -> None:
    """Paper trading may begin with a portfolio, in other currencies, too."""
    holding = {"symbolId": "IBM R735QTJ8XC9X", "symbol": "IBM", "quantity": 10, "averagePrice": 150}
    cash = [{"amount": 5000, "currency": "USD"}, {"amount": "100", "currency": "EUR"}]
    project = deployed(account, brokerage=PAPER | {"holdings": [holding], "cash": cash})
    shown = portfolio(account, project)
    assert shown["holdings"]["IBM R735QTJ8XC9X"] == {"a": 150, "q": 10, "p": 150, "v": 1500, "u": 0, "up": 0}
    assert (shown["cash"]["USD"]["amount"], shown["cash"]["EUR"]["valueInAccountCurrency"]) == (5000, 110)
    assert listed(account, project)["equity"] == 6610
    account.ask("live/update/liquidate", projectId=project)
    assert [(order["symbol"]["value"], order["quantity"]) for order in orders(account, project)] == [("IBM", -10)]


def test_the_same_code_and_parameters_trade_alike(account: Account) -> None:
    """And other parameters trade differently."""
    alike, other = deployed(account), deployed(account, node=1, parameters={"fast": "3"})
    account.wait(6000)
    again = Account(OPTIONS)
    repeated = deployed(again)
    again.wait(6010)

    def prices(account: Account, project: int) -> list[float]:
        return [order["price"] for order in orders(account, project)]

    count = min(len(prices(again, repeated)), len(prices(account, alike)))
    assert count > 2
    assert prices(again, repeated)[:count] == prices(account, alike)[:count]
    assert prices(account, other)[:count] != prices(account, alike)[:count]


@pytest.mark.parametrize(
    ("endpoint", "width"), [("live/orders/read", 1000), ("live/trades/read", 1000), ("live/insights/read", 100)]
)
def test_a_window_is_not_wider_than_allowed(account: Account, endpoint: str, width: int) -> None:
    """Nor upside down."""
    project = deployed(account)
    account.ask(endpoint, projectId=project, start=5, end=5 + width)
    for start, end in ((0, width + 1), (3, 3), (-1, 5)):
        with pytest.raises(ApiFailure, match="Invalid range"):
            account.ask(endpoint, projectId=project, start=start, end=end)


def test_the_log_tells_the_whole_story(account: Account) -> None:
    """Launch, login, orders, end; each line begins with its date."""
    project = deployed(account)
    account.wait(650)
    account.ask("live/update/liquidate", projectId=project)
    lines = log(account, project)
    assert "Launching analysis" in lines[0]
    assert "Logging in to PaperBrokerage (paper)" in lines[1]
    assert lines[-1].endswith("Algorithm liquidated")
    assert sum("New Order Event" in line for line in lines) == len(orders(account, project))
    assert lines == sorted(lines, key=lambda line: line[:19])


def test_the_log_only_grows_and_is_twice_as_fresh_as_the_portfolio(account: Account) -> None:
    """Reading on from the last line never misses one."""
    project = deployed(account)
    before: list[str] = log(account, project)
    for _ in range(20):
        account.wait(150)
        lines = log(account, project)
        assert lines[: len(before)] == before
        before = lines
    account.wait(300)
    assert len(log(account, project)) >= len(before)


def test_the_log_of_a_project_continues_over_its_deployments(account: Account) -> None:
    """The offset says where the latest one begins."""
    project = deployed(account)
    account.ask("live/update/stop", projectId=project)
    first = log(account, project)
    create(account, project)
    arguments = {"projectId": project, "algorithmId": listed(account, project)["deployId"], "format": "json"}
    both = account.ask("live/logs/read", **arguments, startLine=0, endLine=250)
    own = account.ask("live/logs/read", **arguments, startLine=0, endLine=250, deploymentLogs=True)
    assert both["logs"] == first + own["logs"]
    assert both["deploymentOffset"] == own["deploymentOffset"] == len(first)
    assert (both["length"], own["length"]) == (len(first) + 1, 1)


def test_the_log_is_read_in_pages_and_can_be_searched(account: Account) -> None:
    """The search ignores case; a page has 250 lines at most."""
    project = deployed(account)
    assert [line[20:] for line in log(account, project, query="LOGGING")] == ["Logging in to PaperBrokerage (paper)"]
    deployment = listed(account, project)["deployId"]
    with pytest.raises(ApiFailure, match="at most 250"):
        account.ask("live/logs/read", projectId=project, algorithmId=deployment, startLine=0, endLine=251)


def chart(account: Account, project: int, name: str = "Strategy Equity", **changes: Any) -> dict[str, Any]:
    bounds = {"count": 1000, "start": 0, "end": 2_000_000_000}
    return account.ask("live/chart/read", projectId=project, name=name, **bounds | changes)


def test_the_equity_chart_ends_where_the_list_says(account: Account) -> None:
    """And begins with the first cash."""
    project = deployed(account)
    account.wait(6000)
    points = chart(account, project)["chart"]["series"]["Equity"]["values"]
    assert points[0][1] == 100_000
    assert points[-1][4] == listed(account, project)["equity"]
    assert len(chart(account, project, count=7)["chart"]["series"]["Equity"]["values"]) == 7


@pytest.mark.parametrize("name", ["Drawdown", "Benchmark"])
def test_the_other_charts_have_a_point_for_every_price(account: Account, name: str) -> None:
    """Ten steps to a snapshot, and the first."""
    project = deployed(account)
    account.wait(600)
    (series,) = chart(account, project, name)["chart"]["series"].values()
    assert len(series["values"]) == 11


def test_a_chart_can_be_cut_to_a_time(account: Account) -> None:
    """In calendar time; both ends are part of it."""
    project = deployed(account)
    account.wait(6000)
    begin = chart(account, project)["chart"]["series"]["Equity"]["values"][0][0]
    part = chart(account, project, start=begin + 60, end=begin + 180)["chart"]["series"]["Equity"]["values"]
    assert [point[0] - begin for point in part] == [60, 120, 180]


@pytest.mark.parametrize("changes", [{"name": ""}, {"name": "No Such"}, {"start": 9, "end": 8}, {"count": 0}])
def test_a_senseless_chart_is_refused(account: Account, changes: dict[str, Any]) -> None:
    """Instead of an empty one, which would look like no trading."""
    project = deployed(account)
    with pytest.raises(ApiFailure):
        chart(account, project, **changes)


@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [
        ("live/orders/read", {"start": 0, "end": 9}),
        ("live/chart/read", {"name": "Benchmark", "count": 9, "start": 0, "end": 9}),
    ],
)
def test_orders_and_charts_say_first_that_they_load(endpoint: str, arguments: dict[str, Any]) -> None:
    """With success and without data: no failure, and nothing to show yet."""
    account = Account(EmulatorOptions(loading_seconds=4))
    project = deployed(account)
    assert account.ask(endpoint, projectId=project, **arguments) == {"status": "loading", "progress": 0}
    account.wait(3)
    assert account.ask(endpoint, projectId=project, **arguments) == {"status": "loading", "progress": 0.75}
    account.wait(1)
    assert "status" not in account.ask(endpoint, projectId=project, **arguments)
