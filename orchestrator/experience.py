"""How long backtests of the same code took lately. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

ALIKE: Final = 0.1
"""Durations that differ by no more than this share of the usual one are as good as equal."""

LATEST: Final = 9
"""So many of the latest are asked how long such ones take."""

NEAR_ITS_END: Final = 0.75
"""Of its duration: from here on the progress tells the end well; before, it takes time in the queue for work."""


def was_observed(created: datetime, seen_running: datetime | None, duration: timedelta) -> bool:
    """Whether the end of a backtest is known by a look shortly before it, and not only guessed."""
    return seen_running is not None and seen_running - created >= NEAR_ITS_END * duration


@dataclass(frozen=True, slots=True)
class Experience:
    """How long the latest backtests of one code kept their nodes."""

    durations: tuple[timedelta, ...]  #: the shortest first, one at least
    observed: bool  #: shortly before their ends; otherwise they are guesses

    @classmethod
    def of(cls, *durations: timedelta, observed: bool = True) -> Self:
        """These durations, in any order."""
        return cls(tuple(sorted(durations)), observed)

    @property
    def shortest(self) -> timedelta:
        """The shortest of them."""
        return self.durations[0]

    @property
    def usual(self) -> timedelta:
        """The median, which is what is expected of the next."""
        return self.durations[len(self.durations) // 2]

    @property
    def steady(self) -> bool:
        """Whether the next can be expected to take as long."""
        return len(self.durations) > 1 and self.durations[-1] - self.shortest <= ALIKE * self.usual
