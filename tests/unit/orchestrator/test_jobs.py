"""The address of a bundle, and what may be a parameter."""

import math
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.errors import BadParameter
from orchestrator.jobs import bundle_hash, checked_parameters

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
bundles = st.dictionaries(texts, texts, max_size=5)
scalars = texts | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()


@given(bundles, st.randoms())
def test_the_address_does_not_depend_on_the_order_of_files(files: dict[str, str], random: Random) -> None:
    """Two machines list a folder in different orders; the same code must compile once."""
    shuffled = dict(sorted(files.items(), key=lambda _: random.random()))

    assert bundle_hash(shuffled) == bundle_hash(files)


@given(bundles, texts, texts, texts)
def test_another_byte_is_another_address(files: dict[str, str], name: str, before: str, after: str) -> None:
    """A result must not be given to code that did not make it."""
    assume(before != after)

    assert bundle_hash({**files, name: before}) != bundle_hash({**files, name: after})


@given(bundles, bundles)
def test_two_bundles_share_an_address_only_if_they_are_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    """Neither names nor contents run into each other."""
    assert (bundle_hash(one) == bundle_hash(other)) == (one == other)


def test_the_address_stays_what_it_was() -> None:
    """Ledgers outlive releases: a changed recipe would compile everything anew and lose who pushed what."""
    known = "de71a9b1a4531a3d513a9ee1366a7cc112a2582b435f3bb5c04f3d40bfa789e1"

    assert bundle_hash({"main.py": "x = 1\n", "a.py": "ü"}) == known


@given(st.dictionaries(texts.map(str.strip).filter(bool), scalars, max_size=5))
def test_scalars_are_taken_as_they_are(parameters: dict[str, str | int | float | bool]) -> None:
    """A text that looks like a number stays a text."""
    checked = checked_parameters(parameters)

    assert checked == parameters
    assert [type(value) for value in checked.values()] == [type(value) for value in parameters.values()]


@given(
    texts.map(str.strip).filter(bool), st.lists(st.integers()) | st.dictionaries(texts, texts) | st.none() | st.binary()
)
def test_anything_else_is_refused_by_name(name: str, value: object) -> None:
    """Five hundred runs with a list for a number would be five hundred failed backtests."""
    with pytest.raises(BadParameter) as caught:
        checked_parameters({name: value})
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_without_a_value_are_refused(value: float) -> None:
    """JSON has no word for them."""
    with pytest.raises(BadParameter, match="finite"):
        checked_parameters({"fast": value})


@pytest.mark.parametrize("name", ["", "  "])
def test_a_parameter_needs_a_name(name: str) -> None:
    """`=10` is a slip of the finger."""
    with pytest.raises(BadParameter, match="no name"):
        checked_parameters({name: 10})


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_is_no_text_is_refused(text: str) -> None:
    """PostgreSQL stores neither, and the API could not be sent it."""
    with pytest.raises(BadParameter):
        checked_parameters({"name": text})
    with pytest.raises(BadParameter):
        checked_parameters({text: "value"})
