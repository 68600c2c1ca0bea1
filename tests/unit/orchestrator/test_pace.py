"""When to look next: seldom before the end, and soon after it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.pace import LONGEST, SHORTEST, ended_about, next_look
from tests.support.workbench import NOON


def seconds(*values: float) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


def looks(duration: float, past: list[timedelta]) -> list[float]:
    """When a backtest of so many seconds, whose progress is even, is looked at, until one look comes after its end."""
    at, taken = 0.0, []
    while at < duration:
        at += next_look(timedelta(seconds=at), at / duration if at else None, past) / timedelta(seconds=1)
        taken.append(at)
    return taken


@pytest.mark.parametrize("duration", [10, 20, 60, 600, 3600, 36_000])
def test_an_experienced_look_comes_soon_after_the_end(duration: float) -> None:
    """At most 3 % late, or a second; with few looks before."""
    taken = looks(duration, seconds(duration, duration * 1.01, duration * 1.05))

    assert taken[-1] - duration <= max(1.2, 0.03 * duration)
    assert len(taken) <= 8


def test_twenty_seconds_that_are_known_cost_two_looks() -> None:
    """One just before the end, to learn if runs become shorter, and one just after it."""
    assert looks(20, seconds(20, 20.4, 20.9)) == [pytest.approx(19.4), pytest.approx(20.4)]


def test_without_experience_looks_begin_early_and_grow_apart() -> None:
    """Nobody knows how long it takes."""
    taken = looks(600, [])
    gaps = [later - earlier for earlier, later in pairwise(taken)]

    assert taken[:3] == [1, 2, pytest.approx(4, abs=1)]
    assert max(gaps) <= LONGEST.total_seconds()


@pytest.mark.parametrize("progress", [None, 0.0, 0.04, 0.5, 0.97, 1.0, 7.0])
def test_progress_may_lie(progress: float | None) -> None:
    """It may stall, or be 1 before the end; looks go on."""
    wait = next_look(timedelta(hours=2), progress, seconds(3600))

    assert SHORTEST <= wait <= timedelta(minutes=12)


def test_runs_that_became_shorter_are_noticed() -> None:
    """The estimate must not creep upwards by its own delay."""
    past = seconds(*[40.0] * 9)
    for _ in range(40):
        seen = looks(20, past)[-1]
        past = sorted([timedelta(seconds=seen), *past[:8]])

    assert looks(20, past)[-1] <= 21.2


@given(some.floats(0, 1e6), some.one_of(some.none(), some.floats(0, 1)), some.lists(some.floats(0.1, 1e5), max_size=9))
def test_a_look_always_comes(elapsed: float, progress: float | None, past: list[float]) -> None:
    """Never at once, never in an hour when runs take minutes."""
    known = sorted(seconds(*past))
    wait = next_look(timedelta(seconds=elapsed), progress, known)

    longest = max(LONGEST, known[len(known) // 2] / 5) if known else LONGEST
    assert SHORTEST <= wait <= longest


@pytest.mark.parametrize(
    ("last", "progress", "past", "ended"),
    [
        (18, 0.9, [], 20),  # by its progress
        (18, 0.5, [], 21),  # not after it was seen
        (18, 1.0, [], 18),  # not before it was seen to run
        (18, 7.0, [], 21),  # a progress that says nothing
        (None, None, [19], 19),  # by experience
        (18, 0.01, [15], 18),
        (None, None, [], 21),
    ],
)
def test_the_end_lies_between_two_looks(
    last: float | None, progress: float | None, past: list[float], ended: float
) -> None:
    """As nearly as they tell."""
    last_look = None if last is None else NOON + timedelta(seconds=last)

    found = ended_about(NOON, last_look, progress, NOON + timedelta(seconds=21), seconds(*past))

    assert (found - NOON).total_seconds() == pytest.approx(ended)
