"""One look for many."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.merged import MERGED, merged

PATIENCE = 30  # seconds


def test_a_call_looks_and_tells_what_came_of_it() -> None:
    """By itself it is what it was before."""
    said = iter(["2 runs started", "0 runs started"])
    look = merged(lambda: next(said))

    assert [look(), look()] == ["2 runs started", "0 runs started"]


def test_those_that_come_meanwhile_return_at_once_and_are_looked_for_once_more() -> None:
    """What they came for may have been written after the look under way had read."""
    looks = 0
    begun, may_end = threading.Event(), threading.Event()

    @merged
    def look() -> str:
        nonlocal looks
        looks += 1
        begun.set()
        assert may_end.wait(PATIENCE)
        return f"look {looks}"

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(look)
        assert begun.wait(PATIENCE)
        assert [look() for _ in range(5)] == [MERGED] * 5
        may_end.set()
        assert first.result(PATIENCE) == "look 2"
    assert looks == 2


def test_after_one_that_fails_others_look() -> None:
    """A ledger that is away for a moment is no reason to stand still."""
    seconds = iter([0, 2])

    @merged
    def look() -> str:
        return f"{1 / next(seconds)}"

    with pytest.raises(ZeroDivisionError):
        look()
    assert look() == "0.5"


def test_of_many_at_once_the_last_is_never_left_out() -> None:
    """Each writes something down before it calls; when all have returned, all of it was read."""
    written, read = set[int](), set[int]()

    @merged
    def look() -> str:
        read.update(set(written))
        return "read"

    def come(number: int) -> None:
        written.add(number)
        look()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(come, range(2000)))

    assert read == set(range(2000))
