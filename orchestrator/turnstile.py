"""So many calls of one handler at once, in one process; a handler that hangs holds no more threads than these.

A caller waits a moment for its turn. Once that was in vain, those behind it are sent away at once, until somebody comes
out again: a hundred callers that each wait a second would hold every thread as well.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """`with turnstile.passing(name) as entered: if entered: …`."""

    def __init__(self, at_once: int, patience: float) -> None:
        """`patience` is in seconds."""
        self._at_once = at_once
        self._patience = patience
        self._inside: Counter[str] = Counter()
        self._stuck: set[str] = set()
        self._moved = threading.Condition()

    @contextmanager
    def passing(self, name: str) -> Iterator[bool]:
        """Within the block the caller is inside; False: there was no room."""
        entered = self._enter(name)
        try:
            yield entered
        finally:
            if entered:
                self._leave(name)

    def _enter(self, name: str) -> bool:
        with self._moved:
            if not self._has_room(name):
                if name in self._stuck:
                    return False
                if not self._moved.wait_for(lambda: self._has_room(name), self._patience):
                    self._stuck.add(name)
                    return False
            self._inside[name] += 1
            return True

    def _leave(self, name: str) -> None:
        with self._moved:
            self._inside[name] -= 1
            self._stuck.discard(name)
            self._moved.notify_all()

    def _has_room(self, name: str) -> bool:
        return self._inside[name] < self._at_once
