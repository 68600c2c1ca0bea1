"""When to look again: soon after the end, and seldom before."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from quantconnect import next_poll

seconds = st.floats(0, 100_000)


def look(run: float, *, progress: bool, expected: float | None) -> tuple[int, float]:
    """Watch a backtest of `run` seconds: how many looks, and how many seconds after the end the last one came."""
    now, looks = 0.0, 0
    while True:
        looks += 1
        if now >= run:
            return looks, now - run
        told = now / run if progress else None
        hope = None if expected is None else timedelta(seconds=expected)
        now += next_poll(timedelta(seconds=now), told, hope).total_seconds()


@settings(deadline=None)  # a busy machine is no failure
@given(elapsed=st.floats(-10, 1e6), progress=st.none() | st.floats(-1, 2), expected=st.none() | seconds)
def test_a_wait_is_from_one_to_thirty_seconds(elapsed: float, progress: float | None, expected: float | None) -> None:
    """Whatever the API tells."""
    hope = None if expected is None else timedelta(seconds=expected)
    wait = next_poll(timedelta(seconds=elapsed), progress, hope)
    assert timedelta(seconds=1) <= wait <= timedelta(seconds=30)


@settings(deadline=None)  # a busy machine is no failure
@given(run=st.floats(1, 5000))
def test_without_any_hint_the_end_is_noticed_at_most_ten_percent_late(run: float) -> None:
    """A second is nothing, thirty are the most."""
    _, late = look(run, progress=False, expected=None)
    assert late <= max(1.0, min(0.1 * run, 30.0)) + 1e-3


@settings(deadline=None)  # a busy machine is no failure
@given(run=st.floats(1, 5000))
def test_with_progress_or_experience_the_end_is_noticed_at_most_five_percent_late(run: float) -> None:
    """The better the estimate, the nearer the last look."""
    for progress, expected in ((True, None), (False, run), (True, run)):
        _, late = look(run, progress=progress, expected=expected)
        assert late <= max(1.0, 0.1 * run if expected is None else 0.05 * run) + 1e-3


@settings(deadline=None)  # a busy machine is no failure
@given(run=st.floats(20, 300))
def test_experience_saves_looks(run: float) -> None:
    """Requests are the scarce good."""
    assert look(run, progress=True, expected=run)[0] <= look(run, progress=False, expected=None)[0]


def test_a_minute_takes_few_looks() -> None:
    """Few enough for the request economy of a sweep."""
    assert look(60, progress=True, expected=60)[0] <= 5
    assert look(60, progress=True, expected=None)[0] <= 16


def test_an_overdue_backtest_is_looked_at_less_and_less_often() -> None:
    """A stalled one holds no worker and costs few requests."""
    waits = [next_poll(timedelta(seconds=t), 0.97, timedelta(seconds=60)) for t in (70, 200, 400, 3600)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(seconds=30)


@settings(deadline=None)  # a busy machine is no failure
@given(elapsed=seconds, early=st.floats(0.06, 0.94))
def test_more_progress_never_means_a_longer_wait(elapsed: float, early: float) -> None:
    """Nearer to the end, nearer looks."""
    here = timedelta(seconds=elapsed)
    assert next_poll(here, early + 0.05) <= next_poll(here, early)
