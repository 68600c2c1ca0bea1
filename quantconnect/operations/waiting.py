"""Asking again until something is ready, with a deadline.

QuantConnect loads orders, charts and insights on demand (`status: "loading"`), and makes reports and zips in the
background. Sources: the MCP server asks for charts every 5 s for 2 min; LEAN asks for a report every 10 s for 1 min;
the LEAN CLI asks for a zip every 3 s for 5 min; a community report saw orders take 50 s.
"""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any, Final, TypeVar

from quantconnect.errors import StillLoading
from quantconnect.operations.base import Call, Elapsed, Pause

R = TypeVar("R")

#: How long the helpers wait unless told otherwise.
PATIENCE: Final = timedelta(minutes=2)

_FIRST, _LONGEST = 1.0, 10.0  # seconds between two looks


def until_ready(ask: Call[R], patience: timedelta) -> Generator[Call[R] | Pause | Elapsed, Any, R]:
    """Ask until the answer is there. Looks soon at first, and every 10 s after a while.

    Raises:
        StillLoading: Not within `patience`.
    """
    wait = _FIRST
    began: float | None = None
    while True:
        try:
            return (yield from ask)
        except StillLoading:
            now: float = yield Elapsed()
            began = now if began is None else began
            left = patience.total_seconds() - (now - began)
            if left <= 0:
                raise
        # The last look is at the deadline, not before it.
        yield Pause(min(wait, left))
        wait = min(wait * 1.5, _LONGEST)


def once_loaded(result: Callable[[Any], R], endpoint: str) -> Callable[[Any], R]:
    """For replies with `status` and `progress`: the result, unless they say that it is being loaded.

    Raises:
        StillLoading: They do.
    """

    def loaded(reply: Any) -> R:
        if (reply.status or "").strip().lower() == "loading":
            raise StillLoading(endpoint=endpoint, progress=reply.progress)
        return result(reply)

    return loaded
