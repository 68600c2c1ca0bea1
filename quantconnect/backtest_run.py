"""One backtest from its creation to its last reading.

`backtests/create` is not idempotent and occupies a node. After any doubt whether a request was carried out, the
project's list is looked through for the effect before anything is asked again.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.builds import compiled
from quantconnect.errors import (
    BacktestFailed,
    BuildCacheMiss,
    CompileNotFound,
    NoSpareNodes,
    NotFound,
    QuantConnectError,
    RateLimitExceeded,
    ServerError,
    StillRunning,
    TransportError,
    UnexpectedResponse,
)
from quantconnect.models.backtests import Backtest
from quantconnect.models.base import Scalar, spelled
from quantconnect.models.ids import BacktestId, CompileId, ProjectId
from quantconnect.patience import LISTS_LAG, Patience
from quantconnect.polling import LONGEST, next_poll
from quantconnect.results import Finality, verdict

log: Final = logging.getLogger(__name__)

#: The platform ends a backtest after twelve hours (QuantConnect documentation, backtesting nodes).
LONGEST_BACKTEST: Final = timedelta(hours=12)
#: Between two attempts to get a node. A node stays busy for seconds after its backtest ended (community reports).
FOR_A_NODE: Final = timedelta(seconds=15)
#: Until a compile is visible to `backtests/create` after it succeeded (community reports: a few seconds).
FOR_A_COMPILE: Final = timedelta(seconds=3)
#: How often a request whose answer was lost is asked again after nothing was found of it.
ASKED_AGAIN: Final = 1

Progress = Callable[[Backtest], Awaitable[None]]


@dataclass(slots=True)
class BacktestRun:
    """What one run is about."""

    client: AsyncQuantConnectClient
    project_id: ProjectId
    name: str
    parameters: Mapping[str, Scalar] | None
    patience: Patience
    settles: timedelta  #: after which a request that got no answer can no longer be under way

    async def create(self, compile_id: CompileId) -> Backtest:
        """Start it, exactly once. Waits for a node, and as long as the API wants silence.

        Nobody else should start a backtest of the same name and parameters in this project at the same moment: after a
        lost answer it could not be told apart from ours.

        Raises:
            StillRunning: There was no node in time; nothing was started.
            QuantConnectError: Refused, or nobody can tell whether it was started.
        """
        before = await self._present()
        recompiled = False
        doubts = 0
        while True:
            try:
                return await self.client.backtests.create(self.project_id, compile_id, self.name, self.parameters)
            except (NoSpareNodes, RateLimitExceeded) as error:
                silence = error.silence if isinstance(error, RateLimitExceeded) else FOR_A_NODE
                if not await self.patience.wait(silence):
                    raise StillRunning(f"The backtest could not be started in time: {error.message}") from error
            except (CompileNotFound, BuildCacheMiss):
                if recompiled or not await self.patience.wait(FOR_A_COMPILE):
                    raise
                recompiled = True
                compile_id = await compiled(self.client, self.project_id, self.patience)
            except QuantConnectError as error:
                if not error.maybe_carried_out:
                    raise
                found = await self._look_for(before)
                if found is not None:
                    return await self.client.backtests.read(self.project_id, found)
                doubts += 1
                if doubts > ASKED_AGAIN:
                    raise

    async def finish(self, backtest: Backtest, progress: Progress) -> Backtest:
        """Read it until its numbers are final. `progress` is told whenever it got further.

        Raises:
            BacktestFailed: The algorithm broke.
            StillRunning: It did not end in time.
        """
        ended_at: timedelta | None = None
        seen = (backtest.progress, backtest.status)
        begin = self.patience.elapsed
        pause = next_poll(timedelta(0), backtest.progress)
        while True:
            if not await self.patience.wait(pause):
                raise StillRunning(endpoint="backtests/read", id=backtest.backtest_id)
            age = self.patience.elapsed - begin
            read, pause = await self._read(backtest, age)
            if read is None:
                continue
            backtest = read
            if (backtest.progress, backtest.status) != seen:
                seen = (backtest.progress, backtest.status)
                await progress(backtest)
            if backtest.failed:
                raise _failure(backtest)
            finality = verdict(backtest, None if ended_at is None else age - ended_at)
            if finality in {Finality.FINAL, Finality.FINAL_WITHOUT_STATISTICS}:
                return backtest
            if backtest.ended and ended_at is None:
                ended_at = age

    async def _read(self, backtest: Backtest, age: timedelta) -> tuple[Backtest | None, timedelta]:
        """The backtest as it is now, or None when nobody can say; and when to look again.

        A long run must not be lost to an outage that began and ends while it runs.
        """
        try:
            read = await self.client.backtests.read(self.project_id, backtest.backtest_id)
        except NotFound:
            if age > LISTS_LAG:
                raise
            return None, next_poll(age, None)
        except RateLimitExceeded as error:
            return None, error.silence
        except (TransportError, ServerError, UnexpectedResponse) as error:
            log.warning("Backtest %s could not be read: %s", backtest.backtest_id, error)
            return None, LONGEST
        return read, next_poll(age, None if read.ended else read.progress)

    async def _present(self) -> frozenset[BacktestId]:
        return frozenset(summary.backtest_id for summary in await self.client.backtests.list(self.project_id))

    async def _look_for(self, before: frozenset[BacktestId]) -> BacktestId | None:
        """The backtest that the request without an answer made; None when it is certain that there is none."""
        patience = self.patience.apart(self.settles)
        while True:
            candidates = [
                summary
                for summary in await self.client.backtests.list(self.project_id)
                if summary.name == self.name
                and summary.backtest_id not in before
                and (not self.parameters or _same(self.parameters, summary.parameter_set))
            ]
            if candidates:
                return max(candidates, key=lambda summary: summary.created or _LONG_AGO).backtest_id
            if not await patience.wait(timedelta(seconds=3)):
                return None


_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def _same(ours: Mapping[str, Scalar], theirs: Mapping[str, str]) -> bool:
    """Values come back as sent, or as text (official tests)."""
    return {name: spelled(value) for name, value in ours.items()} == dict(theirs)


def _failure(backtest: Backtest) -> BacktestFailed:
    told = (backtest.error or "").strip()
    reason = told or (backtest.stacktrace or "").strip() or "it does not say why"
    return BacktestFailed(
        f"The algorithm of backtest {backtest.name or backtest.backtest_id} broke: {reason[:500]}",
        backtest_id=backtest.backtest_id,
        error=told,
        stacktrace=(backtest.stacktrace or "").strip(),
    )
