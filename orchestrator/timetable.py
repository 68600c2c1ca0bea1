"""When a schedule's time comes, and what to do about times that were missed. Pure: the clock is an argument.

Cron expressions are read by `cronsim`: small, typed, kept for a service that lives on cron (Healthchecks), and true to
Debian's cron where clocks change. A fixed time that does not exist (02:30 in the night to summer time) comes at the
first moment after the gap; one that exists twice comes the first time only. `*` in the hours means every real hour.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

GRACE: Final = timedelta(seconds=60)
"""So late an occurrence still counts as on time: a worker that restarts has missed nothing."""

MOST_AT_ONCE: Final = 100
"""So many missed occurrences at most are made up for, the latest ones."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION: Final = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")


class Misfire(StrEnum):
    """What becomes of occurrences that were missed while nothing ran."""

    SKIP = "skip"  #: nothing
    ONCE = "once"  #: one run for all of them
    ALL = "all"  #: a run for each


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, in a time zone."""

    expression: str
    timezone: str

    def __post_init__(self) -> None:
        """Refuse what cannot be read, or never comes."""
        if len(self.expression.split()) != 5:
            raise ValueError("it needs five fields: minute, hour, day of month, month, day of week")
        try:
            if next(self.after(datetime.now(UTC)), None) is None:
                raise ValueError("it never comes")
        except CronSimError as error:
            raise ValueError(f"it is no cron expression ({str(error).lower()})") from None

    def __str__(self) -> str:
        return f"{self.expression} {self.timezone}"

    @property
    def in_words(self) -> str:
        """For people."""
        return f"{CronSim(self.expression, _EPOCH).explain()} ({self.timezone})"

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every occurrence later than `moment`, in UTC."""
        for local in CronSim(self.expression, moment.astimezone(ZoneInfo(self.timezone))):
            occurrence = local.astimezone(UTC)
            if occurrence > moment:  # in the second passage of an hour, cronsim begins with a time of the first
                yield occurrence


@dataclass(frozen=True, slots=True)
class Every:
    """An interval, counted from midnight UTC of 1970-01-01, so that all processes mean the same moments."""

    interval: timedelta

    def __str__(self) -> str:
        return f"every {duration_text(self.interval)}"

    @property
    def in_words(self) -> str:
        """For people."""
        return str(self)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every occurrence later than `moment`, in UTC."""
        number = (moment - _EPOCH) // self.interval
        while True:
            number += 1
            yield _EPOCH + number * self.interval


Timetable = Cron | Every


@dataclass(frozen=True, slots=True)
class Due:
    """What a look at the clock came to."""

    occurrences: tuple[datetime, ...]  #: each is to be run, in their order
    handled_until: datetime  #: nothing up to here needs another look
    missed_since: datetime | None  #: the first that was missed; None: none was


def due(
    timetable: Timetable, misfire: Misfire, window: timedelta, handled_until: datetime, now: datetime
) -> Due | None:
    """What is to be run now; None: nothing has come since the last look.

    Args:
        timetable: When occurrences come.
        misfire: What to do about those that come to light later than `GRACE`.
        window: What was missed longer ago than this is not made up for.
        handled_until: Occurrences up to here are done with.
        now: The time.
    """
    first = next(timetable.after(handled_until), None)
    if first is None or first > now:
        return None
    horizon = max(handled_until, now - max(window, GRACE))
    pending = deque(takewhile(lambda occurrence: occurrence <= now, timetable.after(horizon)), MOST_AT_ONCE)
    until = pending[-1] if pending else horizon
    if first >= now - GRACE:
        return Due(tuple(pending), until, None)
    match misfire:
        case Misfire.SKIP:
            wanted = [occurrence for occurrence in pending if occurrence >= now - GRACE]
        case Misfire.ONCE:
            wanted = list(pending)[-1:]
        case Misfire.ALL:
            wanted = list(pending)
    return Due(tuple(wanted), until, first)


def next_occurrence(timetable: Timetable, now: datetime) -> datetime | None:
    """The first occurrence after now, in UTC."""
    return next(timetable.after(now), None)


def parse_duration(text: object) -> timedelta:
    """`90s`, `30m`, `6h`, `2d`, `1h30m`.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(text, timedelta):
        return text
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text else None
    if found is None:
        raise ValueError("it is a number with a unit, such as 30s, 15m, 6h, 2d or 1h30m")
    numbers = zip(_UNITS.values(), found.groups(default="0"), strict=True)
    return timedelta(**{unit: int(number) for unit, number in numbers})


def duration_text(duration: timedelta) -> str:
    """As `parse_duration` reads it."""
    seconds = round(duration.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
