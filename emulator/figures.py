"""The figures of a run, computed from its equity curve and trades by LEAN's definitions.

Ratios are fractions (0.15 is 15 %), money is dollars, a year has 252 trading days. The risk-free rate is 0, which
keeps the invented market simple. An undefined ratio (no trades, no variation) is 0, as LEAN prints it.
Source: LEAN, `Common/Statistics/PortfolioStatistics.cs` and `Statistics.cs`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean

from emulator.synthetic import Run

YEAR = 252


@dataclass(frozen=True, slots=True)
class Figures:
    """What QuantConnect reports about a portfolio."""

    start_equity: float
    end_equity: float
    net_profit: float  #: fraction of the start equity
    annual_return: float  #: compounding
    drawdown: float  #: deepest fall below a former high, positive
    drawdown_recovery: int  #: calendar days of the longest fall that was made good
    annual_deviation: float
    annual_variance: float
    sharpe: float
    sortino: float
    probabilistic_sharpe: float
    alpha: float
    beta: float
    information_ratio: float
    tracking_error: float
    treynor: float
    win_rate: float
    loss_rate: float
    average_win: float  #: fraction of the equity at entry
    average_loss: float  #: the same, negative
    profit_loss_ratio: float
    expectancy: float
    turnover: float  #: traded value per day as a fraction of the equity
    value_at_risk_99: float  #: return of a day that only 1 % of days fall short of
    value_at_risk_95: float
    fees: float
    volume: float
    orders: int
    trades: int


def compute(run: Run) -> Figures:
    """All figures of a run."""
    returns = _returns((run.cash, *run.equity))
    market = _returns((run.benchmark[0], *run.benchmark))
    performance, market_performance = _annual(returns), _annual(market)
    deviation = _deviation(returns) * math.sqrt(YEAR)
    beta = _ratio(_covariance(returns, market), _covariance(market, market))
    tracking_error = _deviation([own - its for own, its in zip(returns, market, strict=True)]) * math.sqrt(YEAR)
    falls = [value for value in returns if value < 0]
    drawdown, recovery = _drawdown(run)
    years = max(1, (run.days[-1] - run.days[0]).days + 1) / 365.25
    wins, losses = _trade_returns(run)
    count = len(wins) + len(losses)
    win_rate, loss_rate = _ratio(len(wins), count), _ratio(len(losses), count)
    average_win, average_loss = fmean(wins or [0.0]), fmean(losses or [0.0])
    profit_loss_ratio = _ratio(average_win, -average_loss)
    volume = sum(trade.quantity * (trade.entry_price + trade.exit_price) for trade in run.trades)
    day = NormalDist(fmean(returns), _deviation(returns) or 1e-12)
    return Figures(
        start_equity=run.cash,
        end_equity=run.equity[-1],
        net_profit=run.equity[-1] / run.cash - 1,
        annual_return=(run.equity[-1] / run.cash) ** (1 / years) - 1,
        drawdown=drawdown,
        drawdown_recovery=recovery,
        annual_deviation=deviation,
        annual_variance=deviation**2,
        sharpe=_ratio(performance, deviation),
        sortino=_ratio(performance, _deviation(falls) * math.sqrt(YEAR)),
        probabilistic_sharpe=_probabilistic_sharpe(returns),
        alpha=performance - beta * market_performance,
        beta=beta,
        information_ratio=_ratio(performance - market_performance, tracking_error),
        tracking_error=tracking_error,
        treynor=_ratio(performance, beta),
        win_rate=win_rate,
        loss_rate=loss_rate,
        average_win=average_win,
        average_loss=average_loss,
        profit_loss_ratio=profit_loss_ratio,
        expectancy=win_rate * profit_loss_ratio - loss_rate,
        turnover=_ratio(volume, fmean(run.equity) * len(run.days)),
        value_at_risk_99=day.inv_cdf(0.01),
        value_at_risk_95=day.inv_cdf(0.05),
        fees=sum(trade.fees for trade in run.trades),
        volume=volume,
        orders=2 * len(run.trades),
        trades=len(run.trades),
    )


def _ratio(over: float, under: float) -> float:
    return over / under if abs(under) > 1e-12 else 0.0


def _returns(values: Sequence[float]) -> list[float]:
    return [after / before - 1 for before, after in pairwise(values)]


def _annual(returns: Sequence[float]) -> float:
    return float((1 + fmean(returns)) ** YEAR - 1)


def _covariance(left: Sequence[float], right: Sequence[float]) -> float:
    if len(left) < 2:
        return 0.0
    left_mean, right_mean = fmean(left), fmean(right)
    return math.fsum((x - left_mean) * (y - right_mean) for x, y in zip(left, right, strict=True)) / (len(left) - 1)


def _deviation(values: Sequence[float]) -> float:
    return math.sqrt(_covariance(values, values))


def _probabilistic_sharpe(returns: Sequence[float]) -> float:
    """Probability that the true daily Sharpe ratio exceeds 1/sqrt(252), given skewness and tails of the returns."""
    deviation = _deviation(returns)
    if deviation == 0:
        return 0.0
    mean = fmean(returns)
    scaled = [(value - mean) / deviation for value in returns]
    skewness, kurtosis = fmean(x**3 for x in scaled), fmean(x**4 for x in scaled)
    observed = mean / deviation
    spread = math.sqrt(max(1e-12, 1 - skewness * observed + (kurtosis - 1) / 4 * observed**2))
    return NormalDist().cdf((observed - 1 / math.sqrt(YEAR)) * math.sqrt(len(returns) - 1) / spread)


def _drawdown(run: Run) -> tuple[float, int]:
    """Depth of the deepest fall, and calendar days of the longest one that reached its former high again."""
    peak, peak_day, deepest, longest, below = run.cash, run.days[0], 0.0, 0, False
    for day, value in zip(run.days, run.equity, strict=True):
        if value >= peak:
            if below:
                longest = max(longest, (day - peak_day).days)
            peak, peak_day, below = value, day, False
        else:
            deepest, below = max(deepest, 1 - value / peak), True
    return deepest, longest


def _trade_returns(run: Run) -> tuple[list[float], list[float]]:
    """Profit of each trade after fees as a fraction of the equity at its entry: winners, losers."""
    shares = []
    equity = run.cash
    for trade in run.trades:
        profit = trade.profit - trade.fees
        shares.append(profit / equity)
        equity += profit
    return [share for share in shares if share > 0], [share for share in shares if share <= 0]
