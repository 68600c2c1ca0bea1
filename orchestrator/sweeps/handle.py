"""The handle of a sweep: a program's view of it. Reading costs no request; the sweep outlives the handle."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from orchestrator.errors import CredentialsRefused, NotFinished
from orchestrator.jobs import Job, Result
from orchestrator.ledger import Ledger
from orchestrator.settings import Settings
from orchestrator.submission import JobHandle, fingerprint_of
from orchestrator.sweeps import control
from orchestrator.sweeps.sweep import Standing, Sweep

LOOK_EVERY: Final = 0.5  # seconds


class SweepHandle:
    """A sweep in the ledger."""

    def __init__(self, ledger: Ledger, sweep_id: str, settings: Settings) -> None:
        self.id = sweep_id
        self.ledger = ledger
        self._settings = settings

    def __repr__(self) -> str:
        return f"SweepHandle({self.id!r})"

    @property
    def sweep(self) -> Sweep:
        """The sweep as it is now."""
        with self.ledger.reading() as tables:
            return tables.sweeps.get(self.id)

    @property
    def standing(self) -> Standing:
        """How many of its jobs are in each state."""
        with self.ledger.reading() as tables:
            return tables.sweeps.standings([self.id])[self.id]

    @property
    def jobs(self) -> list[JobHandle]:
        """A handle of each of its jobs, in the order of the plan."""
        fingerprint = fingerprint_of(self._settings)
        with self.ledger.reading() as tables:
            return [JobHandle(self.ledger, job.id, fingerprint) for job in tables.sweeps.jobs_of(self.id)]

    def results(self) -> list[tuple[Job, Result | None]]:
        """Every job with what its backtest said, in the order of the plan."""
        with self.ledger.reading() as tables:
            found = tables.sweeps.results_of(self.id)
            return [(job, found.get(job.id)) for job in tables.sweeps.jobs_of(self.id)]

    def best(self, number: str = "sharpe_ratio", *, lowest: bool = False) -> tuple[Job, Result] | None:
        """The job with the highest (or lowest) of one number of `Result.numbers`; None before there is one."""
        told = [
            (job, result, value)
            for job, result in self.results()
            if result is not None and isinstance(value := result.numbers.get(number), int | float)
        ]
        if not told:
            return None
        choose: Callable[..., Any] = min if lowest else max
        job, result, _ = choose(told, key=lambda entry: entry[2])
        return job, result

    def wait(
        self, timeout: timedelta | float | None = None, on_look: Callable[[Standing], None] | None = None
    ) -> Standing:
        """Wait until nothing of it is left to run.

        Args:
            timeout: Seconds, or a duration; None: for ever.
            on_look: Called with where it stands at each look.

        Raises:
            NotFinished: The time is over; the sweep goes on.
            CredentialsRefused: QuantConnect does not accept the credentials; the jobs are kept.
        """
        limit = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        until = None if limit is None else time.monotonic() + limit
        while True:
            standing = self.standing
            if on_look is not None:
                on_look(standing)
            if standing.has_ended:
                return standing
            self._raise_if_refused()
            if until is not None and time.monotonic() >= until:
                raise NotFinished(
                    f"Sweep {self.id}: {standing.ended} of {standing.total} have ended; it goes on in the background."
                )
            time.sleep(LOOK_EVERY)

    def pause(self) -> int:
        """Begin nothing more until it is resumed; backtests that run in the cloud run on."""
        return control.pause(self.ledger, self.id)

    def resume(self) -> int:
        """Go on."""
        return control.resume(self.ledger, self.id)

    def cancel(self) -> int:
        """Stop everything: queued jobs never start, running backtests are deleted in the cloud."""
        return control.cancel(self.ledger, self.id)

    def retry(self, *, cancelled: bool = False) -> int:
        """Begin again what failed, and with `cancelled` what was cancelled. Returns how many that is."""
        return len(control.retry(self.ledger, self.id, cancelled=cancelled))

    def rerun(self) -> SweepHandle:
        """The same code and points as another sweep."""
        return SweepHandle(self.ledger, control.rerun(self.ledger, self.id), self._settings)

    def extend(self, plan: Mapping[str, Any]) -> int:
        """Add the points of another plan that the sweep does not have. Returns how many are new."""
        return control.extend(self.ledger, self.id, plan, self._settings.sweeps.most_points)

    def _raise_if_refused(self) -> None:
        fingerprint = fingerprint_of(self._settings)
        if fingerprint is None:
            return
        with self.ledger.reading() as tables:
            because = tables.accounts.refused(self._settings.account, fingerprint)
        if because:
            raise CredentialsRefused(f"{because} Sweep {self.id} is kept, and goes on once the credentials are right.")
