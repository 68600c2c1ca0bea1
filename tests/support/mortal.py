"""A process that dies at a chosen point, without a process: it is told to die after the n-th of its effects.

An effect is what outlives its process: a committed transaction, a request that QuantConnect carried out, a handler that
was called. Between two effects a death cannot be told from one right after the first of them, so dying after each
effect once is dying everywhere. The dead do nothing more: whatever a `finally` still tries is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx

from orchestrator.ledger import Ledger, Tables
from orchestrator.ledger.clock import utc_now


class Died(BaseException):
    """As final as SIGKILL: no `except Exception` may hear of it."""


class Fate:
    """What a process has brought about, and the point at which it dies.

    A point is called `<step> <effect> <how often in this step>`, such as `create committed 2`.
    """

    def __init__(self, dies_at: str | None = None) -> None:
        self.dies_at = dies_at
        self.points: list[str] = []
        self.dead = False
        self.step = ""
        self._seen: Counter[str] = Counter()

    def check(self) -> None:
        """The dead do nothing."""
        if self.dead:
            raise Died

    def effect(self, name: str) -> None:
        """Something happened that outlives the process."""
        if self._counted(name) == self.dies_at:
            self.dead = True
            raise Died

    def leaves(self, name: str) -> bool:
        """A request is about to arrive; False: the process dies while it is under way."""
        if self._counted(name) == self.dies_at:
            self.dead = True
        return not self.dead

    def _counted(self, name: str) -> str:
        key = f"{self.step} {name}"
        self._seen[key] += 1
        point = f"{key} {self._seen[key]}"
        self.points.append(point)
        return point


class MovedClock:
    """The real time, and what a test has added to it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._ahead += by

    def reset(self) -> None:
        """Back to the real time."""
        self._ahead = timedelta()


class MortalLedger(Ledger):
    """A ledger in the hands of a process that may die."""

    def __init__(self, url: str, clock: MovedClock, fate: Fate) -> None:
        super().__init__(url, clock)
        self._fate = fate

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Tables]:
        """A transaction; its commit is an effect."""
        self._fate.check()
        with super().writing(durable=durable) as tables:
            yield tables
            self._fate.check()  # a dead process does not commit
        self._fate.effect("committed")

    @contextmanager
    def reading(self) -> Iterator[Tables]:
        """A view."""
        self._fate.check()
        with super().reading() as tables:
            yield tables


class MortalTransport(httpx.BaseTransport):
    """A network in the hands of a process that may die.

    Each request is two points: `<path> under way`, where it arrives late, when others have taken over and looked once,
    and `<path> answered`, where it has arrived and the answer was not heard.
    """

    def __init__(self, fate: Fate, heir_of: MortalTransport | None = None) -> None:
        self._fate = fate
        self._heir_of = heir_of
        self._network = httpx.HTTPTransport()
        self._late: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry it, as long as the process lives."""
        self._fate.check()
        path = request.url.path.removeprefix("/api/v2/")
        request.read()
        if not self._fate.leaves(f"{path} under way"):
            self._late.append(request)
            raise Died
        response = self._network.handle_request(request)
        response.read()
        if self._heir_of is not None:
            self._heir_of.arrive()
        self._fate.effect(f"{path} answered")
        return response

    def arrive(self) -> None:
        """What was under way arrives now."""
        while self._late:
            response = self._network.handle_request(self._late.pop())
            response.read()
            response.close()

    def close(self) -> None:
        """Close the connections."""
        self._network.close()
