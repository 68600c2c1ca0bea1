"""When a result is final, and its numbers as floats. Pure.

`completed` is not the end: the statistics may follow seconds later (LEAN CLI, cloud runner), and for some backtests
they never come (community report). Rates, returns and drawdown are fractions: 0.15 is 15 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from quantconnect.models.backtests import Backtest
from quantconnect.models.numbers import parse_number, percentage
from quantconnect.models.performance import PortfolioStatistics

__all__ = ["GRACE", "BacktestNumbers", "BacktestResult", "Finality", "parse_number", "verdict"]

#: How long statistics may lag behind `completed`. The LEAN CLI looks six more times, ten seconds apart.
GRACE: Final = timedelta(seconds=60)


class Finality(StrEnum):
    """What may be done with a backtest as it was read."""

    RUNNING = "running"  #: it goes on: look again later
    SETTLING = "settling"  #: it ended, its statistics are on their way: look again soon
    FINAL = "final"  #: keep it
    FINAL_WITHOUT_STATISTICS = "final_without_statistics"  #: keep it; statistics will not come any more


def verdict(backtest: Backtest, completed_for: timedelta | None, grace: timedelta = GRACE) -> Finality:
    """Whether this reading of a backtest is the last one needed.

    Args:
        backtest: As just read.
        completed_for: Since it was first seen to have ended; None if that is now.
        grace: How long statistics may lag.
    """
    if backtest.failed:
        return Finality.FINAL
    if not backtest.ended:
        return Finality.RUNNING
    if backtest.statistics and backtest.runtime_statistics and backtest.total_performance is not None:
        return Finality.FINAL
    if completed_for is None or completed_for < grace:
        return Finality.SETTLING
    return Finality.FINAL if backtest.statistics else Finality.FINAL_WITHOUT_STATISTICS


@dataclass(frozen=True, slots=True)
class BacktestNumbers:
    """The numbers people ask for first; each is None when the backtest does not tell it."""

    total_return: float | None = None  #: fraction
    compounding_annual_return: float | None = None  #: fraction per year
    sharpe_ratio: float | None = None
    max_drawdown: float | None = None  #: fraction, positive
    win_rate: float | None = None  #: fraction of the closed trades
    total_orders: int | None = None
    start_equity: float | None = None  #: account currency
    end_equity: float | None = None  #: account currency
    total_fees: float | None = None  #: account currency, positive

    @classmethod
    def from_backtest(cls, backtest: Backtest) -> Self:
        """From the portfolio statistics, which have all digits, else from the texts made for people."""
        performance = backtest.total_performance
        portfolio = (performance and performance.portfolio_statistics) or PortfolioStatistics()
        texts, runtime = backtest.statistics, backtest.runtime_statistics
        orders = _number(texts, "Total Orders")
        fees = _first(_number(texts, "Total Fees"), _number(runtime, "Fees"))  # the latter is written as a loss
        return cls(
            total_return=_first(portfolio.total_net_profit, _rate(texts, "Net Profit"), _rate(runtime, "Return")),
            compounding_annual_return=_first(
                portfolio.compounding_annual_return, _rate(texts, "Compounding Annual Return")
            ),
            sharpe_ratio=_first(portfolio.sharpe_ratio, _number(texts, "Sharpe Ratio")),
            max_drawdown=_first(portfolio.drawdown, _rate(texts, "Drawdown")),
            win_rate=_first(portfolio.win_rate, _rate(texts, "Win Rate")),
            # The field `totalOrders` of a backtest is unreliable (community report), hence only the statistic.
            total_orders=None if orders is None else int(orders),
            start_equity=_first(portfolio.start_equity, _number(texts, "Start Equity")),
            end_equity=_first(portfolio.end_equity, _number(texts, "End Equity"), _number(runtime, "Equity")),
            total_fees=None if fees is None else abs(fees),
        )


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """A backtest in ten facts."""

    backtest_id: str
    name: str
    status: str  #: the server's word, as `Completed` or `Runtime Error`
    sharpe_ratio: float | None
    total_return: float | None  #: fraction
    max_drawdown: float | None  #: fraction, positive
    win_rate: float | None  #: fraction of the closed trades
    total_trades: int  #: closed trades; orders, when the answer does not tell trades
    start_date: datetime | None  #: simulated time, UTC
    end_date: datetime | None  #: simulated time, UTC

    @classmethod
    def from_backtest(cls, backtest: Backtest) -> Self:
        """As far as the backtest has come."""
        numbers = BacktestNumbers.from_backtest(backtest)
        return cls(
            backtest_id=backtest.backtest_id,
            name=backtest.name,
            status=(backtest.status or "").strip().rstrip("."),
            sharpe_ratio=numbers.sharpe_ratio,
            total_return=numbers.total_return,
            max_drawdown=numbers.max_drawdown,
            win_rate=numbers.win_rate,
            total_trades=_first_count(_closed_trades(backtest), numbers.total_orders),
            start_date=backtest.backtest_start,
            end_date=backtest.backtest_end,
        )


def _closed_trades(backtest: Backtest) -> int | None:
    performance = backtest.total_performance
    if performance is None or performance.trade_statistics is None:
        return None
    return performance.trade_statistics.total_number_of_trades


def _first_count(*counts: int | None) -> int:
    return next((count for count in counts if count is not None), 0)


def _number(texts: Mapping[str, str], name: str) -> float | None:
    return parse_number(texts.get(name))


def _rate(texts: Mapping[str, str], name: str) -> float | None:
    """The texts made for people count rates in percent, should the sign ever be missing."""
    return percentage(texts.get(name))


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
