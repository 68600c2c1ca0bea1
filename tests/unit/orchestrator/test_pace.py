"""When to look next: seldom before the end, and soon after it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.experience import Experience
from orchestrator.pace import LONGEST, SHORTEST, ended_about, next_look
from tests.support.workbench import NOON


def took(*seconds: float, observed: bool = True) -> Experience | None:
    """Backtests that took so long."""
    return Experience.of(*(timedelta(seconds=value) for value in seconds), observed=observed) if seconds else None


def looks(duration: float, past: Experience | None, settling: float = 0) -> list[float]:
    """When a backtest of so many seconds, whose progress is even, is looked at, until one look comes after its end."""
    at, taken = 0.0, []
    while at < duration:
        wait = next_look(timedelta(seconds=at), at / duration if at else None, past, timedelta(seconds=settling))
        at += wait.total_seconds()
        taken.append(at)
    return taken


@pytest.mark.parametrize("duration", [10, 20, 60, 600, 3600, 36_000])
def test_an_experienced_look_comes_soon_after_the_end(duration: float) -> None:
    """At most 3.5 % late, or a second; with few looks before."""
    taken = looks(duration, took(duration, duration * 1.01, duration * 1.05))

    assert taken[-1] - duration <= max(1.2, 0.035 * duration)
    assert len(taken) <= 8


def test_twenty_seconds_that_are_known_cost_one_look() -> None:
    """Right after the end."""
    assert looks(20, took(20, 20.4, 20.9)) == [pytest.approx(20.808)]


def test_what_is_only_guessed_is_verified_shortly_before() -> None:
    """Otherwise nobody would ever notice that backtests became shorter."""
    assert looks(20, took(20, 20, observed=False)) == [18, pytest.approx(20.4)]


def test_backtests_that_differ_are_looked_at_a_little_before_the_shortest() -> None:
    """From there the progress tells."""
    assert looks(20, took(20, 25, 60)) == [pytest.approx(19.4), pytest.approx(20.4)]
    assert looks(20, took(20)) == [pytest.approx(19.4), pytest.approx(20.4)], "one is no rule"


def test_a_look_that_is_to_show_the_statistics_comes_later_by_their_time() -> None:
    """So one request tells all."""
    assert looks(20, took(20, 20), settling=1) == [21]
    assert looks(60, took(60, 60), settling=1) == [30, pytest.approx(61.2)]


def test_progress_that_contradicts_experience_is_believed() -> None:
    """This one takes half as long as usual."""
    assert looks(100, took(200, 200))[-1] <= 103


def test_without_experience_looks_begin_early_and_grow_apart() -> None:
    """Nobody knows how long it takes."""
    taken = looks(600, None)
    gaps = [later - earlier for earlier, later in pairwise(taken)]

    assert taken[:3] == [1, 2, 3], "below a twentieth the progress tells nothing"
    assert looks(20, None)[:3] == [1, 3, 9], "then it tells something, and more and more"
    assert max(gaps) <= LONGEST.total_seconds()


@pytest.mark.parametrize("progress", [None, 0.0, 0.04, 0.5, 0.97, 1.0, 7.0])
def test_progress_may_lie(progress: float | None) -> None:
    """It may stall, or be 1 before the end; looks go on."""
    wait = next_look(timedelta(hours=2), progress, took(3600))

    assert SHORTEST <= wait <= timedelta(minutes=18)


def test_runs_that_became_shorter_are_noticed() -> None:
    """The estimate must not creep upwards by its own delay."""
    known = [(40.0, True)] * 9  # the latest: how long, and whether it was seen while it ran
    for _ in range(60):
        seen = [end for end, observed in known if observed]
        past = took(*(seen or [end for end, _ in known]), observed=bool(seen))
        taken = looks(20, past)
        before = [look for look in taken if look < 20]
        guess = ended_about(
            NOON,
            NOON + timedelta(seconds=before[-1]) if before else None,
            before[-1] / 20 if before else None,
            NOON + timedelta(seconds=taken[-1]),
            past,
        )
        known = [((guess - NOON).total_seconds(), bool(before) and before[-1] >= 15), *known[:8]]

    assert taken[-1] <= 21.2


@given(some.floats(0, 1e6), some.one_of(some.none(), some.floats(0, 1)), some.lists(some.floats(0.1, 1e5), max_size=9))
def test_a_look_always_comes(elapsed: float, progress: float | None, past: list[float]) -> None:
    """Never at once, never in an hour when runs take minutes."""
    known = took(*past)
    wait = next_look(timedelta(seconds=elapsed), progress, known)

    longest = max(LONGEST, known.usual / 5) if known else LONGEST
    assert SHORTEST <= wait <= longest * 1.5


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

    found = ended_about(NOON, last_look, progress, NOON + timedelta(seconds=21), took(*past))

    assert (found - NOON).total_seconds() == pytest.approx(ended)
