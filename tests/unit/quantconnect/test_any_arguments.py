"""Whatever a method is called with, as long as it is of the right type: a result, or an error of this library.

Every text, number and time in the arguments of the table is replaced by one that nobody had in mind.
"""

import inspect
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantconnect import ONCE, InvalidRequest, QuantConnectClient, QuantConnectError
from quantconnect.models.ids import ProjectId
from tests.unit.quantconnect.cases import CASES, Case, method
from tests.unit.quantconnect.server import OK

TEXTS = ("", " ", "\0", "\ud800", "é🙂\u202e", "a\nb", "x" * 100_000, "../..", "1" * 5000, "{}", "%s", "null")
WHOLES = (0, -1, 1, 2**31, 2**63, 10**30, 10**400, -(10**400))
REALS = (0.0, -0.0, 1e308, 1e-308, float("nan"), float("inf"), float("-inf"))
TIMES = (datetime.min, datetime.max, datetime(1969, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))  # noqa: DTZ901 (without zone, too)

Place = tuple[str | int, ...]


def strange(value: object) -> tuple[Any, ...]:
    """What may stand in its place."""
    match value:
        case bool():
            return (not value,)
        case str():
            return TEXTS
        case int():
            return WHOLES
        case float():
            return (*REALS, *WHOLES)
        case datetime():
            return TIMES
    return ()


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Every place of a scalar in some arguments."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*here, key))
    if strange(value):
        yield here


def arguments(case: Case) -> dict[str, Any]:
    """Those of a case, so that they can be changed."""
    return {"args": deepcopy(list(case.args)), "kwargs": deepcopy(case.kwargs)}


def put(told: Any, place: Place, value: object) -> None:
    """Put something there."""
    for key in place[:-1]:
        told = told[key]
    told[place[-1]] = value


def called(case: Case, told: dict[str, Any]) -> None:
    """Call the method; another error than ours fails the test by itself."""
    network = httpx.MockTransport(lambda _: httpx.Response(200, json=OK | case.answer))
    options = {"organization_id": "o", "base_url": "http://api.test", "policy": ONCE, "transport": network}
    said = ""
    with QuantConnectClient(1, "t", **options) as client:  # type: ignore[arg-type]
        try:
            found = method(client, case.method)(*told["args"], **told["kwargs"])
            if inspect.isgenerator(found):
                next(found, None)
        except QuantConnectError as error:
            said = str(error)
    assert "\n" not in said
    said.encode()  # can be printed


each_method = pytest.mark.parametrize("case", CASES, ids=str)


@each_method
def test_one_strange_argument(case: Case) -> None:
    """Half a character, a number beyond all bounds, a time without a zone: each everywhere."""
    for place in list(places(arguments(case))):
        at: Any = arguments(case)
        for key in place:
            at = at[key]
        for value in strange(at):
            told = arguments(case)
            put(told, place, value)
            called(case, told)


@each_method
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_several_strange_arguments(case: Case, data: st.DataObject) -> None:
    """In the combinations that nobody thinks of."""
    told = arguments(case)
    for place in list(places(told)):
        at: Any = told
        for key in place:
            at = at[key]
        if data.draw(st.booleans()):
            put(told, place, data.draw(st.sampled_from(strange(at))))
    called(case, told)


def nested(depth: int) -> dict[str, Any]:
    """A map in a map in a map."""
    told: dict[str, Any] = {}
    for _ in range(depth):
        told = {"a": told}
    return told


@pytest.mark.parametrize(
    "command",
    [{"a": "\ud800"}, {"a": [{"b": "\ud800"}]}, nested(300), nested(5000)],
    ids=["value", "inside", "deep", "deeper"],
)
def test_what_no_json_can_say_is_not_sent(command: dict[str, Any]) -> None:
    """Maps take anything; so nobody has looked into them before."""
    asked: list[httpx.Request] = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=OK)

    with QuantConnectClient(1, "t", base_url="http://api.test", transport=httpx.MockTransport(network)) as client:
        with pytest.raises(InvalidRequest, match="half a character") as caught:
            client.live.commands.create(ProjectId(1), command)
        assert (caught.value.status, asked) == (0, [])
