"""Who is told what happens: callbacks by event, plain or async.

A callback that fails is logged and harms neither the work nor the other callbacks. Knows nothing of the API.
"""

import inspect
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

Callback = Callable[[Any], Any]

log: Final = logging.getLogger(__name__)


class Events:
    """Callbacks in the order in which they were registered."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """`names` are the events that there are."""
        self._names = names
        self._callbacks: defaultdict[str, list[Callback]] = defaultdict(list)

    def on(self, event: str, callback: Callback) -> None:
        """Call it with what happened, whenever that happens. What it returns is awaited if it can be.

        Raises:
            ValueError: There is no such event.
        """
        self._check(event)
        self._callbacks[event].append(callback)

    def off(self, event: str, callback: Callback) -> None:
        """Call it no more. A callback that is not registered is no error.

        Raises:
            ValueError: There is no such event.
        """
        self._check(event)
        if callback in self._callbacks[event]:
            self._callbacks[event].remove(callback)

    async def tell(self, event: str, fact: object) -> None:
        """Call them one after the other."""
        for callback in tuple(self._callbacks[event]):
            try:
                outcome = callback(fact)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:  # whatever a stranger's code does, the work goes on
                log.exception("A callback for %s failed.", event)

    def _check(self, event: str) -> None:
        if event not in self._names:
            raise ValueError(f"There is no event {event!r}: one of {', '.join(self._names)}.")
