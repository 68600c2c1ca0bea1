"""A worker renews the leases of the jobs in its hands, so that a dead worker's are noticed soon.

The numbers together keep the promise that the next step starts within 15 s: a lease of `HOLD` that was just renewed
runs out after 8 s, the reconciler looks every 2 s, and the rest is the new chain's way through the queue.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import structlog

from orchestrator.errors import QcjobsError
from orchestrator.ledger import Ledger

HOLD: Final = timedelta(seconds=8)
"""How long a job counts as looked after without another word from its worker."""

RENEW_EVERY: Final = timedelta(seconds=2)

log = structlog.get_logger(__name__)


Runs = Collection[tuple[str, int]]
"""Job ids and run numbers."""


class LeaseKeeper:
    """Knows which jobs this process works on, and keeps their leases alive by one thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._also: Callable[[], Runs] = frozenset
        self._held: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, also: Callable[[], Runs] = frozenset) -> None:
        """Begin to renew. `also`: what is in this process's hands without being worked on yet."""
        self._also = also
        self._thread = threading.Thread(target=self._renew_for_ever, name="lease-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop renewing; what is held runs out by itself."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    @contextmanager
    def holding(self, job_id: str, run: int) -> Iterator[None]:
        """The job is in our hands within this block."""
        with self._lock:
            self._held[(job_id, run)] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[(job_id, run)] -= 1
                self._held += Counter()  # drops what is held no more

    def renew(self) -> None:
        """Renew every lease once."""
        with self._lock:
            held = sorted({*self._held, *self._also()})
        if held:
            with self._ledger.writing(durable=False) as tables:
                tables.jobs.renew_leases(held, self._ledger.clock() + HOLD)

    def _renew_for_ever(self) -> None:
        pause: Callable[[float], bool] = self._stopped.wait
        while not pause(RENEW_EVERY.total_seconds()):
            try:
                self.renew()
            except QcjobsError as error:  # the ledger is away: the leases run out, and that is right
                log.warning("leases could not be renewed", error=str(error))
