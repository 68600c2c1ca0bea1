"""When occurrences come, also where clocks change, and what becomes of those that were missed."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.timetable import (
    GRACE,
    MOST_AT_ONCE,
    Cron,
    Due,
    Every,
    Misfire,
    Timetable,
    due,
    duration_text,
    next_occurrence,
    parse_duration,
)

NEW_YORK = "America/New_York"
ZONES = ("UTC", NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Beirut", "Africa/Cairo")
"""Changes of an hour and of half an hour, by night and at midnight, north and south."""

LONG = timedelta(days=31)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first(timetable: Timetable, count: int, after: str) -> list[str]:
    return [f"{occurrence:%Y-%m-%d %H:%M}" for occurrence in islice(timetable.after(at(after)), count)]


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_weekday_evening_in_new_york() -> None:
    """Friday, then Monday; the zone's own time, told in UTC."""
    assert first(Cron("30 22 * * 1-5", NEW_YORK), 2, "2026-01-16 12:00") == ["2026-01-17 03:30", "2026-01-20 03:30"]


def test_the_local_hour_stays_when_summer_begins() -> None:
    """15:55 is 15:55, winter or summer."""
    assert first(Cron("55 15 * * *", NEW_YORK), 2, "2026-03-07 12:00") == ["2026-03-07 20:55", "2026-03-08 19:55"]


def test_a_time_that_does_not_exist_comes_at_the_first_moment_after_the_gap() -> None:
    """In the night to 8 March there is no 02:30 in New York; 03:00 is 07:00 UTC."""
    timetable = Cron("30 2 * * *", NEW_YORK)
    assert first(timetable, 3, "2026-03-07 00:00") == ["2026-03-07 07:30", "2026-03-08 07:00", "2026-03-09 06:30"]


def test_several_times_of_the_gap_are_one_occurrence() -> None:
    """They would all be the same moment."""
    timetable = Cron("0,20,40 2 * * *", NEW_YORK)
    assert first(timetable, 2, "2026-03-08 06:00") == ["2026-03-08 07:00", "2026-03-09 06:00"]


@pytest.mark.parametrize("after", ["2026-11-01 05:00", "2026-11-01 05:29"])
def test_a_time_that_exists_twice_comes_the_first_time(after: str) -> None:
    """On 1 November 01:30 comes at 05:30 and at 06:30 UTC."""
    assert first(Cron("30 1 * * *", NEW_YORK), 2, after) == ["2026-11-01 05:30", "2026-11-02 06:30"]


@pytest.mark.parametrize("after", ["2026-11-01 05:30", "2026-11-01 05:45", "2026-11-01 06:10", "2026-11-01 06:45"])
def test_a_time_that_exists_twice_does_not_come_again(after: str) -> None:
    """Wherever in the two hours the search begins."""
    assert first(Cron("30 1 * * *", NEW_YORK), 1, after) == ["2026-11-02 06:30"]


def test_every_hour_means_every_real_hour() -> None:
    """Also the one that comes twice."""
    hours = ["2026-11-01 04:15", "2026-11-01 05:15", "2026-11-01 06:15", "2026-11-01 07:15"]
    assert first(Cron("15 * * * *", NEW_YORK), 4, "2026-11-01 04:00") == hours


def test_an_interval_is_counted_from_midnight_utc() -> None:
    """So every process means the same moments, whenever it was started."""
    assert first(Every(timedelta(hours=6)), 2, "2026-03-01 07:12") == ["2026-03-01 12:00", "2026-03-01 18:00"]


def test_an_occurrence_is_not_after_itself() -> None:
    """What is handled until an occurrence includes it."""
    assert first(Every(timedelta(hours=6)), 1, "2026-03-01 12:00") == ["2026-03-01 18:00"]
    assert first(Cron("0 12 * * *", "UTC"), 1, "2026-03-01 12:00") == ["2026-03-02 12:00"]


@given(
    minute=st.sampled_from(["0", "30", "*/20", "15,45"]),
    hour=st.sampled_from(["*", "0", "1", "2", "3", "1-3", "*/2"]),
    zone=st.sampled_from(ZONES),
    start=st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda later: at("2025-01-01") + later),
)
def test_occurrences_follow_each_other_wherever_the_search_begins(
    minute: str, hour: str, zone: str, start: datetime
) -> None:
    """Each look begins where the last one ended; nothing may get lost or come twice between two looks."""
    timetable = Cron(f"{minute} {hour} * * *", zone)
    row = list(islice(timetable.after(start), 60))
    assert all(earlier < later for earlier, later in pairwise([start, *row]))
    for earlier, later in pairwise(row):
        assert next_occurrence(timetable, earlier) == later
        assert next_occurrence(timetable, later - timedelta(seconds=1)) == later


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("* * * *", "five fields"),
        ("0 0 12 * * *", "five fields"),
        ("@daily", "five fields"),
        ("61 * * * *", "bad minute"),
        ("a b c d e", "bad"),
        ("0 0 31 2 *", "bad day-of-month"),
    ],
)
def test_an_expression_that_never_comes_or_cannot_be_read_is_refused(expression: str, says: str) -> None:
    """When the configuration is read, not in the night when nothing happens."""
    with pytest.raises(ValueError, match=says):
        Cron(expression, "UTC")


# ── durations ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("6h", 21_600), ("2d", 172_800), ("1h30m", 5_400), ("90m", 5_400)]
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: int) -> None:
    """As people write it."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("wrong", ["", "30", 30, "30 s", "s", "-1h", "1.5h", "30m1h", None, True])
def test_anything_else_is_no_duration(wrong: object) -> None:
    """Thirty of what?"""
    with pytest.raises(ValueError, match="number with a unit"):
        parse_duration(wrong)


@given(
    st.timedeltas(timedelta(seconds=1), timedelta(days=400)).map(lambda d: timedelta(seconds=int(d.total_seconds())))
)
def test_a_duration_is_written_as_it_is_read(duration: timedelta) -> None:
    """What `schedules list` says can be copied into the configuration."""
    assert parse_duration(duration_text(duration)) == duration


# ── what is due ───────────────────────────────────────────────────────────────────────────────────────────────────────

HOURLY = Every(timedelta(hours=1))
NOON = at("2026-03-01 12:00")


def look(misfire: Misfire, *, last: datetime, now: datetime, window: timedelta = timedelta(hours=12)) -> Due | None:
    return due(HOURLY, misfire, window, last, now)


def hours(*numbers: int) -> tuple[datetime, ...]:
    return tuple(NOON + timedelta(hours=number) for number in numbers)


@pytest.mark.parametrize("misfire", Misfire)
def test_before_its_time_nothing_is_due(misfire: Misfire) -> None:
    """Not a second early."""
    assert look(misfire, last=NOON, now=NOON + timedelta(minutes=59, seconds=59)) is None


@pytest.mark.parametrize("misfire", Misfire)
@pytest.mark.parametrize("late", [timedelta(0), GRACE])
def test_on_time_or_a_little_late_it_is_run(misfire: Misfire, late: timedelta) -> None:
    """A worker that restarts has missed nothing."""
    (one,) = hours(1)
    assert look(misfire, last=NOON, now=one + late) == Due((one,), one, None)


@pytest.mark.parametrize(
    ("misfire", "run"), [(Misfire.SKIP, ()), (Misfire.ONCE, hours(3)), (Misfire.ALL, hours(1, 2, 3))]
)
def test_what_was_missed_is_let_go_or_made_up_for(misfire: Misfire, run: tuple[datetime, ...]) -> None:
    """Three hours of darkness, and five minutes."""
    now = NOON + timedelta(hours=3, minutes=5)
    assert look(misfire, last=NOON, now=now) == Due(run, *hours(3, 1))


@pytest.mark.parametrize(
    ("misfire", "run"), [(Misfire.SKIP, hours(3)), (Misfire.ONCE, hours(3)), (Misfire.ALL, hours(1, 2, 3))]
)
def test_one_that_is_on_time_is_run_even_if_others_were_missed(misfire: Misfire, run: tuple[datetime, ...]) -> None:
    """Under `once` it is the one run for all of them."""
    now = NOON + timedelta(hours=3, seconds=30)
    assert look(misfire, last=NOON, now=now) == Due(run, *hours(3, 1))


def test_what_was_missed_before_the_window_is_let_go() -> None:
    """A report of last week is not wanted this week."""
    now = NOON + timedelta(hours=30, minutes=30)
    assert look(Misfire.ALL, last=NOON, now=now, window=timedelta(hours=2)) == Due(hours(29, 30), *hours(30, 1))


def test_when_all_was_missed_before_the_window_it_is_told_all_the_same() -> None:
    """A stop before the weekend that did not happen is news, even on Monday."""
    weekly, monday = Cron("55 15 * * 5", NEW_YORK), at("2026-03-09 13:00")
    friday = at("2026-03-06 20:55")

    come = due(weekly, Misfire.ONCE, timedelta(hours=12), at("2026-03-01 00:00"), monday)

    assert come is not None
    assert (come.occurrences, come.missed_since) == ((), friday)
    assert friday < come.handled_until < monday
    assert due(weekly, Misfire.ONCE, timedelta(hours=12), come.handled_until, monday) is None


def test_no_outage_makes_up_for_more_than_a_hundred() -> None:
    """A month without workers must not bury the first day with them."""
    come = due(Every(timedelta(minutes=1)), Misfire.ALL, LONG, NOON - LONG, NOON)

    assert come is not None
    assert len(come.occurrences) == MOST_AT_ONCE
    assert come.occurrences[-1] == come.handled_until == NOON


LOOKS = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(hours=9)), min_size=1, max_size=12)
TIMETABLES = st.one_of(
    st.sampled_from(
        [Cron("30 2 * * *", NEW_YORK), Cron("*/30 * * * *", NEW_YORK), Cron("0 1,2 * * *", "Europe/Berlin")]
    ),
    st.integers(10, 400).map(lambda minutes: Every(timedelta(minutes=minutes))),
)


@given(
    timetable=TIMETABLES,
    misfire=st.sampled_from(Misfire),
    start=st.sampled_from([at("2026-03-08 04:00"), at("2026-10-24 23:00"), at("2026-11-01 03:30")]),
    pauses=LOOKS,
)
def test_however_often_somebody_looks_each_occurrence_is_run_at_most_once(
    timetable: Timetable, misfire: Misfire, start: datetime, pauses: list[timedelta]
) -> None:
    """Under `all` exactly once, on time or late."""
    now = handled = start
    run: list[datetime] = []
    for pause in pauses:
        now += pause
        come = due(timetable, misfire, LONG, handled, now)
        if come is not None:
            assert handled < come.handled_until <= now
            run += come.occurrences
            handled = come.handled_until
    assert run == sorted(set(run))
    every = []
    for occurrence in timetable.after(start):
        if occurrence > now:
            break
        every.append(occurrence)
    assert set(run) <= set(every)
    if misfire is Misfire.ALL:
        assert run == every
    if misfire is Misfire.ONCE and every:
        assert run[-1] == every[-1]
