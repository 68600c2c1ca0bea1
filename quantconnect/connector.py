"""The whole work in a few calls: push, compile, test, deploy, stop; and callbacks for what happens.

For one program with an event loop. It waits by itself, so it must live as long as the work; for work that must survive
the program, there are jobs.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

import httpx

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.backtest_run import LONGEST_BACKTEST, BacktestRun
from quantconnect.brokerages import settings_for
from quantconnect.builds import compiled, push
from quantconnect.deployments import AlgorithmDeployment
from quantconnect.endpoints.account import AUTHENTICATE
from quantconnect.errors import BacktestFailed, BuildFailed, QuantConnectError
from quantconnect.events import Callback, Events
from quantconnect.folders import read_folder
from quantconnect.limits import Limiter
from quantconnect.live_run import UNTIL_IT_RUNS, LiveRun, described
from quantconnect.models.backtests import Backtest
from quantconnect.models.base import NoFields, Scalar
from quantconnect.models.brokerages import BrokerageSettings
from quantconnect.models.ids import BacktestId, CompileId, NodeId, ProjectId
from quantconnect.patience import LISTS_LAG, Clock, Patience, Sleep
from quantconnect.results import BacktestResult
from quantconnect.retry import RetryPolicy

EVENTS: Final = (
    "backtest_progress",
    "backtest_complete",
    "backtest_failed",
    "deployed",
    "stopped",
    "liquidated",
    "error",
)


@dataclass(frozen=True, slots=True)
class BacktestProgress:
    """How far a backtest has come."""

    project_id: int
    backtest_id: str
    name: str
    status: str  #: the server's word
    progress: float | None  #: from 0 to 1


class QuantConnectConnector:
    """One account. Close it, or use it with `async with`.

    Callbacks get: `backtest_progress` a `BacktestProgress`, `backtest_complete` a `BacktestResult`, `backtest_failed` a
    `BacktestFailed` or `BuildFailed`, `deployed`, `stopped` and `liquidated` an `AlgorithmDeployment`, `error` any
    other `QuantConnectError`. Errors are raised as well.
    """

    def __init__(
        self,
        user_id: int | None = None,
        api_token: str | None = None,
        *,
        organization_id: str | None = None,
        base_url: str | None = None,
        timeout: float = 30.0,
        policy: RetryPolicy | None = None,
        limiter: Limiter | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """As `AsyncQuantConnectClient`; asks nothing yet. `clock` and `sleep` stand in for those of the event loop.

        Raises:
            MissingCredentials: Nothing is configured.
        """
        self.client = AsyncQuantConnectClient(
            user_id,
            api_token,
            organization_id=organization_id,
            base_url=base_url,
            timeout=timeout,
            policy=policy,
            limiter=limiter,
            transport=transport,
        )
        self._events = Events(EVENTS)
        self._clock = clock
        self._sleep = sleep
        # A request takes at most a connect and a read time-out, and lists lag.
        self._settles = 2 * timedelta(seconds=timeout) + LISTS_LAG

    async def connect(self) -> bool:
        """Check the credentials.

        Returns:
            True.

        Raises:
            AuthenticationError: They are not accepted; the message repeats the server's words.
        """
        async with self._telling():
            await self.client.ask(AUTHENTICATE, NoFields())
        return True

    def on(self, event: str, callback: Callback) -> None:
        """Call a function or coroutine function with what happens. One that fails is logged and harms nobody.

        Raises:
            ValueError: There is no such event; the message lists them.
        """
        self._events.on(event, callback)

    def off(self, event: str, callback: Callback) -> None:
        """Call it no more.

        Raises:
            ValueError: There is no such event.
        """
        self._events.off(event, callback)

    async def run_backtest(
        self,
        project_id: int,
        name: str,
        parameters: Mapping[str, Scalar] | None = None,
        files: Mapping[str, str] | str | Path | None = None,
        *,
        wait_for_completion: bool = True,
        timeout: float | None = None,
    ) -> BacktestResult:
        """Push the files, compile, and run a backtest. While all nodes are busy it waits for one.

        If this is cancelled or runs out of time, a backtest that was started goes on in the cloud.

        Args:
            project_id: Of a project that exists.
            name: Of the backtest; best one that nobody else uses in this project at the moment.
            parameters: For this run only; without any, those of the project apply.
            files: Content by name, or a folder. The project's other files stay as they are; without `files`, all do.
            wait_for_completion: False: return as soon as it is started, without numbers.
            timeout: Seconds for everything; twelve hours if not given, the longest that a backtest may take.

        Raises:
            BuildFailed: The project does not compile.
            BacktestFailed: The algorithm broke.
            StillRunning: It did not end in time.
            QuantConnectError: Anything else; if `maybe_carried_out`, a backtest of this name may run.
        """
        project = ProjectId(project_id)
        contents = await _contents(files)
        limit = LONGEST_BACKTEST if timeout is None else timedelta(seconds=timeout)
        patience = Patience(limit, self._clock, self._sleep)
        run = BacktestRun(self.client, project, name, parameters, patience, self._settles)

        async def progress(backtest: Backtest) -> None:
            told = BacktestProgress(
                project, backtest.backtest_id, backtest.name, backtest.status or "", backtest.progress
            )
            await self._events.tell("backtest_progress", told)

        async with self._telling(failures=(BacktestFailed, BuildFailed)):
            if contents is not None:
                await push(self.client, project, contents)
            backtest = await run.create(await compiled(self.client, project, patience))
            if not wait_for_completion:
                return BacktestResult.from_backtest(backtest)
            result = BacktestResult.from_backtest(await run.finish(backtest, progress))
        await self._events.tell("backtest_complete", result)
        return result

    async def get_backtest(self, project_id: int, backtest_id: str) -> BacktestResult:
        """A backtest as it is now.

        Raises:
            NotFound: There is none.
        """
        async with self._telling():
            read = await self.client.backtests.read(ProjectId(project_id), BacktestId(backtest_id))
        return BacktestResult.from_backtest(read)

    async def deploy_live(
        self,
        project_id: int,
        brokerage: str | BrokerageSettings,
        brokerage_config: Mapping[str, object] | None = None,
        *,
        node_id: str | None = None,
        compile_id: str | None = None,
        data_providers: Sequence[BrokerageSettings] = (),
        version_id: str = "-1",
        automatic_redeploy: bool = False,
        parameters: Mapping[str, Scalar] | None = None,
        timeout: float = UNTIL_IT_RUNS.total_seconds(),
    ) -> AlgorithmDeployment:
        """Compile, deploy, and read until it trades.

        Args:
            project_id: Of a project that does not trade yet.
            brokerage: And `brokerage_config`: see `settings_for`.
            brokerage_config: What is missing is looked for in the environment.
            node_id: A live node; any free one if not given.
            compile_id: Of a good compile; the project is compiled as it stands if not given.
            data_providers: In order of preference; QuantConnect's own data if none are given.
            version_id: Of LEAN; -1 is the newest.
            automatic_redeploy: Start again by itself after a crash.
            parameters: Instead of the project's.
            timeout: Seconds until it should trade. Afterwards it is returned as it is: it exists.

        Raises:
            InvalidSettings: Something is missing or wrong in the settings of the brokerage; nothing was sent.
            BuildFailed: The project does not compile; nothing was deployed.
            NoSpareNodes: No live node is free; nothing was deployed.
            DeploymentFailed: It was deployed and will not trade.
            QuantConnectError: Anything else; if `maybe_carried_out`, it may trade: look.
        """
        project = ProjectId(project_id)
        async with self._telling():
            settings = settings_for(brokerage, brokerage_config)
            patience = Patience(timedelta(seconds=timeout), self._clock, self._sleep)
            live = LiveRun(self.client, project, patience, self._settles)
            node = NodeId(node_id) if node_id else await live.free_node()
            build = CompileId(compile_id) if compile_id else await compiled(self.client, project, patience)
            asked_at = datetime.now(UTC)
            deploy_id = await live.create(
                build,
                node,
                settings,
                data_providers=data_providers,
                version_id=version_id,
                automatic_redeploy=automatic_redeploy,
                parameters=parameters,
            )
            deployment = await live.confirm(deploy_id, asked_at)
        await self._events.tell("deployed", deployment)
        return deployment

    async def get_status(self, project_id: int) -> AlgorithmDeployment:
        """The project's latest deployment as it is now.

        Raises:
            QuantConnectError: The project was never deployed, or cannot be read.
        """
        project = ProjectId(project_id)
        async with self._telling():
            return described(project, await self.client.live.read(project), datetime.now(UTC))

    async def stop(self, project_id: int, *, timeout: float = 60.0) -> AlgorithmDeployment:
        """Stop the project's algorithm; what it holds stays at the brokerage. Returns when it has stopped.

        Raises:
            StillRunning: It was asked to, and has not within `timeout` seconds.
        """
        return await self._end(project_id, timeout, liquidate=False)

    async def liquidate(self, project_id: int, *, timeout: float = 300.0) -> AlgorithmDeployment:
        """Sell everything that the project's algorithm holds, and stop it. Returns when it has ended.

        Raises:
            StillRunning: It was asked to, and has not within `timeout` seconds.
        """
        return await self._end(project_id, timeout, liquidate=True)

    async def _end(self, project_id: int, timeout: float, *, liquidate: bool) -> AlgorithmDeployment:
        patience = Patience(timedelta(seconds=timeout), self._clock, self._sleep)
        async with self._telling():
            live = LiveRun(self.client, ProjectId(project_id), patience, self._settles)
            deployment = await live.end(liquidate=liquidate)
        await self._events.tell("liquidated" if liquidate else "stopped", deployment)
        return deployment

    @asynccontextmanager
    async def _telling(self, failures: tuple[type[QuantConnectError], ...] = ()) -> AsyncIterator[None]:
        """Tell the callbacks of an error on its way to the caller; `failures` are those of a backtest."""
        try:
            yield
        except QuantConnectError as error:
            await self._events.tell("backtest_failed" if isinstance(error, failures) else "error", error)
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.client.auth!r})"


async def _contents(files: Mapping[str, str] | str | Path | None) -> Mapping[str, str] | None:
    if isinstance(files, str | Path):
        return await asyncio.to_thread(read_folder, files)
    return files
