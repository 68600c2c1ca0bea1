"""Walk-forward windows: a stretch to choose parameters on, and the stretch after it to see what they are worth. Pure.

    |--- train ---|- test -|
             |--- train ---|- test -|          each `step` later

Every point of a plan is run on both stretches of each window; the strategy reads them from two parameters,
`start_date` and `end_date` by default, written as 2015-01-31.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from orchestrator.errors import BadPlan

TRAIN: Final = "train"
TEST: Final = "test"
MOST_WINDOWS: Final = 1000

_LENGTH: Final = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")
_KEYS: Final = frozenset({"start", "end", "train", "test", "step", "parameters", "anchored"})


@dataclass(frozen=True, slots=True)
class Length:
    """A number of calendar months, or of days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """The day so much later; the last of a month where that month is shorter."""
        month = day.month - 1 + self.months
        year, month = day.year + month // 12, month % 12 + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(day.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of one backtest, both counted in."""

    window: int  #: counted from 1
    part: str  #: `train` or `test`
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WalkForward:
    """How a span of time is cut into windows."""

    start: date
    end: date
    train: Length
    test: Length
    step: Length
    anchored: bool = False  #: every window trains from the very start
    start_parameter: str = "start_date"
    end_parameter: str = "end_date"

    def stretches(self) -> Iterator[Stretch]:
        """Both stretches of each window that fits before the end.

        Raises:
            BadPlan: None fits, or there would be too many.
        """
        first, window = self.start, 0
        while True:
            split = self.train.after(first)
            end = self.test.after(split)
            if end - timedelta(days=1) > self.end:
                break
            window += 1
            if window > MOST_WINDOWS:
                raise BadPlan(f"More than {MOST_WINDOWS} walk-forward windows: choose a longer step.")
            yield Stretch(window, TRAIN, self.start if self.anchored else first, split - timedelta(days=1))
            yield Stretch(window, TEST, split, end - timedelta(days=1))
            first = self.step.after(first)
        if not window:
            raise BadPlan(f"No walk-forward window fits between {self.start} and {self.end}.")


def read_walk_forward(said: object) -> WalkForward:
    """The windows of a plan.

    Raises:
        BadPlan: A key is unknown or missing, a date or a length cannot be understood.
    """
    if not isinstance(said, Mapping):
        raise BadPlan("walk_forward is a map: start, end, train, test and perhaps step.")
    if unknown := sorted(set(map(str, said)) - _KEYS):
        raise BadPlan(f"walk_forward knows no {unknown[0]!r}; it knows {', '.join(sorted(_KEYS))}.")
    if missing := [key for key in ("start", "end", "train", "test") if said.get(key) is None]:
        raise BadPlan(f"walk_forward needs {missing[0]!r}.")
    names = said.get("parameters") or ["start_date", "end_date"]
    if not (isinstance(names, list) and len(names) == 2 and all(isinstance(name, str) and name for name in names)):
        raise BadPlan("walk_forward.parameters are two names, such as [start_date, end_date].")
    test = _length("test", said["test"])
    return WalkForward(
        start=_day("start", said["start"]),
        end=_day("end", said["end"]),
        train=_length("train", said["train"]),
        test=test,
        step=test if said.get("step") is None else _length("step", said["step"]),
        anchored=bool(said.get("anchored", False)),
        start_parameter=names[0],
        end_parameter=names[1],
    )


def _day(key: str, said: Any) -> date:
    if type(said) is date:
        return said
    try:
        return date.fromisoformat(str(said))
    except ValueError as error:
        raise BadPlan(f"walk_forward.{key}: {said!r} is no date such as 2015-01-31.") from error


def _length(key: str, said: Any) -> Length:
    found = _LENGTH.fullmatch(str(said).strip().lower())
    if found is None or int(found[1]) == 0:
        raise BadPlan(f"walk_forward.{key}: {said!r} is no length such as '6 months' or '90 days'.")
    count = int(found[1])
    match found[2]:
        case "day":
            return Length(days=count)
        case "week":
            return Length(days=7 * count)
        case "year":
            return Length(months=12 * count)
    return Length(months=count)
