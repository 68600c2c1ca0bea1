"""Waiting that ends. The clock and the sleep are handed in, so that tests wait for nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[object]]

#: How long something new may be missing from lists and reads. (Inferred; the service says nothing about it.)
LISTS_LAG: Final = timedelta(seconds=10)


class Patience:
    """How long one piece of work may take, from now on."""

    def __init__(self, limit: timedelta, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        """`clock` gives seconds from any start."""
        self.limit = limit
        self._clock = clock
        self._sleep = sleep
        self._begin = clock()

    @property
    def elapsed(self) -> timedelta:
        """Since the work began."""
        return timedelta(seconds=self._clock() - self._begin)

    @property
    def left(self) -> timedelta:
        """Until it must have ended; negative afterwards."""
        return self.limit - self.elapsed

    def anew(self, limit: timedelta) -> "Patience":
        """For a part of the work that begins now: so much, but never longer than the whole."""
        return Patience(min(limit, self.left), self._clock, self._sleep)

    def apart(self, limit: timedelta) -> "Patience":
        """For what must not be cut short, whatever is left of the whole."""
        return Patience(limit, self._clock, self._sleep)

    async def wait(self, pause: timedelta) -> bool:
        """Wait so long, or until the end.

        Returns:
            False, and at once, when the end has been reached.
        """
        if self.left <= timedelta(0):
            return False
        await self._sleep(min(pause, self.left).total_seconds())
        return True
