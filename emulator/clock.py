"""Two kinds of time: what the calendar says, and how far the emulated world has moved.

Dates in replies (`created`, `modified`, the server time) follow the calendar, because clients compare them with
their own clock. Durations (a compile, a backtest) follow emulated time, which may run faster.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """A calendar and a stopwatch that runs `speed` times as fast as real time."""

    def __init__(
        self,
        speed: float = 1.0,
        *,
        calendar: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speed = speed
        self._calendar = calendar
        self._stopwatch = stopwatch
        self._started = stopwatch()

    def now(self) -> float:
        """Emulated seconds since this clock was made."""
        return (self._stopwatch() - self._started) * self._speed

    def unix(self) -> int:
        """Calendar time in whole seconds since 1970."""
        return int(self._calendar())

    def moment(self) -> datetime:
        """Calendar time, UTC."""
        return datetime.fromtimestamp(self._calendar(), UTC)

    def text(self) -> str:
        """Calendar time as most replies spell it: UTC, no zone.

        Source: LEAN's API tests parse "YYYY-MM-DD HH:MM:SS" in projects, files, backtests and nodes.
        """
        return self.moment().strftime("%Y-%m-%d %H:%M:%S")
