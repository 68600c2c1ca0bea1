"""`tradeStatistics` and `closedTrades` of a run: the closed positions one by one and summed up.

Field names and units as in the QuantConnect API definition; durations are texts "d.hh:mm:ss".
Source of the meanings: LEAN, `Common/Statistics/TradeStatistics.cs`.
"""

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import fmean, median
from typing import Any

from emulator.synthetic import Run, Trade

SYMBOL_SUFFIX = "R735QTJ8XC9X"
"""Second half of LEAN's identifier of a US equity first listed in 1998; the invented ones all carry it."""


def closed_trades(run: Run) -> list[dict[str, Any]]:
    """All trades in the order of their entry."""
    return [
        {
            "symbol": {"value": trade.symbol, "id": f"{trade.symbol} {SYMBOL_SUFFIX}", "permtick": trade.symbol},
            "entryTime": close_text(run, trade.entry_day),
            "entryPrice": trade.entry_price,
            "direction": 0,
            "quantity": trade.quantity,
            "exitTime": close_text(run, trade.exit_day),
            "exitPrice": trade.exit_price,
            "profitLoss": round(trade.profit, 2),
            "totalFees": trade.fees,
            "mae": round(_adverse(trade), 2),
            "mfe": round(_favourable(trade), 2),
            "duration": _duration(_days(run, trade)),
            "endTradeDrawdown": round(_end_drawdown(trade), 2),
        }
        for trade in run.trades
    ]


def trade_statistics(run: Run) -> dict[str, Any]:
    """The sums and extremes over all trades; zeros and nulls when there are none."""
    trades = run.trades
    wins = [trade for trade in trades if trade.profit - trade.fees > 0]
    losses = [trade for trade in trades if trade.profit - trade.fees <= 0]
    profits = [trade.profit for trade in trades]
    gain, loss = sum(trade.profit for trade in wins), sum(trade.profit for trade in losses)
    average_gain, average_loss = _ratio(gain, len(wins)), _ratio(loss, len(losses))
    deviation = _deviation(profits)
    downside = _deviation([profit for profit in profits if profit < 0])
    depth, longest = _closed_trade_drawdown(run)
    return {
        "startDateTime": close_text(run, trades[0].entry_day) if trades else None,
        "endDateTime": close_text(run, trades[-1].exit_day) if trades else None,
        "totalNumberOfTrades": len(trades),
        "numberOfWinningTrades": len(wins),
        "numberOfLosingTrades": len(losses),
        "totalProfitLoss": round(gain + loss, 2),
        "totalProfit": round(gain, 2),
        "totalLoss": round(loss, 2),
        "largestProfit": round(max([0.0, *profits]), 2),
        "largestLoss": round(min([0.0, *profits]), 2),
        "averageProfitLoss": round(_ratio(gain + loss, len(trades)), 2),
        "averageProfit": round(average_gain, 2),
        "averageLoss": round(average_loss, 2),
        "averageTradeDuration": _summary(run, trades, fmean),
        "averageWinningTradeDuration": _summary(run, wins, fmean),
        "averageLosingTradeDuration": _summary(run, losses, fmean),
        "medianTradeDuration": _summary(run, trades, median),
        "medianWinningTradeDuration": _summary(run, wins, median),
        "medianLosingTradeDuration": _summary(run, losses, median),
        "maxConsecutiveWinningTrades": _longest_streak(trades, won=True),
        "maxConsecutiveLosingTrades": _longest_streak(trades, won=False),
        "profitLossRatio": round(_ratio(average_gain, -average_loss), 4),
        "winLossRatio": round(_ratio(len(wins), len(losses)), 4),
        "winRate": round(_ratio(len(wins), len(trades)), 4),
        "lossRate": round(_ratio(len(losses), len(trades)), 4),
        "averageMAE": round(_ratio(sum(map(_adverse, trades)), len(trades)), 2),
        "averageMFE": round(_ratio(sum(map(_favourable, trades)), len(trades)), 2),
        "largestMAE": round(min([0.0, *map(_adverse, trades)]), 2),
        "largestMFE": round(max([0.0, *map(_favourable, trades)]), 2),
        "maximumClosedTradeDrawdown": round(depth, 2),
        "maximumIntraTradeDrawdown": round(min([0.0, *map(_adverse, trades)]), 2),
        "profitLossStandardDeviation": round(deviation, 4),
        "profitLossDownsideDeviation": round(downside, 4),
        "profitFactor": round(_ratio(gain, -loss), 4),
        "sharpeRatio": round(_ratio(_ratio(gain + loss, len(trades)), deviation), 4),
        "sortinoRatio": round(_ratio(_ratio(gain + loss, len(trades)), downside), 4),
        "profitToMaxDrawdownRatio": round(_ratio(gain + loss, -depth), 4),
        "maximumEndTradeDrawdown": round(min([0.0, *map(_end_drawdown, trades)]), 2),
        "averageEndTradeDrawdown": round(_ratio(sum(map(_end_drawdown, trades)), len(trades)), 2),
        "maximumDrawdownDuration": _duration(longest),
        "totalFees": round(sum(trade.fees for trade in trades), 2),
    }


def _ratio(over: float, under: float) -> float:
    return over / under if under else 0.0


def _deviation(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = fmean(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def close_text(run: Run, day: int) -> str:
    """End of a trading day as newer replies spell it."""
    return f"{run.close(day):%Y-%m-%dT%H:%M:%SZ}"


def _days(run: Run, trade: Trade) -> float:
    return float((run.days[trade.exit_day] - run.days[trade.entry_day]).days)


def _duration(days: float) -> str:
    seconds = round(days * 86_400)
    return f"{seconds // 86_400}.{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _summary(run: Run, trades: Sequence[Trade], of: Callable[[list[float]], float]) -> str:
    return _duration(of([_days(run, trade) for trade in trades]) if trades else 0)


def _adverse(trade: Trade) -> float:
    """Deepest loss while it was held, negative."""
    return trade.quantity * (trade.lowest - trade.entry_price)


def _favourable(trade: Trade) -> float:
    """Highest gain while it was held."""
    return trade.quantity * (trade.highest - trade.entry_price)


def _end_drawdown(trade: Trade) -> float:
    """What was given back between the highest price and the sale, negative."""
    return trade.quantity * (trade.exit_price - trade.highest)


def _longest_streak(trades: Sequence[Trade], *, won: bool) -> int:
    streaks = groupby(trades, key=lambda trade: trade.profit - trade.fees > 0)
    return max((len(list(streak)) for outcome, streak in streaks if outcome is won), default=0)


def _closed_trade_drawdown(run: Run) -> tuple[float, float]:
    """Deepest fall of the summed profits below their high (dollars, negative), and its longest length in days."""
    total = high = deepest = longest = 0.0
    high_day = run.days[0]
    for trade in run.trades:
        total += trade.profit
        if total >= high:
            high, high_day = total, run.days[trade.exit_day]
        else:
            deepest = min(deepest, total - high)
            longest = max(longest, float((run.days[trade.exit_day] - high_day).days))
    return deepest, longest
