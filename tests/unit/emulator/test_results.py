"""The invented results hang together: trades make the curve, and the curve makes every figure."""

import math
import statistics
from datetime import date
from itertools import pairwise

import pytest

from emulator.figures import compute
from emulator.results import result_of
from emulator.results import statistics as statistics_table
from emulator.strategy import Strategy
from emulator.synthetic import Run, fingerprint, simulate

STRATEGY = Strategy(start=date(2020, 1, 1), end=date(2022, 12, 31), cash=80_000.0, symbols=("SPY", "QQQ"))


@pytest.fixture(params=[1, 2, 3])
def run(request: pytest.FixtureRequest) -> Run:
    return simulate(STRATEGY, fingerprint({"main.py": "x"}, {"fast": request.param}, None))


def test_the_last_equity_is_the_cash_plus_all_profits_less_all_fees(run: Run) -> None:
    """To the cent."""
    profit = sum(trade.profit - trade.fees for trade in run.trades)
    assert run.equity[-1] == pytest.approx(run.cash + profit, abs=0.01)
    assert run.trades


def test_the_run_covers_the_strategys_days_and_cash(run: Run) -> None:
    """From the first trading day to the last."""
    assert (run.days[0], run.days[-1]) == (date(2020, 1, 1), date(2022, 12, 30))
    assert len(run.days) == len(run.equity) == len(run.benchmark)
    assert run.cash == 80_000
    assert {trade.symbol for trade in run.trades} <= {"SPY", "QQQ"}


def test_positions_do_not_overlap(run: Run) -> None:
    """Otherwise the trades could not add up to the curve."""
    for before, after in pairwise(run.trades):
        assert before.entry_day < before.exit_day < after.entry_day


def test_the_figures_follow_from_the_curve(run: Run) -> None:
    """Recomputed here with the standard library, from the curve alone."""
    figures = compute(run)
    curve = [run.cash, *run.equity]
    returns = [after / before - 1 for before, after in pairwise(curve)]
    yearly = (1 + statistics.fmean(returns)) ** 252 - 1
    deviation = statistics.stdev(returns) * math.sqrt(252)
    assert figures.sharpe == pytest.approx(yearly / deviation)
    assert figures.annual_variance == pytest.approx(deviation**2)
    assert figures.net_profit == pytest.approx(curve[-1] / curve[0] - 1)
    assert (1 + figures.annual_return) ** 3 == pytest.approx(1 + figures.net_profit, rel=0.01)
    falls = [1 - value / max(curve[: index + 1]) for index, value in enumerate(curve)]
    assert figures.drawdown == pytest.approx(max(falls))
    wins = [trade for trade in run.trades if trade.profit > trade.fees]
    assert figures.win_rate == pytest.approx(len(wins) / len(run.trades))
    assert figures.win_rate + figures.loss_rate == pytest.approx(1)


def test_alpha_and_beta_explain_the_return_by_the_benchmark(run: Run) -> None:
    """By definition: return = alpha + beta × benchmark return."""
    figures = compute(run)
    prices = [run.benchmark[0], *run.benchmark]
    market = [after / before - 1 for before, after in pairwise(prices)]
    market_return = (1 + statistics.fmean(market)) ** 252 - 1
    own_return = figures.sharpe * figures.annual_deviation
    assert own_return == pytest.approx(figures.alpha + figures.beta * market_return)
    assert figures.treynor * figures.beta == pytest.approx(own_return)


def test_the_three_forms_of_a_result_agree() -> None:
    """A percentage, an amount of money and a fraction, but one result."""
    result = result_of(STRATEGY, {"main.py": "x"}, {"fast": 1}, None)
    table, banner = result.statistics, result.runtime_statistics
    portfolio = result.total_performance["portfolioStatistics"]
    trades = result.total_performance["tradeStatistics"]
    profit = portfolio["endEquity"] - portfolio["startEquity"]
    assert table["Start Equity"] == "80000"
    assert table["End Equity"] == f"{portfolio['endEquity']:.2f}".removesuffix(".00")
    assert table["Net Profit"] == f"{portfolio['totalNetProfit'] * 100:.3f}%"
    assert table["Sharpe Ratio"] == f"{portfolio['sharpeRatio']:.3f}".rstrip("0").rstrip(".")
    assert table["Win Rate"] == f"{portfolio['winRate'] * 100:.0f}%"
    assert table["Total Orders"] == str(2 * trades["totalNumberOfTrades"])
    assert banner["Net Profit"] == f"${profit:,.2f}"
    assert banner["Return"] == f"{portfolio['totalNetProfit'] * 100:.2f} %"
    assert banner["Fees"] == f"-{table['Total Fees']}"
    assert trades["totalProfitLoss"] - trades["totalFees"] == pytest.approx(profit, abs=0.02)
    assert len(result.total_performance["closedTrades"]) == trades["totalNumberOfTrades"]


def test_a_run_without_a_trade_is_flat_and_prints_zeros() -> None:
    """Too short to trade: nothing may divide by zero."""
    day = date(2022, 6, 1)
    name = fingerprint({}, {}, None)
    run = simulate(Strategy(start=day, end=day), name)
    table = statistics_table(compute(run), "")
    assert run.trades == ()
    assert (table["Total Orders"], table["Net Profit"], table["Sharpe Ratio"]) == ("0", "0.000%", "0")
    assert result_of(Strategy(start=day, end=day), {}, {}, None).total_performance["closedTrades"] == []


def test_an_account_too_small_to_trade_keeps_its_cash() -> None:
    """Fees must not drive it below zero."""
    run = simulate(Strategy(cash=5.0), fingerprint({}, {}, None))
    assert set(run.equity) == {5.0}


def test_notebooks_do_not_change_a_result() -> None:
    """Only code and parameters decide."""
    code = {"main.py": "x"}
    assert fingerprint(code | {"research.ipynb": "{}"}, {}, None) == fingerprint(code, {}, None)
    assert fingerprint(code | {"other.py": "y"}, {}, None) != fingerprint(code, {}, None)


def test_a_century_is_cut_to_what_can_be_computed_while_a_client_waits() -> None:
    """LEAN allows any dates; a reply must still come at once."""
    run = simulate(Strategy(start=date(1900, 1, 1), end=date(2024, 1, 1)), fingerprint({}, {}, None))
    assert 29 < (run.days[-1] - run.days[0]).days / 365.25 < 31
