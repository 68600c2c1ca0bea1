"""Charts: named series of points over time.

The points stay as they were sent until somebody looks at them (`Series.points`): a chart may have a million.
Sources: API reference, "Read Chart"; LEAN's converters for the forms a point may have: `[x, y]`, `{x, y}`,
`[x, open, high, low, close]`, and objects with a tooltip.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from pydantic import Field

from quantconnect.models.base import Label, Listing, Map, Maybe, Model, Request, Text, as_text
from quantconnect.models.enums import AnySeriesType
from quantconnect.models.ids import BacktestId, ProjectId
from quantconnect.models.numbers import Number, Whole, parse_number
from quantconnect.models.times import UnixSeconds

#: The end of the year 9999 in unix seconds; beyond it, there is no time.
_LATEST: Final = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line, a bar or a scatter. `y` is None where the line has a gap."""

    x: float  #: unix seconds of simulated time
    y: float | None
    z: float | None = None
    tooltip: str | None = None

    @property
    def time(self) -> datetime:
        """`x` in UTC."""
        return datetime.fromtimestamp(self.x, UTC)


@dataclass(frozen=True, slots=True)
class Candle:
    """What happened from one candle to the next; None where nothing is known."""

    x: float  #: unix seconds of simulated time
    open: float | None
    high: float | None
    low: float | None
    close: float | None

    @property
    def time(self) -> datetime:
        """`x` in UTC."""
        return datetime.fromtimestamp(self.x, UTC)


class Series(Model):
    """One line, or one row of bars or candles."""

    name: Label = ""
    unit: Text = None  # as $ or %
    index: Whole = None  # of the pane it is drawn in
    series_type: AnySeriesType = None
    color: Text = None
    scatter_marker_symbol: Text = None
    #: As sent; see `points`.
    values: Listing[Any] = Field(default_factory=list, repr=False)

    @cached_property
    def points(self) -> tuple[Point | Candle, ...]:
        """The values in order; what has no time is left out."""
        return tuple(read_points(self.values))


def read_points(values: list[Any]) -> Iterator[Point | Candle]:
    """The points of a series in whatever form they came."""
    for value in values:
        if isinstance(value, list):
            point = _from_list(value)
        elif isinstance(value, dict):
            point = _from_map(value)
        else:
            point = None
        if point is not None:
            yield point


def _from_list(value: list[Any]) -> Point | Candle | None:
    numbers = [parse_number(number) for number in value[:5]]
    x = numbers[0] if numbers else None
    if x is None or abs(x) > _LATEST:
        return None
    if len(numbers) == 5:
        return Candle(x, *numbers[1:])
    y, z = [*numbers[1:3], None, None][:2]
    return Point(x, y, z)


def _from_map(value: dict[str, Any]) -> Point | Candle | None:
    x = parse_number(value.get("x", value.get("time")))
    if x is None or abs(x) > _LATEST:
        return None
    if "close" in value or "c" in value:
        names = ("open", "high", "low", "close")
        return Candle(x, *(parse_number(value.get(name, value.get(name[0]))) for name in names))
    return Point(x, parse_number(value.get("y")), parse_number(value.get("z")), as_text(value.get("tooltip")))


class Chart(Model):
    """Series that are drawn together."""

    name: Label = ""
    chart_type: Whole = None
    series: Map[Series] = Field(default_factory=dict)


class ChartReply(Model):
    """A chart, or how far it is being loaded."""

    chart: Maybe[Chart] = None
    status: Text = None  # "loading"
    progress: Number = None


class ReadBacktestChart(Request):
    """`start` and `end` are simulated time; `count` is the number of points after thinning out."""

    project_id: ProjectId
    backtest_id: BacktestId
    name: str = Field(min_length=1)
    count: int = Field(ge=1)
    start: UnixSeconds
    end: UnixSeconds


class ReadLiveChart(Request):
    """The same of a live algorithm, in real time."""

    project_id: ProjectId
    name: str = Field(min_length=1)
    count: int = Field(ge=1)
    start: UnixSeconds
    end: UnixSeconds
