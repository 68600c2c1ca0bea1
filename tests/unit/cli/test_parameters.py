"""`--param name=value`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.submit import parse_parameter
from orchestrator.errors import BadParameter
from orchestrator.jobs import Scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fast=10", 10),
        ("fast=-10", -10),
        ("ratio=0.5", 0.5),
        ("flag=true", True),
        ("flag=False", False),
        ("symbol=SPY", "SPY"),
        ("empty=", ""),
        ("formula=a=b", "a=b"),
        (" spaced = 10 ", 10),
        ("zip=007", "007"),
        ("price=1.50", "1.50"),
        ("huge=1e400", "1e400"),
        ("grouped=1_000", "1_000"),
    ],
)
def test_a_value_becomes_what_it_reads_as_unless_that_would_change_it(text: str, value: Scalar) -> None:
    """`007` is a name, not the number 7."""
    _, parsed = parse_parameter(text)
    assert (parsed, type(parsed)) == (value, type(value))


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_what_python_prints_comes_back_the_same(value: Scalar) -> None:
    """Scripts format values with `str`."""
    assert parse_parameter(f"name={value}") == ("name", value)


@pytest.mark.parametrize("text", ["fast", "=10", " =10", "levels=[1, 2]", 'map={"a": 1}'])
def test_what_is_no_name_and_single_value_is_refused(text: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(BadParameter, match=r"name=value|single value"):
        parse_parameter(text)
