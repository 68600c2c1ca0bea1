"""Procedures and streams as lists of steps: what is asked, how long is waited, where it ends. No clock, no network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantconnect import InvalidRequest, NotFound, QuantConnectError, StillLoading, UnexpectedResponse
from quantconnect.exchange import End, resume
from quantconnect.models.backtests import Report
from quantconnect.models.charts import ChartReply
from quantconnect.models.insights import Insights
from quantconnect.models.logs import Logs
from quantconnect.models.objects import ObjectDownload
from quantconnect.models.orders import Orders
from quantconnect.models.trades import Trades
from quantconnect.operations import backtest_results, live_results, objects
from quantconnect.operations.base import Call, Elapsed, Items, Pause
from tests.unit.quantconnect.cases import END, START, B, D, P

Answer = Callable[[Call[Any]], Any]


class Performed:
    """Performs a procedure or a stream on a clock of its own; a reply or an error comes from a function."""

    def __init__(self, operation: Any, answer: Answer, seconds_per_call: float = 0.0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.pauses: list[float] = []
        self.items: list[Any] = []
        self.error: QuantConnectError | None = None
        self.now = 0.0
        self._answer, self._seconds_per_call = answer, seconds_per_call
        try:
            self._result = self._perform(iter(operation))
        except QuantConnectError as error:
            self.error = error

    def _perform(self, steps: Any) -> Any:
        step = resume(steps)
        while not isinstance(step, End):
            try:
                reply, error = self._reply(step), None
            except QuantConnectError as problem:
                reply, error = None, problem
            step = resume(steps, reply, error)
        return step.result

    def _reply(self, step: object) -> object:
        match step:
            case Call(_, query, result):
                self.asked.append(query.model_dump(exclude_none=True))
                self.now += self._seconds_per_call
                return result(self._answer(step))
            case Pause(seconds):
                self.pauses.append(seconds)
                self.now += seconds
            case Elapsed():
                return self.now
            case Items(items):
                self.items += items
        return None

    @property
    def result(self) -> Any:
        """What came out; an error is raised."""
        if self.error is not None:
            raise self.error
        return self._result

    @property
    def windows(self) -> list[tuple[int, int]]:
        """The pages that were asked for."""
        return [bounds(query) for query in self.asked]


def bounds(query: dict[str, Any]) -> tuple[int, int]:
    """The window of a query, under either of its names."""
    return (query["start"], query["end"]) if "start" in query else (query["start_line"], query["end_line"])


def one_by_one(*replies: Any) -> Answer:
    """Replies in order; the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


LOADING = ChartReply(status="loading", progress=0.5)
A_CHART = ChartReply.model_validate({"chart": {"name": "Equity"}})
CHART: Any = {"start": START, "end": END}


def test_what_is_there_is_not_waited_for() -> None:
    """The ordinary case costs one request."""
    performed = Performed(backtest_results.wait_for_chart(P, B, "Equity", **CHART), one_by_one(A_CHART))
    assert (len(performed.asked), performed.pauses) == (1, [])
    assert performed.result.name == "Equity"


def test_what_is_loading_is_asked_for_again() -> None:
    """Soon at first, then less and less often."""
    answer = one_by_one(*[LOADING] * 9, A_CHART)
    performed = Performed(live_results.wait_for_chart(P, "Equity", **CHART), answer)
    assert performed.result.name == "Equity"
    assert performed.pauses == sorted(performed.pauses)
    assert (performed.pauses[0], performed.pauses[-1]) == (1.0, 10.0)


def test_a_single_read_says_that_it_is_loading_and_how_far() -> None:
    """For whoever waits by other means."""
    error = Performed(backtest_results.read_chart(P, B, "Equity", **CHART), one_by_one(LOADING)).error
    assert isinstance(error, StillLoading)
    assert (error.progress, error.endpoint, error.maybe_carried_out) == (0.5, "backtests/chart/read", False)


@given(patience=st.floats(0, 600), seconds_per_call=st.floats(0, 30))
def test_waiting_ends_at_the_deadline(patience: float, seconds_per_call: float) -> None:
    """Not before: the last look is at the deadline. Not later than by that look, and never for ever."""
    operation = backtest_results.wait_for_chart(P, B, "Equity", **CHART, patience=timedelta(seconds=patience))
    performed = Performed(operation, one_by_one(LOADING), seconds_per_call)
    assert isinstance(performed.error, StillLoading)
    waited = performed.now - seconds_per_call  # since the first answer
    assert patience - 1e-5 <= waited <= patience + seconds_per_call + 1e-5


def test_a_report_is_waited_for() -> None:
    """The first request lets it be made."""
    answer = one_by_one(Report(generating=True), Report(report="<html>"))
    assert Performed(backtest_results.wait_for_report(P, B), answer).result == "<html>"


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        (backtest_results.read_report(P, B), Report()),
        (backtest_results.read_chart(P, B, "Equity", **CHART), ChartReply()),
        (objects.wait_for_link(["a"], organization_id="org"), ObjectDownload()),
    ],
)
def test_an_answer_with_nothing_in_it_is_unexpected(operation: Any, reply: Any) -> None:
    """It is neither ready nor being made: waiting would not help."""
    assert isinstance(Performed(operation, one_by_one(reply)).error, UnexpectedResponse)


def test_a_zip_is_made_by_a_job() -> None:
    """Two steps: ask for it, then ask for the job until the link is there."""
    answer = one_by_one(ObjectDownload(job_id="j"), ObjectDownload(job_id="j"), ObjectDownload(url="https://x.example"))
    performed = Performed(objects.wait_for_link(["a"], organization_id="org"), answer)
    assert performed.result == "https://x.example"
    assert [query.get("keys", query.get("job_id")) for query in performed.asked] == [["a"], "j", "j"]


class Growing:
    """Something that is paged, and grows by a little with every page; the server refuses windows that are too wide."""

    def __init__(self, sizes: list[int], *, tells_length: bool = True, widest: int = 10_000) -> None:
        """`sizes` is how many there are at the first page, the second …; the last for ever."""
        self._sizes = sizes
        self._tells_length = tells_length
        self._widest = widest
        self.pages = 0

    def window(self, call: Call[Any]) -> tuple[list[int], int | None]:
        start, end = bounds(call.query.model_dump())
        if end - start > self._widest:
            raise InvalidRequest
        size = self._sizes[min(self.pages, len(self._sizes) - 1)]
        self.pages += 1
        return list(range(size))[start:end], size if self._tells_length else None

    def orders(self, call: Call[Any]) -> Orders:
        found, length = self.window(call)
        return Orders.model_validate({"orders": [{"id": number} for number in found], "length": length})

    def insights(self, call: Call[Any]) -> Insights:
        found, length = self.window(call)
        return Insights.model_validate({"insights": [{"id": number} for number in found], "length": length})

    def trades(self, call: Call[Any]) -> Trades:
        found, length = self.window(call)
        return Trades.model_validate({"trades": [{"id": number} for number in found], "length": length})

    def logs(self, call: Call[Any]) -> Logs:
        found, length = self.window(call)
        return Logs.model_validate({"logs": [str(number) for number in found], "length": length})


def numbers(performed: Performed) -> list[int]:
    """What came out."""
    return [int(item if isinstance(item, str) else item.id) for item in performed.items]


def orders(**more: Any) -> Any:
    """All orders of a backtest."""
    return backtest_results.iterate_orders(P, B, **more)


STREAMS: list[tuple[Any, str, int]] = [
    (lambda: backtest_results.iterate_orders(P, B), "orders", 100),
    (lambda: backtest_results.iterate_insights(P, B), "insights", 100),
    (lambda: backtest_results.iterate_trades(P, B), "trades", 1000),
    (lambda: backtest_results.iterate_logs(P, B), "logs", 200),
    (lambda: live_results.iterate_orders(P), "orders", 100),
    (lambda: live_results.iterate_insights(P, D), "insights", 100),
    (lambda: live_results.iterate_trades(P, D), "trades", 1000),
    (lambda: live_results.iterate_logs(P, D), "logs", 250),
]


@pytest.mark.parametrize(("stream", "kind", "size"), STREAMS)
@pytest.mark.parametrize("more", [0, 1, -1])
def test_all_pages_are_read_once(stream: Any, kind: str, size: int, more: int) -> None:
    """Also where the number of all is a whole number of pages, without a request more than needed."""
    source = Growing([2 * size + more])
    performed = Performed(stream(), getattr(source, kind))
    assert numbers(performed) == list(range(2 * size + more))
    pages = 3 if more == 1 else 2
    assert performed.windows == [(n * size, (n + 1) * size) for n in range(pages)]


@pytest.mark.parametrize(("stream", "kind", "size"), STREAMS)
def test_nothing_is_nothing(stream: Any, kind: str, size: int) -> None:
    """One request, no items."""
    performed = Performed(stream(), getattr(Growing([0]), kind))
    assert (performed.items, performed.windows) == ([], [(0, size)])


@given(st.lists(st.integers(0, 700), min_size=1, max_size=8), st.booleans())
def test_what_grows_is_followed_and_nothing_comes_twice(sizes: list[int], tells_length: bool) -> None:
    """Every item once and in order, up to the first page that was not full or was the last one; and always an end."""
    sizes = sorted(sizes)
    performed = Performed(orders(), Growing(sizes, tells_length=tells_length).orders)
    found = numbers(performed)
    assert found == list(range(len(found)))
    assert sizes[0] <= len(found) <= sizes[-1]


def test_a_window_that_is_too_wide_for_the_server_is_made_smaller_once() -> None:
    """Sources disagree whether 100 or 99 orders may be asked for."""
    performed = Performed(orders(), Growing([150], widest=99).orders)
    assert numbers(performed) == list(range(150))
    assert performed.windows == [(0, 100), (0, 99), (99, 198)]


def test_a_refusal_that_has_another_reason_is_told() -> None:
    """After the second try, not for ever; and what is not found is not tried again."""
    performed = Performed(orders(), Growing([150], widest=10).orders)
    assert isinstance(performed.error, InvalidRequest)
    assert performed.windows == [(0, 100), (0, 99)]

    def gone(_: Call[Any]) -> Orders:
        raise NotFound

    performed = Performed(orders(), gone)
    assert isinstance(performed.error, NotFound)
    assert len(performed.asked) == 1


def test_a_later_refusal_is_told() -> None:
    """A smaller window in the middle would not help."""
    full = Orders.model_validate({"orders": [{"id": n} for n in range(100)], "length": 300})
    pages = iter([full])

    def answer(_: Call[Any]) -> Orders:
        page = next(pages, None)
        if page is None:
            raise InvalidRequest
        return page

    performed = Performed(orders(), answer)
    assert isinstance(performed.error, InvalidRequest)
    assert len(performed.asked) == 2


def test_a_server_that_ignores_the_window_is_asked_once() -> None:
    """It answers everything at once, every time."""
    everything = Orders.model_validate({"orders": [{"id": number} for number in range(500)]})
    performed = Performed(orders(), one_by_one(everything))
    assert (numbers(performed), len(performed.asked)) == (list(range(500)), 1)


def test_a_server_that_repeats_a_page_is_left() -> None:
    """Without a length, a full page is the only sign that there is more."""
    page = Orders.model_validate({"orders": [{"id": number} for number in range(100)]})
    performed = Performed(orders(), one_by_one(page))
    assert (numbers(performed), len(performed.asked)) == (list(range(100)), 2)


def test_a_length_that_promises_too_much_does_not_matter() -> None:
    """Orders may be missing for minutes after the end; one more look, whether the server says nothing or the same."""
    page = Orders.model_validate({"orders": [{"id": 1}], "length": 5000})
    nothing = Orders.model_validate({"orders": [], "length": 5000})
    for replies in ([page], [page, nothing]):
        performed = Performed(orders(), one_by_one(*replies))
        assert (numbers(performed), performed.windows) == ([1], [(0, 100), (1, 101)])


def test_what_is_not_equal_to_itself_does_not_keep_the_walk_going() -> None:
    """A server may write NaN, which is no JSON, into a field that we do not know."""

    def answer(_: Call[Any]) -> Orders:
        return Orders.model_validate({"orders": [{"id": 1, "new": float("nan")}], "length": 10**18})

    assert len(Performed(orders(), answer).asked) == 2


@pytest.mark.parametrize("most", [1, 50, 99])
def test_a_server_that_gives_less_than_it_is_asked_for_is_asked_for_the_rest(most: int) -> None:
    """One report saw 99 orders as the most; that such a server refuses a wider window is nowhere written."""

    def answer(call: Call[Any]) -> Orders:
        start, end = bounds(call.query.model_dump())
        given = range(start, min(end, start + most, 250))
        return Orders.model_validate({"orders": [{"id": number} for number in given], "length": 250})

    assert numbers(Performed(orders(), answer)) == list(range(250))


def test_a_log_may_say_the_same_for_pages() -> None:
    """An algorithm that complains at every bar."""
    source = ["the same line"] * 1000

    def answer(call: Call[Any]) -> Logs:
        start, end = bounds(call.query.model_dump())
        return Logs.model_validate({"logs": source[start:end], "length": len(source)})

    assert Performed(backtest_results.iterate_logs(P, B), answer).items == source


def test_each_page_that_is_loading_is_waited_for() -> None:
    """With patience of its own."""
    loading = Orders(status="loading")
    pages = [
        Orders.model_validate({"orders": [{"id": n} for n in range(a, b)], "length": 150})
        for a, b in ((0, 100), (100, 150))
    ]
    answer = one_by_one(loading, loading, pages[0], loading, pages[1])
    performed = Performed(orders(patience=timedelta(seconds=3)), answer)
    assert numbers(performed) == list(range(150))
    assert performed.pauses == [1.0, 1.5, 1.0]


def test_a_walk_may_begin_in_the_middle() -> None:
    """To fetch only what is new."""
    performed = Performed(orders(start=120), Growing([150]).orders)
    assert numbers(performed) == list(range(120, 150))
