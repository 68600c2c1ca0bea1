"""The charts of a live deployment: points on the calendar, thinned out to what the client asks for.

One point for each step of the tape. Source: QuantConnect API definition, `live/chart/read`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from emulator.charts import BAR, CANDLE, LINE, MAX_POINTS, Point, series_reply, thinned
from emulator.deployment import Deployment

_Points = Callable[[Deployment, float], Iterator[Point]]


def live_chart(deployment: Deployment, until: float, name: str, *, count: int, start: int, end: int) -> dict[str, Any]:
    """One chart.

    Args:
        deployment: Whose.
        until: Moment of the snapshot, in the tape's time.
        name: One of `LIVE_CHARTS`.
        count: Most points per series.
        start: First moment, unix seconds.
        end: Last moment.
    """
    series = {}
    for index, (title, unit, kind, points) in enumerate(_CHARTS[name]):
        wanted = [point for point in points(deployment, until) if start <= point[0] <= end]
        series[title] = series_reply(title, unit, index, kind, thinned(wanted, min(count, MAX_POINTS), kind))
    return {"name": name, "chartType": 0, "series": series}


def _equities(deployment: Deployment, until: float) -> Iterator[tuple[int, float]]:
    """Calendar second and dollars at each step."""
    tape, foreign = deployment.tape, deployment.account.foreign_dollars
    for step in range(tape.position(until) + 1):
        time = step * tape.step
        yield _x(deployment, time), round(tape.equity(time) + foreign, 2)


def _x(deployment: Deployment, time: float) -> int:
    return int(deployment.moment(deployment.runs_from + time).timestamp())


def _candles(deployment: Deployment, until: float) -> Iterator[Point]:
    before: float | None = None
    for x, after in _equities(deployment, until):
        before = after if before is None else before
        yield [x, before, max(before, after), min(before, after), after]
        before = after


def _returns(deployment: Deployment, until: float) -> Iterator[Point]:
    for x, before, _, _, after in _candles(deployment, until):
        yield [x, round(100 * (after / before - 1), 4) if before else 0.0]


def _drawdowns(deployment: Deployment, until: float) -> Iterator[Point]:
    high = 0.0
    for x, value in _equities(deployment, until):
        high = max(high, value)
        yield [x, round(100 * (value / high - 1), 4) if high else 0.0]


def _benchmark(deployment: Deployment, until: float) -> Iterator[Point]:
    tape = deployment.tape
    for step in range(tape.position(until) + 1):
        yield [_x(deployment, step * tape.step), tape.price(tape.symbols[0], step * tape.step)]


_CHARTS: dict[str, tuple[tuple[str, str, int, _Points], ...]] = {
    "Strategy Equity": (("Equity", "$", CANDLE, _candles), ("Return", "%", BAR, _returns)),
    "Drawdown": (("Equity Drawdown", "%", LINE, _drawdowns),),
    "Benchmark": (("Benchmark", "$", LINE, _benchmark),),
}

LIVE_CHARTS = tuple(_CHARTS)
"""The charts that every deployment has."""
