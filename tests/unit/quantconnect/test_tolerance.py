"""Whatever the server sends, for every endpoint: a result, or an error of this library. Never one out of its depths.

The answers of the table are changed in the ways that servers are known for, and in a few that they are not. Where the
recorded answers lie beside the project, they are changed, too.
"""

import inspect
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantconnect import QuantConnectClient, QuantConnectError, UnexpectedResponse
from quantconnect.endpoints import ALL
from quantconnect.exchange import End, resume
from quantconnect.operations.base import Call, Items
from quantconnect.protocol import decode
from tests.support.reference import PAYLOADS
from tests.unit.quantconnect.cases import CASES, Case, method
from tests.unit.quantconnect.server import OK

Place = tuple[str | int, ...]

SCALARS: list[Any] = [
    None,
    "",
    "-",
    "abc",
    "12.34 %",
    "$-1,234.56",
    "2024-01-03 12:00:05",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00+14:00",
    "1" * 5000,
    True,
    0,
    -1,
    1.5,
    1e308,
    10**400,
    1_700_000_000,
    10**18,
    float("nan"),
    float("inf"),
]
DROPPED = object()
RUBBISH = [
    *SCALARS,
    DROPPED,
    "\ud800",
    [],
    {},
    [None],
    [[]],
    {"0": {}},
    [{"name": []}],
    {"a": {"b": {"c": [1, "x", None]}}},
]
#: What must be there, for without it nobody knows what happened.
HOLDING = {"chart", "estimate", "files", "metadata", "optimizations", "projects"}
#: What an answer is about, or all it has to say: without it there is no result.
NEEDED = {
    "backtestId",
    "compileId",
    "deployId",
    "id",
    "link",
    "optimizationId",
    "projectId",
    "report",
    "url",
    "success",
}


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Every place in an answer, the whole of it first."""
    yield here
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*here, key))


def at(answer: Any, place: Place) -> Any:
    """What stands there."""
    for key in place:
        answer = answer[key]
    return answer


def changed(answer: Any, place: Place, value: Any) -> Any:
    """The answer with something else at a place, or nothing."""
    if not place:
        return None if value is DROPPED else value
    copy = deepcopy(answer)
    if value is DROPPED:
        del at(copy, place[:-1])[place[-1]]
    else:
        at(copy, place[:-1])[place[-1]] = value
    return copy


def perform(operation: Any, body: bytes, status: int) -> object:
    """The result of an operation where everything that is asked gets the same answer, and all deadlines have passed."""
    found: list[object] = []
    steps = iter(operation)
    step = resume(steps)
    for _ in range(50):
        if isinstance(step, End):
            return found or step.result
        answer: object = 1e9
        error: QuantConnectError | None = None
        match step:
            case Call(endpoint, _, result):
                try:
                    answer = result(decode(endpoint, status, {}, body))
                except QuantConnectError as problem:
                    error = problem
            case Items(items):
                found += items
        step = resume(steps, answer, error)
    raise AssertionError("it asks for ever")


with QuantConnectClient(1, "t") as client:
    OPERATIONS: dict[str, Callable[..., Any]] = {
        case.method: inspect.unwrap(method(client, case.method)) for case in CASES
    }


def outcome(case: Case, body: bytes, status: int = 200) -> object:
    """A result, or an error of this library; another error fails the test by itself."""
    try:
        result = perform(OPERATIONS[case.method](*case.args, **case.kwargs), body, status)
    except QuantConnectError as error:
        result = error
    repr(result)
    if isinstance(result, QuantConnectError):
        assert len(str(result)) < 1000
        assert "\n" not in str(result)
        str(result).encode()  # can be printed
    return result


def body(answer: object) -> bytes:
    """As a server would write it; NaN and Infinity, too."""
    return json.dumps(answer).encode()


each_method = pytest.mark.parametrize("case", CASES, ids=str)


@each_method
def test_one_thing_wrong_at_any_place(case: Case) -> None:
    """Dropped, null, a list for a map, a text for a number, an unknown word, nested rubbish: each everywhere."""
    answer = OK | case.answer
    for place in places(answer):
        for value in RUBBISH:
            outcome(case, body(changed(answer, place, value)))


def is_the_file(case: Case, place: Place) -> bool:
    """One file is found among others by its name."""
    return case.method == "files.read_one" and "files" in place


@each_method
def test_a_strange_scalar_loses_nothing_else(case: Case) -> None:
    """Unless it is the id that the answer is about: what cannot be read is absent, the rest is there."""
    answer = OK | case.answer
    for place in places(answer):
        if (
            not place
            or NEEDED & set(place[-1:])
            or is_the_file(case, place)
            or isinstance(at(answer, place), dict | list)
        ):
            continue
        for value in SCALARS:
            found = outcome(case, body(changed(answer, place, value)))
            assert not isinstance(found, QuantConnectError), (place, value, found)


@each_method
def test_an_empty_map_may_be_a_list_and_an_empty_list_a_map(case: Case) -> None:
    """As PHP writes them; only what an answer must have may not be empty."""
    answer = OK | case.answer
    for place in places(answer):
        inner = at(answer, place)
        has_id = isinstance(inner, dict) and not NEEDED.isdisjoint(inner)
        may_not = has_id or is_the_file(case, place) or not place or place[-1] in HOLDING
        if isinstance(inner, dict | list) and not may_not:
            found = outcome(case, body(changed(answer, place, [] if isinstance(inner, dict) else {})))
            assert not isinstance(found, QuantConnectError), (place, found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@each_method
@settings(max_examples=25)
@given(data=st.data())
def test_several_things_wrong_at_once(case: Case, data: st.DataObject) -> None:
    """In the combinations that nobody thinks of."""
    answer: Any = OK | case.answer
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(list(places(answer))))
        answer = changed(answer, place, data.draw(json_values | st.just(DROPPED)))
    outcome(case, body(answer), data.draw(st.sampled_from([200, 200, 200, 201, 400, 404, 500, 302])))


@each_method
def test_an_answer_that_breaks_off(case: Case) -> None:
    """At any byte: never a result."""
    whole = body(OK | case.answer)
    for end in range(len(whole)):
        assert isinstance(outcome(case, whole[:end]), QuantConnectError)


PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
BYTES = {
    "nothing": b"",
    "blank": b" \n",
    "a page": PAGE,
    "null": b"null",
    "a list": b"[]",
    "a text": b'"success"',
    "a number": b"1",
    "two objects": b'{"success": true}{"success": true}',
    "latin-1": '{"success": true, "name": "é"}'.encode("latin-1"),
    "zeros": b"\0" * 1000,
    "not text": bytes(range(256)),
    "deep lists": b'{"success": true, "a": ' + b"[" * 100_000,
    "deep and whole": b'{"success": true, "backtest": ' + b"[" * 900 + b"]" * 900 + b"}",
    "deep maps": b'{"a":' * 100_000,
    "deep error": b'{"success": false, "errors": [' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"]}",
    "a long number": b'{"success": true, "length": ' + b"1" * 100_000 + b"}",
    "beyond floats": b'{"success": true, "length": 1e999, "progress": -1e999, "orders": [{"id": 1e999}]}',
    "not a number": b'{"success": true, "length": NaN, "backtest": {"backtestId": NaN}}',
    "half a character": b'{"success": false, "errors": ["\\ud800"]}',
    "many lines": b'{"success": false, "errors": ["a\\nb\\r\\nc"]}',
}


@each_method
@pytest.mark.parametrize("name", BYTES)
def test_what_is_no_answer_at_all(case: Case, name: str) -> None:
    """From a proxy, from a server that is being repaired, from somebody who means harm."""
    for status in (200, 404, 500, 502):
        outcome(case, BYTES[name], status)


@each_method
def test_other_ways_to_write_the_same(case: Case) -> None:
    """A byte order mark, another Unicode encoding, a name twice: the same result."""
    answer = OK | case.answer
    plain = json.dumps(answer)
    expected = outcome(case, plain.encode())
    assert outcome(case, plain.encode("utf-8-sig")) == expected
    assert outcome(case, plain.encode("utf-16")) == expected
    assert outcome(case, ('{"success": false, ' + plain[1:]).encode()) == expected


MEGABYTES = {
    "a page": b"<html>" + b"x" * 10_000_000,
    "one text": b'{"success": true, "backtest": "' + b"x" * 10_000_000 + b'"}',
    "one number": b'{"success": true, "length": "' + b"1" * 10_000_000 + b'"}',
    "a million wrong items": b'{"success": true, "orders": [' + b"1," * 1_000_000 + b'1], "backtests": ["x"]}',
    "a million wrong entries": (
        b'{"success": true, "portfolio": {"holdings": {' + b",".join(b'"k%d":1' % n for n in range(1_000_000)) + b"}}}"
    ),
    "an error": b'{"success": false, "errors": ["' + b"x" * 10_000_000 + b'"]}',
    "many errors": b'{"success": false, "errors": [' + b'"x",' * 2_000_000 + b'"x"]}',
    "a name": b'{"success": true, "portfolio": {"holdings": {"' + b"k" * 10_000_000 + b'": 1}}}',
    "a lot of nothing": b'{"success": true, "projects": [' + b"null," * 2_000_000 + b"null]}",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", MEGABYTES)
def test_ten_megabytes_of_it(name: str) -> None:
    """An error that can be printed, in seconds."""
    methods = {"backtests.read", "backtests.orders.iterate", "live.portfolio.read", "projects.list", "files.update"}
    for case in (case for case in CASES if case.method in methods):
        outcome(case, MEGABYTES[name])


PADDING = "x" * 10_000_000


@each_method
def test_ten_megabytes_beside_any_answer_or_instead_of_it(case: Case) -> None:
    """A field that nobody knows costs memory and nothing else; a page of that size is an error like a short one."""
    whole = outcome(case, json.dumps(OK | case.answer).encode())
    padded = outcome(case, json.dumps(OK | case.answer | {"padding": PADDING}).encode())
    assert type(padded) is type(whole)
    assert isinstance(outcome(case, f"<html>{PADDING}".encode()), QuantConnectError)
    assert isinstance(outcome(case, json.dumps({"success": False, "errors": [PADDING]}).encode()), QuantConnectError)


def test_a_reply_that_cannot_be_read_shows_where_and_not_what() -> None:
    """The names of fields, not their values: there may be a login among them."""
    case = next(case for case in CASES if case.method == "live.portfolio.read")
    error = outcome(case, body(OK | {"portfolio": {"cash": "hidden"}}))
    assert isinstance(error, UnexpectedResponse)
    assert "portfolio.cash" in error.excerpt
    assert "hidden" not in f"{error} {error.excerpt} {error!r}"


RECORDED = sorted(PAYLOADS.glob("*__*.json"))
ENDPOINTS = {endpoint.path.strip("/").replace("/", "-"): endpoint for endpoint in ALL}


@pytest.mark.skipif(not RECORDED, reason="no recorded answers beside the project")
@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_recorded_answer_with_something_wrong(file: Any, data: st.DataObject) -> None:
    """Real answers have more in them than we think of."""
    endpoint = ENDPOINTS.get(file.name.partition("__")[0], ENDPOINTS["authenticate"])
    answer = json.loads(file.read_bytes())
    place = data.draw(st.sampled_from(list(places(answer))))
    mutilated = changed(answer, place, data.draw(st.sampled_from(RUBBISH) | json_values))
    try:
        decode(endpoint, 200, {}, body(mutilated))
    except QuantConnectError as error:
        str(error).encode()
