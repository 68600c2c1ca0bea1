"""When a result is final, and its numbers."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantconnect import Backtest, BacktestNumbers, BacktestResult, Finality, verdict
from quantconnect.results import parse_number

FULL: dict[str, Any] = {
    "completed": True,
    "status": "Completed.",
    "statistics": {"Sharpe Ratio": "1.23"},
    "runtimeStatistics": {"Equity": "$1"},
    "totalPerformance": {"portfolioStatistics": {"sharpeRatio": "1.23"}},
}


def read(**fields: Any) -> Backtest:
    """A backtest as it was answered."""
    return Backtest.model_validate({"backtestId": "b"} | fields)


@pytest.mark.parametrize(
    ("fields", "seconds", "expected"),
    [
        ({"status": "In Queue...", "statistics": []}, None, Finality.RUNNING),
        ({"status": "In Progress...", "progress": 1, "error": ""}, None, Finality.RUNNING),
        (FULL, None, Finality.FINAL),
        (FULL | {"statistics": []}, None, Finality.SETTLING),
        (FULL | {"statistics": {}}, 59, Finality.SETTLING),
        (FULL | {"statistics": None}, 60, Finality.FINAL_WITHOUT_STATISTICS),
        (FULL | {"runtimeStatistics": None}, 0, Finality.SETTLING),
        (FULL | {"runtimeStatistics": None}, 60, Finality.FINAL),
        (FULL | {"totalPerformance": None}, 30, Finality.SETTLING),
        (FULL | {"totalPerformance": []}, 30, Finality.SETTLING),
        (FULL | {"totalPerformance": {}}, 30, Finality.SETTLING),
        (FULL | {"totalPerformance": None}, 61, Finality.FINAL),
        ({"status": "Runtime Error", "completed": True, "error": "boom", "progress": 0.1}, None, Finality.FINAL),
        ({"status": "In Progress...", "stacktrace": "at Main"}, None, Finality.FINAL),
    ],
)
def test_a_result_is_final_only_when_its_statistics_are_there_or_overdue(
    fields: dict[str, Any], seconds: int | None, expected: Finality
) -> None:
    """`completed` alone would store half a result; waiting forever would lose it."""
    passed = None if seconds is None else timedelta(seconds=seconds)
    assert verdict(read(**fields), passed) is expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$-4.94", -4.94),
        ("-$1,234.56", -1234.56),
        ("$163,108.54", 163108.54),
        ("12.34 %", 0.1234),
        ("11.512%", 0.11512),
        ("-4.09%", -0.0409),
        ("1,234.56", 1234.56),
        ("0", 0.0),
        (".5", 0.5),
        ("1.5e-3", 0.0015),
        ("€ 12", 12.0),
        ("A$3", 3.0),
        (27, 27.0),
        (1.5, 1.5),
        ("-", None),
        ("", None),
        ("  ", None),
        (None, None),
        (True, None),
        ("n/a", None),
        ("NaN", None),
        (float("inf"), None),
        ("1e999", None),
        (10**400, None),
        ("12 apples", None),
        ([1], None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: object, number: float | None) -> None:
    """Signs before and behind the currency, blanks before the percent sign, dashes for nothing."""
    assert parse_number(text) == (None if number is None else pytest.approx(number))


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(text: str) -> None:
    """A custom statistic may be anything."""
    number = parse_number(text)
    assert number is None or isinstance(number, float)


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(-1e12, 1e12))
def test_money_is_read_back(amount: float) -> None:
    """With thousands separators and the sign before the currency."""
    cents = round(amount, 2)
    assert parse_number(f"{'-' if cents < 0 else ''}${abs(cents):,.2f}") == pytest.approx(cents)


def test_numbers_come_from_the_texts_when_there_is_nothing_better() -> None:
    """As answered for a real backtest of 27 orders."""
    backtest = read(
        statistics={
            "Total Orders": "27",
            "Compounding Annual Return": "8.489%",
            "Drawdown": "27.500%",
            "Start Equity": "100000",
            "End Equity": "163108.54",
            "Net Profit": "63.109%",
            "Sharpe Ratio": "0.348",
            "Win Rate": "54%",
        },
        runtimeStatistics={"Fees": "-$47.70", "Net Profit": "$52,239.35"},
    )
    assert asdict(BacktestNumbers.from_backtest(backtest)) == pytest.approx(
        {
            "total_return": 0.63109,
            "compounding_annual_return": 0.08489,
            "sharpe_ratio": 0.348,
            "max_drawdown": 0.275,
            "win_rate": 0.54,
            "total_orders": 27,
            "start_equity": 100_000.0,
            "end_equity": 163_108.54,
            "total_fees": 47.70,
        }
    )


def test_the_portfolio_statistics_win_because_they_have_all_digits() -> None:
    """`54%` may have been 53.7 %."""
    backtest = read(
        statistics={"Win Rate": "54%"}, totalPerformance={"portfolioStatistics": {"winRate": "0.5372", "drawdown": 0}}
    )
    numbers = BacktestNumbers.from_backtest(backtest)
    assert (numbers.win_rate, numbers.max_drawdown) == (0.5372, 0.0)


def test_what_is_not_told_is_none() -> None:
    """Zero is a number, nothing is not."""
    assert BacktestNumbers.from_backtest(read(statistics={"Sharpe Ratio": "-"})) == BacktestNumbers()


def test_ten_facts_of_a_finished_backtest() -> None:
    """Ratios are floats, rates are fractions, the status has no dots behind it."""
    portfolio = {"sharpeRatio": "1.5", "totalNetProfit": 0.25, "drawdown": "0.1", "winRate": 0.6}
    backtest = read(
        name="RSI",
        status="Completed.",
        totalPerformance={"portfolioStatistics": portfolio, "tradeStatistics": {"totalNumberOfTrades": 12}},
        statistics={"Total Orders": "25"},
        backtestStart="2023-01-01 00:00:00",
        backtestEnd="2023-06-30T23:59:59Z",
    )
    assert BacktestResult.from_backtest(backtest) == BacktestResult(
        backtest_id="b",
        name="RSI",
        status="Completed",
        sharpe_ratio=1.5,
        total_return=0.25,
        max_drawdown=0.1,
        win_rate=0.6,
        total_trades=12,
        start_date=datetime(2023, 1, 1, tzinfo=UTC),
        end_date=datetime(2023, 6, 30, 23, 59, 59, tzinfo=UTC),
    )


def test_without_trades_the_orders_are_counted() -> None:
    """The texts for people know orders only."""
    assert BacktestResult.from_backtest(read(statistics={"Total Orders": "1,025"})).total_trades == 1025


def test_ten_facts_of_a_backtest_that_has_only_begun() -> None:
    """What is not known is None, never 0; only trades have a natural zero."""
    result = BacktestResult.from_backtest(read(name="RSI", status="In Queue..."))
    assert result == BacktestResult("b", "RSI", "In Queue", None, None, None, None, 0, None, None)
