"""The charts of a run: points in simulated time, thinned out to what the client asks for.

Names, series and codes as LEAN draws them by default; a chart's x is unix seconds.
Source: QuantConnect API definition; LEAN, `Common/Series.cs` (series types) and its chart point converters.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from emulator.synthetic import Run

LINE, CANDLE, BAR = 0, 2, 3

MAX_POINTS = 1000
"""More are never sent, whatever `count` says (community report)."""

Point = list[float]
"""x and y, or x, open, high, low and close."""

_Series = tuple[str, str, int, Sequence[Point]]  # name, unit, type, points


def chart(run: Run, days: int, name: str, *, count: int, start: int, end: int) -> dict[str, Any]:
    """One chart over the first `days` days of a run.

    Args:
        run: The run.
        days: How far it has come.
        name: One of `CHARTS`.
        count: Most points per series.
        start: First moment, unix seconds of simulated time.
        end: Last moment.
    """
    series = {}
    for index, (title, unit, kind, points) in enumerate(_CHARTS[name](run)):
        wanted = [point for point in points[:days] if start <= point[0] <= end]
        series[title] = series_reply(title, unit, index, kind, thinned(wanted, min(count, MAX_POINTS), kind))
    return {"name": name, "chartType": 0, "series": series}


def series_reply(title: str, unit: str, index: int, kind: int, points: list[Point]) -> dict[str, Any]:
    """A series as a chart shows it."""
    return {
        "name": title,
        "unit": unit,
        "index": index,
        "seriesType": kind,
        "values": points,
        "color": "",
        "scatterMarkerSymbol": "none",
    }


def equity_candles(run: Run) -> list[Point]:
    """The equity of each day: from the close before to the close, with nothing known in between."""
    return [
        [_x(run, day), before, max(before, after), min(before, after), after]
        for day, (before, after) in enumerate(pairwise((run.cash, *run.equity)))
    ]


def thinned(points: Sequence[Point], count: int, kind: int) -> list[Point]:
    """At most `count` points, each standing for an equal stretch and placed at its end, so the last one stays.

    Candles are merged, bars (returns, volumes) added up, of lines the last value stays.
    """
    if len(points) <= count:
        return list(points)
    edges = [round(index * len(points) / count) for index in range(count + 1)]
    return [_merged(points[begin:end], kind) for begin, end in pairwise(edges)]


def _merged(points: Sequence[Point], kind: int) -> Point:
    last = points[-1]
    if kind == CANDLE:
        return [last[0], points[0][1], max(point[2] for point in points), min(point[3] for point in points), last[4]]
    if kind == BAR:
        return [last[0], round(math.fsum(point[1] for point in points), 4)]
    return last


def _x(run: Run, day: int) -> float:
    return int(run.close(day).timestamp())


def _daily(run: Run, values: Sequence[float], decimals: int) -> list[Point]:
    return [[_x(run, day), round(value, decimals)] for day, value in enumerate(values)]


def _strategy_equity(run: Run) -> Iterator[_Series]:
    returns = [100 * (after / before - 1) for before, after in pairwise((run.cash, *run.equity))]
    yield "Equity", "$", CANDLE, equity_candles(run)
    yield "Return", "%", BAR, _daily(run, returns, 4)


def _drawdown(run: Run) -> Iterator[_Series]:
    high, falls = run.cash, []
    for value in run.equity:
        high = max(high, value)
        falls.append(100 * (value / high - 1))
    yield "Equity Drawdown", "%", LINE, _daily(run, falls, 4)


def _benchmark(run: Run) -> Iterator[_Series]:
    yield "Benchmark", "$", LINE, _daily(run, run.benchmark, 2)


def _exposure(run: Run) -> Iterator[_Series]:
    """Share of the equity that is in the market at the close; a position counts until the day before its sale."""
    shares = [0.0] * len(run.days)
    for trade in run.trades:
        for day in range(trade.entry_day, trade.exit_day):
            shares[day] = trade.quantity * run.prices[trade.symbol][day] / run.equity[day]
    yield "Equity - Long Ratio", "", LINE, _daily(run, shares, 4)
    yield "Equity - Short Ratio", "", LINE, _daily(run, [0.0] * len(run.days), 4)


def _sales_volume(run: Run) -> Iterator[_Series]:
    """Dollars bought and sold, per asset."""
    for symbol in dict.fromkeys(trade.symbol for trade in run.trades):
        yield symbol, "$", BAR, _daily(run, _traded(run, symbol), 2)


def _turnover(run: Run) -> Iterator[_Series]:
    shares = [100 * traded / equity for traded, equity in zip(_traded(run), run.equity, strict=True)]
    yield "Portfolio Turnover", "%", BAR, _daily(run, shares, 4)


def _traded(run: Run, symbol: str | None = None) -> list[float]:
    dollars = [0.0] * len(run.days)
    for trade in run.trades:
        if symbol in {None, trade.symbol}:
            dollars[trade.entry_day] += trade.quantity * trade.entry_price
            dollars[trade.exit_day] += trade.quantity * trade.exit_price
    return dollars


_CHARTS: dict[str, Callable[[Run], Iterator[_Series]]] = {
    "Strategy Equity": _strategy_equity,
    "Drawdown": _drawdown,
    "Benchmark": _benchmark,
    "Exposure": _exposure,
    "Assets Sales Volume": _sales_volume,
    "Portfolio Turnover": _turnover,
}

CHARTS = tuple(_CHARTS)
"""The charts that every run has."""
