"""How single values are read: times, spans, numbers, points, words that may be numbers, statistics by position."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantconnect.models.backtests import Backtest
from quantconnect.models.charts import Candle, Chart, Point, Series
from quantconnect.models.compiles import Compile
from quantconnect.models.enums import (
    LiveStatus,
    OptimizationStatus,
    OrderDirection,
    OrderStatus,
    OrderType,
    SecurityType,
    SeriesType,
)
from quantconnect.models.live import Authorization, Holding, Live, LiveSummary, Portfolio
from quantconnect.models.numbers import parse_number, percentage
from quantconnect.models.objects import StoredObject
from quantconnect.models.optimizations import Optimization, OptimizationBacktest
from quantconnect.models.orders import Order, OrderEvent
from quantconnect.models.performance import TradeStatistics
from quantconnect.models.projects import Project
from quantconnect.models.trades import Trade

MIDDAY = datetime(2024, 1, 3, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-03 12:00:05", MIDDAY),
        ("2024-01-03T12:00:05Z", MIDDAY),
        (MIDDAY.timestamp(), MIDDAY),
        (str(int(MIDDAY.timestamp())), MIDDAY),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),  # .NET's idea of no time
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0000-00-00 00:00:00", None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        ([], None),
        ({"date": "2024-01-03"}, None),
    ],
)
def test_a_time_is_read_in_every_form_and_else_absent(written: object, meant: datetime | None) -> None:
    """A strange time must not lose the rest of the answer."""
    assert OrderEvent.model_validate({"time": written}).time == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("00:00:01", timedelta(seconds=1)),
        ("1.02:03:04.5000000", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("-00:00:01", timedelta(seconds=-1)),
        (90, timedelta(seconds=90)),
        ("90", timedelta(seconds=90)),
        ("a day", None),
        (1e300, None),
        (None, None),
        ([], None),
    ],
)
def test_a_span_is_read_as_dot_net_writes_it(written: object, meant: timedelta | None) -> None:
    """Days, hours, minutes, seconds and their fractions."""
    assert Trade.model_validate({"duration": written}).duration == meant
    assert TradeStatistics.model_validate({"averageTradeDuration": written}).average_trade_duration == meant


@pytest.mark.parametrize(
    ("written", "fraction"),
    [(52.602, 0.52602), ("52.602", 0.52602), ("52.602%", 0.52602), ("-4.51 %", -0.0451), (0, 0.0), ("-", None)],
)
def test_a_percentage_is_a_fraction_with_and_without_its_sign(written: object, fraction: float | None) -> None:
    """By field: the wire counts some in percent without saying so."""
    assert percentage(written) == (None if fraction is None else pytest.approx(fraction))


@given(st.text() | st.floats() | st.integers() | st.none() | st.booleans() | st.lists(st.integers()))
def test_any_value_is_a_finite_number_or_none(value: Any) -> None:
    """Never an exception, an infinity or not-a-number."""
    for read in (parse_number, percentage):
        number = read(value)
        assert number is None or abs(number) < float("inf")


@given(st.floats(min_value=-1e12, max_value=1e12).map(lambda x: round(x, 2)))
def test_money_is_read_as_it_is_written(amount: float) -> None:
    """With sign and currency in both orders, and with thousands apart."""
    text = f"{abs(amount):,.2f}"
    sign = "-" if amount < 0 else ""
    assert parse_number(f"{sign}${text}") == parse_number(f"${sign}{text}") == pytest.approx(amount)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([[1, 2.5]], (Point(1.0, 2.5),)),
        ([[1, None]], (Point(1.0, None),)),
        ([[1]], (Point(1.0, None),)),
        ([[1, 2, 3]], (Point(1.0, 2.0, 3.0),)),
        ([[1, 2, 3, 4, 5]], (Candle(1.0, 2.0, 3.0, 4.0, 5.0),)),
        ([[1, None, None, None, None]], (Candle(1.0, None, None, None, None),)),
        ([{"x": 1, "y": "2.5"}], (Point(1.0, 2.5),)),
        ([{"x": 1, "y": 2, "tooltip": "here"}], (Point(1.0, 2.0, tooltip="here"),)),
        ([{"x": 1, "open": 2, "high": 3, "low": 4, "close": 5}], (Candle(1.0, 2.0, 3.0, 4.0, 5.0),)),
        ([{"time": 1, "o": 2, "h": 3, "l": 4, "c": 5}], (Candle(1.0, 2.0, 3.0, 4.0, 5.0),)),
        ([[], {}, None, "x", [None, 1], [1e300, 1]], ()),
    ],
)
def test_points_are_read_in_every_form(values: list[object], points: tuple[object, ...]) -> None:
    """What has no time is left out."""
    series = Series.model_validate({"values": values})
    assert series.points == points
    assert all(point.time.year >= 1970 for point in series.points)


def test_a_chart_of_no_series_may_be_a_list() -> None:
    """As PHP writes an empty map; and the kind of a series may be one that nobody knows."""
    assert Chart.model_validate({"series": []}).series == {}
    assert Series.model_validate({"seriesType": "2"}).series_type is SeriesType.CANDLE
    assert Series.model_validate({"seriesType": 19}).series_type == 19


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (3, OrderStatus.FILLED),
        (3.0, OrderStatus.FILLED),
        ("3", OrderStatus.FILLED),
        ("filled", OrderStatus.FILLED),
        ("partiallyFilled", OrderStatus.PARTIALLY_FILLED),
        ("CANCEL_PENDING", OrderStatus.CANCEL_PENDING),
        (99, 99),
        ("melted", "melted"),
        (None, None),
    ],
)
def test_a_word_may_be_a_number_and_one_outside_the_list_survives(written: object, status: object) -> None:
    """Orders say 3, their events say `filled`; tomorrow somebody adds a status."""
    assert Order.model_validate({"id": 1, "status": written}).status == status
    assert OrderEvent.model_validate({"status": written}).status == status


def test_an_order_tells_what_it_is_in_words() -> None:
    """Numbers are for machines."""
    order = Order.model_validate({"id": "7", "type": 11, "direction": 1, "securityType": "7", "quantity": "-1.5"})
    assert (order.id, order.type, order.direction) == (7, OrderType.TRAILING_STOP, OrderDirection.SELL)
    assert (order.security_type, order.quantity) == (SecurityType.CRYPTO, -1.5)


@pytest.mark.parametrize(
    ("status", "running", "ended"),
    [
        ("Running", True, False),
        ("running", True, False),
        ("InQueue", False, False),
        ("LoggingIn", False, False),
        ("Stopped", False, True),
        ("RuntimeError", False, True),
        ("DeployError", False, True),
        ("Liquidated", False, True),
        ("Dancing", False, False),
        (None, False, False),
    ],
)
def test_a_live_algorithm_trades_has_ended_or_neither(status: str | None, running: bool, ended: bool) -> None:
    """An unknown status is neither: an alarm for nothing is bad, silence is worse."""
    for live in (
        Live.model_validate({"status": status}),
        LiveSummary.model_validate({"projectId": 1, "status": status}),
    ):
        assert (live.running, live.ended) == (running, ended)
        assert live.status in (status, LiveStatus.RUNNING) if status else live.status is None


def test_an_unknown_number_of_shares_is_not_none_of_them() -> None:
    """A holding that cannot be read is there, with unknown quantity."""
    portfolio = Portfolio.model_validate({"holdings": {"SPY X": {"q": "?", "p": "5"}}, "cash": []})
    assert portfolio.holdings == {"SPY X": Holding(price=5.0)}
    assert portfolio.holdings["SPY X"].quantity is None


def test_what_a_broker_granted_is_kept_and_not_shown() -> None:
    """Tokens are needed for the settings and belong in no log."""
    granted = Authorization.model_validate({"alpaca-access-token": "hidden", "accounts": [{"id": "hidden"}]})
    assert granted.granted
    assert granted.model_extra == {"alpaca-access-token": "hidden"}
    assert "hidden" not in f"{granted!r} {granted}"
    assert not Authorization.model_validate([]).granted


NAMED = {"0": 0.374, "3": -4.51, "6": "52.602", "17": 180.0, "22": 100000, "customstat": 5.5, "25": 1, "": 2}


def test_statistics_by_position_get_their_names_and_units() -> None:
    """As an array or as a map; rates as fractions; custom ones beside."""
    by_map = OptimizationBacktest.model_validate({"statistics": NAMED}).statistics
    assert (by_map.alpha, by_map.total_orders, by_map.start_equity) == (0.374, 180, 100000)
    assert (by_map.average_loss, by_map.compounding_annual_return) == pytest.approx((-0.0451, 0.52602))
    assert by_map.custom == {"customstat": 5.5, "25": 1.0, "": 2.0}
    by_list = OptimizationBacktest.model_validate({"statistics": [0.374, 0.2, 0.04, -4.51]}).statistics
    assert (by_list.alpha, by_list.average_loss) == pytest.approx((0.374, -0.0451))
    assert by_list.sharpe_ratio is None
    assert by_list.custom == {}


@pytest.mark.parametrize(
    ("status", "ended"), [("running", False), ("completed", True), ("aborted", True), ("ended", True), ("x", False)]
)
def test_an_optimization_has_ended_or_not(status: str, ended: bool) -> None:
    """By the words of old and new clients."""
    assert Optimization.model_validate({"optimizationId": "O-1", "status": status}).ended is ended
    assert str(OptimizationStatus.NEW) == "new"


def test_lists_and_maps_change_places() -> None:
    """A list with a gap comes as a map, an empty map as a list, a single line bare."""
    gap = {"1": {"backtestId": "a"}, "3": {"backtestId": "b"}}
    project = Project.model_validate(
        {"projectId": 1, "collaborators": {"2": {"uid": 7}}, "libraries": [], "name": None}
    )
    assert [person.uid for person in project.collaborators] == [7]
    assert project.name == ""
    assert Compile.model_validate({"state": None, "logs": gap | {"5": "x"}}).logs[-1] == "x"
    assert Backtest.model_validate({"backtestId": "b", "rollingWindow": [], "charts": [None]}).charts == [""]


def test_a_folder_has_two_names() -> None:
    """The reference and the LEAN CLI differ."""
    assert StoredObject.model_validate({"isFolder": 1}).holds_others
    assert StoredObject.model_validate({"folder": True}).holds_others
    assert not StoredObject.model_validate({"key": "a"}).holds_others
