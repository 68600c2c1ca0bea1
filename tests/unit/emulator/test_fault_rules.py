"""Rules decide which request fails: the right endpoint, the right number of times, at the right moment."""

from typing import Any

import pytest

from emulator.faults import Fault, FaultKind, Faults, parse

ENDPOINTS = frozenset({"backtests/create", "backtests/read"})


def struck(faults: Faults, *endpoints: str) -> list[str | None]:
    taken = [faults.take(endpoint) for endpoint in endpoints]
    return [fault.kind.value if fault else None for fault in taken]


def test_a_rule_fires_once_for_its_endpoint() -> None:
    """The default that most tests want."""
    faults = Faults()
    faults.add(Fault("backtests/create", FaultKind.ERROR_500))
    assert struck(faults, "backtests/read", "backtests/create", "backtests/create") == [None, "error-500", None]


def test_a_rule_for_all_endpoints_without_end() -> None:
    """As if the service were down."""
    faults = Faults()
    faults.add(Fault("*", FaultKind.HTML, times=0))
    assert struck(faults, "backtests/read", "backtests/create", "backtests/read") == ["html"] * 3


def test_a_rule_may_let_the_first_requests_pass() -> None:
    """So that a poll fails in the middle."""
    faults = Faults()
    faults.add(Fault("backtests/read", FaultKind.HANG, times=2, after=2))
    assert struck(faults, *["backtests/read"] * 5) == [None, None, "hang", "hang", None]


def test_rules_take_turns_in_the_order_in_which_they_came() -> None:
    """A script of several faults."""
    faults = Faults()
    faults.add(Fault("*", FaultKind.ERROR_500))
    faults.add(Fault("*", FaultKind.ERROR_502))
    assert struck(faults, *["backtests/read"] * 3) == ["error-500", "error-502", None]


@pytest.mark.parametrize("path", ["backtests/create", "/backtests/create", "/backtests/create/"])
def test_an_endpoint_may_be_written_with_slashes(path: str) -> None:
    """As the documentation writes paths, and as the API takes them."""
    assert parse({"endpoint": path, "kind": "html"}, ENDPOINTS).endpoint == "backtests/create"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"endpoint": "backtest/create", "kind": "slow"}, "unknown endpoint 'backtest/create'"),
        ({"endpoint": "*", "kind": "explode"}, "one of: error-500, "),
        ({"kind": "slow"}, "unknown endpoint None"),
        ({"endpoint": "*", "kind": "slow", "second": 1}, "unknown key: second"),
        ({"endpoint": "*", "kind": "slow", "times": -1}, "times must be"),
        ({"endpoint": "*", "kind": "slow", "seconds": "3"}, "seconds must be"),
    ],
)
def test_a_rule_with_a_mistake_is_refused(values: dict[str, Any], message: str) -> None:
    """A fault that never fires would make a test pass for nothing."""
    with pytest.raises(ValueError, match=message):
        parse(values, ENDPOINTS)
