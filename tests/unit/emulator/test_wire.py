"""Requests say the same thing in three ways, and the emulator hears the same thing."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from emulator.envelope import ApiFailure
from emulator.wire import Arguments, read

FORM = "application/x-www-form-urlencoded"


def form(*pairs: tuple[str, str]) -> Arguments:
    return read("", FORM, urlencode(pairs).encode())


def test_a_form_in_bracket_notation_becomes_nested_lists_and_maps() -> None:
    """The LEAN CLI pushes a whole project in this notation."""
    arguments = form(
        ("projectId", "7"),
        ("files[0][name]", "main.py"),
        ("files[0][content]", "x = 'a[0]'\n"),
        ("files[1][name]", "b.py"),
        ("files[1][content]", "é"),
        ("libraries[]", "12"),
        ("libraries[]", "13"),
    )
    assert arguments.items("files") == [
        {"name": "main.py", "content": "x = 'a[0]'\n"},
        {"name": "b.py", "content": "é"},
    ]
    assert arguments.items("libraries") == ["12", "13"]


def test_named_keys_in_brackets_become_a_map() -> None:
    """Backtest parameters are a map from name to value."""
    assert form(("parameters[fast]", "10"), ("parameters[slow]", "")).mapping("parameters") == {
        "fast": "10",
        "slow": "",
    }


def test_an_empty_text_stands_for_an_empty_collection() -> None:
    """A form cannot say "no parameters" in any other way."""
    arguments = form(("parameters", ""))
    assert "parameters" in arguments
    assert arguments.mapping("parameters") == {}
    assert arguments.items("parameters") == []


@pytest.mark.parametrize("value", [7, "7", 7.0, "7.0"])
def test_a_number_may_come_as_text(value: Any) -> None:
    """Forms know only text, and PHP may have turned 7 into 7.0."""
    assert Arguments({"projectId": value}).integer("projectId") == 7


@pytest.mark.parametrize("value", [None, "", "seven", True, 7.5, [7], "7" * 400, "٧"])
def test_what_is_no_whole_number_is_refused_by_name(value: Any) -> None:
    """The reader of the refusal should know which argument to mend."""
    with pytest.raises(ApiFailure, match="projectId"):
        Arguments({"projectId": value}).integer("projectId")


@pytest.mark.parametrize(("value", "flag"), [(True, True), ("true", True), ("1", True), (False, False), ("0", False)])
def test_a_flag_may_come_as_text(value: Any, flag: bool) -> None:
    """`includeStatistics=true` in a form means true."""
    assert Arguments({"includeStatistics": value}).flag("includeStatistics") is flag


def test_query_and_body_are_both_heard_and_the_body_wins() -> None:
    """GET requests have only a query, and a POST may have both."""
    arguments = read("projectId=1&name=a", "application/json", json.dumps({"name": "b"}).encode())
    assert (arguments.integer("projectId"), arguments.text("name")) == (1, "b")


@pytest.mark.parametrize("body", [b"{", b'"text"', b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_map_is_refused(body: bytes) -> None:
    """A broken request must be a refusal, not a crash of the emulator."""
    with pytest.raises(ApiFailure, match="Invalid request body"):
        read("", "application/json", body)


def test_an_empty_list_is_an_empty_map() -> None:
    """PHP clients send [] where others send {}."""
    assert "projectId" not in read("", "application/json", b"[]")
