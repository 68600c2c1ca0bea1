"""What people write for a parameter, and what it means."""

import random

import pytest

from orchestrator.errors import BadPlan
from orchestrator.sweeps.values import Span, Values, every, read_axis


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("5:20:5", (5, 10, 15, 20)),
        ("5:22:5", (5, 10, 15, 20)),
        ("3:1:-1", (3, 2, 1)),
        ("0.1:0.3:0.1", (0.1, 0.2, 0.3)),
        ("-1:1:0.5", (-1.0, -0.5, 0.0, 0.5, 1.0)),
        ("3:6", (3, 4, 5, 6)),
        ("7:7", (7,)),
        ("list(20, 50, 100)", (20, 50, 100)),
        ("list(a, 1.5, true, 007)", ("a", 1.5, True, "007")),
        ("list(2, 2, 3)", (2, 3)),
        ([1, "2:3", True], (1, "2:3", True)),
        ("SPY", ("SPY",)),
        ("2020-01-01", ("2020-01-01",)),
        (10, (10,)),
        (True, (True,)),
    ],
)
def test_a_grid_takes_every_value(said: object, values: tuple[object, ...]) -> None:
    """The end of a range counts in, and decimals stay what was written."""
    found = every("p", read_axis("p", said))

    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("10:5:1", "never reaches"),
        ("5:10:0", "never reaches"),
        ("10:5", "runs backwards"),
        ("0:1:0.000001", "are the most"),
        ("1:1e30", "too large"),
        ("list()", "has no values"),
        ([], "has no values"),
        ([[1]], "neither a text nor a number"),
        ("[1, 2]", "list(10, 20, 50)"),
        (None, "is a null"),
        ({"a": 1}, "is a dict"),
    ],
)
def test_what_cannot_be_meant_is_told(said: object, words: str) -> None:
    """One line that names the parameter."""
    with pytest.raises(BadPlan) as told:
        read_axis("fast", said)

    assert words in str(told.value)
    assert "'fast'" in str(told.value)


def test_a_range_of_decimals_needs_a_step_in_a_grid() -> None:
    """There is no end of numbers between 0.1 and 0.3."""
    with pytest.raises(BadPlan, match="needs a step"):
        every("stop", read_axis("stop", "0.1:0.3"))


def test_drawing_stays_within_the_range() -> None:
    """Whole numbers between whole ends, decimals between decimals."""
    source = random.Random(1)
    whole, decimal, listed = read_axis("a", "5:7"), read_axis("b", "0.5:0.75"), read_axis("c", "1:9:4")
    assert isinstance(whole, Span)
    assert isinstance(decimal, Span)
    assert isinstance(listed, Values)

    assert {whole.draw(source) for _ in range(200)} == {5, 6, 7}
    assert {listed.draw(source) for _ in range(200)} == {1, 5, 9}
    drawn = [decimal.draw(source) for _ in range(200)]
    assert all(isinstance(value, float) and 0.5 <= value <= 0.75 for value in drawn)
    assert len(set(drawn)) > 100
