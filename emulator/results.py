"""A run in QuantConnect's words: `statistics`, `runtimeStatistics`, `totalPerformance` and the summary of the list.

`statistics` and `runtimeStatistics` are texts with units, and the same name can mean different things in them: Net
Profit is a percentage in the first and money in the second. `totalPerformance` holds fractions as numbers.
Source: QuantConnect API definition; number of decimals and signs as in replies that community clients recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.figures import Figures, compute
from emulator.strategy import Strategy
from emulator.synthetic import Run, fingerprint, simulate
from emulator.trade_figures import SYMBOL_SUFFIX, closed_trades, trade_statistics

NOTE = "Synthetic result of the qcjobs emulator"
"""`note` of every backtest, until the client writes its own."""

SUMMARY_FIELDS = (
    *("sharpeRatio", "alpha", "beta", "compoundingAnnualReturn", "drawdown", "lossRate", "netProfit"),
    *("psr", "sortinoRatio", "treynorRatio", "winRate", "trades"),
)
"""Numbers of a list item; null unless they were asked for and are there."""


@dataclass(frozen=True, slots=True)
class Result:
    """One finished backtest: the run, its figures, and their JSON piece by piece."""

    run: Run
    figures: Figures
    statistics: dict[str, str]
    runtime_statistics: dict[str, str]
    total_performance: dict[str, Any]
    summary: dict[str, float | int]  #: the numbers that backtests/list carries on request

    @property
    def tradeable_dates(self) -> int:
        """Number of trading days."""
        return len(self.run.days)


def result_of(
    strategy: Strategy, sources: Mapping[str, str], parameters: Mapping[str, Any], seed: int | None
) -> Result:
    """Run the synthetic backtest of these sources."""
    run = simulate(strategy, fingerprint(sources, parameters, seed))
    figures = compute(run)
    return Result(
        run=run,
        figures=figures,
        statistics=statistics(figures, run.trades[-1].symbol if run.trades else ""),
        runtime_statistics=runtime_statistics(figures),
        total_performance={
            "tradeStatistics": trade_statistics(run),
            "portfolioStatistics": portfolio_statistics(figures),
            "closedTrades": closed_trades(run),
        },
        summary=summary(figures),
    )


def statistics(figures: Figures, asset: str) -> dict[str, str]:
    """The 27 lines of the result page's statistics table."""
    return {
        "Total Orders": str(figures.orders),
        "Average Win": _percent(figures.average_win, 2),
        "Average Loss": _percent(figures.average_loss, 2),
        "Compounding Annual Return": _percent(figures.annual_return, 3),
        "Drawdown": _percent(figures.drawdown, 3),
        "Expectancy": _decimal(figures.expectancy),
        "Start Equity": _plain(figures.start_equity),
        "End Equity": _plain(figures.end_equity),
        "Net Profit": _percent(figures.net_profit, 3),
        "Sharpe Ratio": _decimal(figures.sharpe),
        "Sortino Ratio": _decimal(figures.sortino),
        "Probabilistic Sharpe Ratio": _percent(figures.probabilistic_sharpe, 3),
        "Loss Rate": _percent(figures.loss_rate, 0),
        "Win Rate": _percent(figures.win_rate, 0),
        "Profit-Loss Ratio": _decimal(figures.profit_loss_ratio, 2),
        "Alpha": _decimal(figures.alpha),
        "Beta": _decimal(figures.beta),
        "Annual Standard Deviation": _decimal(figures.annual_deviation),
        "Annual Variance": _decimal(figures.annual_variance),
        "Information Ratio": _decimal(figures.information_ratio),
        "Tracking Error": _decimal(figures.tracking_error),
        "Treynor Ratio": _decimal(figures.treynor),
        "Total Fees": f"${figures.fees:,.2f}",
        "Estimated Strategy Capacity": f"${capacity(figures):,.2f}",
        "Lowest Capacity Asset": f"{asset} {SYMBOL_SUFFIX}" if asset else "",
        "Portfolio Turnover": _percent(figures.turnover, 2),
        "Drawdown Recovery": str(figures.drawdown_recovery),
    }


def runtime_statistics(figures: Figures) -> dict[str, str]:
    """The banner above the result page's chart. All positions are closed, so nothing is held or unrealized."""
    return {
        "Equity": f"${figures.end_equity:,.2f}",
        "Fees": f"-${figures.fees:,.2f}",
        "Holdings": "$0.00",
        "Net Profit": _money(figures.end_equity - figures.start_equity),
        "Probabilistic Sharpe Ratio": _percent(figures.probabilistic_sharpe, 3),
        "Return": f"{100 * figures.net_profit:.2f} %",
        "Unrealized": "$0.00",
        "Volume": f"${figures.volume:,.2f}",
    }


def portfolio_statistics(figures: Figures) -> dict[str, float]:
    """The same figures as in `statistics`, as fractions."""
    values = {
        "averageWinRate": figures.average_win,
        "averageLossRate": figures.average_loss,
        "profitLossRatio": figures.profit_loss_ratio,
        "winRate": figures.win_rate,
        "lossRate": figures.loss_rate,
        "expectancy": figures.expectancy,
        "startEquity": figures.start_equity,
        "endEquity": figures.end_equity,
        "compoundingAnnualReturn": figures.annual_return,
        "drawdown": figures.drawdown,
        "totalNetProfit": figures.net_profit,
        "sharpeRatio": figures.sharpe,
        "probabilisticSharpeRatio": figures.probabilistic_sharpe,
        "sortinoRatio": figures.sortino,
        "alpha": figures.alpha,
        "beta": figures.beta,
        "annualStandardDeviation": figures.annual_deviation,
        "annualVariance": figures.annual_variance,
        "informationRatio": figures.information_ratio,
        "trackingError": figures.tracking_error,
        "treynorRatio": figures.treynor,
        "portfolioTurnover": figures.turnover,
        "valueAtRisk99": figures.value_at_risk_99,
        "valueAtRisk95": figures.value_at_risk_95,
    }
    return {name: round(value, 6) for name, value in values.items()}


def summary(figures: Figures) -> dict[str, float | int]:
    """What a list item carries with `includeStatistics`. Fractions; whether the real ones are is not published."""
    numbers = (
        *(figures.sharpe, figures.alpha, figures.beta, figures.annual_return, figures.drawdown, figures.loss_rate),
        *(figures.net_profit, figures.probabilistic_sharpe, figures.sortino, figures.treynor, figures.win_rate),
        figures.trades,
    )
    return {name: round(number, 6) for name, number in zip(SUMMARY_FIELDS, numbers, strict=True)}


def _percent(value: float, decimals: int) -> str:
    return f"{_round(100 * value, decimals):.{decimals}f}%"


def _decimal(value: float, decimals: int = 3) -> str:
    """A ratio without trailing zeros: 0.35, -1.2, 0."""
    return f"{_round(value, decimals):.{decimals}f}".rstrip("0").rstrip(".")


def _plain(value: float) -> str:
    return f"{value:.2f}".removesuffix(".00")


def _money(value: float) -> str:
    """The minus stands behind the dollar sign, as on the result page."""
    return f"${_round(value, 2):,.2f}"


def _round(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0  # turns -0.0 into 0.0


def capacity(figures: Figures) -> float:
    """Strategy capacity in dollars, an invented order of magnitude: what trades less can take more."""
    return round(figures.start_equity * 50 / max(figures.turnover, 0.001), -4)
