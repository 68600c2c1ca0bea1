"""The API for programs with an event loop: `await client.backtests.create(…)`.

The twin of `client`: a test compares their classes.
"""

from collections.abc import AsyncIterator
from typing import Self, TypeVar

import httpx

from quantconnect.auth import Credentials, QuantConnectAuth
from quantconnect.endpoints.base import Endpoint
from quantconnect.exchange import Observer, converse
from quantconnect.flat import AsyncFlatMethods
from quantconnect.incoming import LARGEST_ANSWER
from quantconnect.limits import Limiter
from quantconnect.methods import async_iterated, awaited
from quantconnect.models.base import Model, Request
from quantconnect.operations import (
    account,
    ai,
    backtest_results,
    backtests,
    collaboration,
    compiles,
    data,
    files,
    lean,
    live,
    live_results,
    market,
    modules,
    nodes,
    objects,
    optimizations,
    organizations,
    projects,
    services,
    users,
)
from quantconnect.operations.base import Call, Procedure, Stream, call, whole
from quantconnect.retry import RetryPolicy
from quantconnect.transport import AsyncCarrier

Q = TypeVar("Q", bound=Request)
M = TypeVar("M", bound=Model)
R = TypeVar("R")
T = TypeVar("T")


class AsyncQuantConnectClient(AsyncFlatMethods):
    """One account. Keeps a pool of connections; belongs to one event loop; close it, or use it with `async with`.

    Every method raises `ConnectError`, `RequestTimeout`, `ConnectionLost`, `AuthenticationError`, `RateLimitExceeded`,
    `ServerError` or `UnexpectedResponse` when it must, `InvalidRequest` for arguments that cannot be sent, and what its
    own docstring names besides.
    """

    def __init__(
        self,
        user_id: int | None = None,
        api_token: str | None = None,
        *,
        organization_id: str | None = None,
        base_url: str | None = None,
        timeout: float = 30.0,
        largest_answer: int = LARGEST_ANSWER,
        policy: RetryPolicy | None = None,
        limiter: Limiter | None = None,
        observer: Observer | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Credentials that are not given are looked for as `Credentials.find` says; asks nothing yet.

        Without a `base_url`, `QC_BASE_URL` in the environment says where the API is, else it is QuantConnect's own.
        `organization_id` is meant wherever a request is about an organization and names none. A request is given up
        after `timeout` seconds without any progress, or when its answer exceeds `largest_answer` bytes, and repeated as
        `policy` says, which states the worst case.
        `limiter` is a request budget shared with other programs, `observer` is told of every request that left, and
        `transport` replaces the network.

        Raises:
            MissingCredentials: Nothing is configured.
        """
        found = Credentials.find(user_id, api_token, organization_id)
        self.organization_id = found.organization_id
        self.auth = QuantConnectAuth(found.user_id, found.api_token)
        self._policy = policy or RetryPolicy()
        self._observer = observer
        self._carrier = AsyncCarrier(
            base_url=base_url, timeout=timeout, largest_answer=largest_answer, limiter=limiter, transport=transport
        )
        self.account = AccountResource(self)
        self.ai = AiResource(self)
        self.backtests = BacktestsResource(self)
        self.compiles = CompilesResource(self)
        self.data = DataResource(self)
        self.files = FilesResource(self)
        self.lean = LeanResource(self)
        self.live = LiveResource(self)
        self.market = MarketResource(self)
        self.modules = ModulesResource(self)
        self.nodes = NodesResource(self)
        self.objects = ObjectsResource(self)
        self.optimizations = OptimizationsResource(self)
        self.organizations = OrganizationsResource(self)
        self.projects = ProjectsResource(self)
        self.services = ServicesResource(self)
        self.users = UsersResource(self)

    @property
    def _client(self) -> Self:
        return self

    async def ask(self, endpoint: Endpoint[Q, M], query: Q) -> M:
        """Ask any endpoint, and return its whole reply."""
        return await self.perform(call(endpoint, query, whole))

    async def perform(self, operation: Call[R] | Procedure[R]) -> R:
        """Perform any operation, and return its result."""
        return await self._carrier.run(
            converse(
                operation,
                auth=self.auth,
                policy=self._policy,
                organization_id=self.organization_id,
                observer=self._observer,
            )
        )

    def iterate(self, stream: Stream[T]) -> AsyncIterator[T]:
        """Perform any stream, as far as its results are wanted."""
        return self._carrier.iterate(
            converse(
                stream,
                auth=self.auth,
                policy=self._policy,
                organization_id=self.organization_id,
                observer=self._observer,
            )
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._carrier.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.auth!r})"


class Resource:
    """A group of methods of a client."""

    def __init__(self, client: AsyncQuantConnectClient) -> None:
        self._client = client


class AccountResource(Resource):
    """`client.account`."""

    read = awaited(account.read)


class AiResource(Resource):
    """`client.ai`: helpers for writing algorithms."""

    check_syntax = awaited(ai.check_syntax)
    initialize = awaited(ai.initialize)
    complete = awaited(ai.complete)
    enhance_error = awaited(ai.enhance_error)
    convert_to_pep8 = awaited(ai.convert_to_pep8)
    search = awaited(ai.search)


class BacktestsResource(Resource):
    """`client.backtests`."""

    def __init__(self, client: AsyncQuantConnectClient) -> None:
        super().__init__(client)
        self.charts = BacktestChartsResource(client)
        self.insights = BacktestInsightsResource(client)
        self.logs = BacktestLogsResource(client)
        self.orders = BacktestOrdersResource(client)
        self.report = BacktestReportResource(client)
        self.tags = BacktestTagsResource(client)
        self.trades = BacktestTradesResource(client)

    create = awaited(backtests.create)
    read = awaited(backtests.read)
    list = awaited(backtests.list_)
    update = awaited(backtests.update)
    delete = awaited(backtests.delete)


class BacktestChartsResource(Resource):
    """`client.backtests.charts`."""

    read = awaited(backtest_results.read_chart)
    wait = awaited(backtest_results.wait_for_chart)


class BacktestInsightsResource(Resource):
    """`client.backtests.insights`."""

    read = awaited(backtest_results.read_insights)
    read_as_lean = awaited(backtest_results.read_insights_as_lean)
    iterate = async_iterated(backtest_results.iterate_insights)


class BacktestLogsResource(Resource):
    """`client.backtests.logs`."""

    read = awaited(backtest_results.read_logs)
    iterate = async_iterated(backtest_results.iterate_logs)


class BacktestOrdersResource(Resource):
    """`client.backtests.orders`."""

    read = awaited(backtest_results.read_orders)
    iterate = async_iterated(backtest_results.iterate_orders)


class BacktestReportResource(Resource):
    """`client.backtests.report`."""

    read = awaited(backtest_results.read_report)
    wait = awaited(backtest_results.wait_for_report)


class BacktestTagsResource(Resource):
    """`client.backtests.tags`."""

    update = awaited(backtests.update_tags)


class BacktestTradesResource(Resource):
    """`client.backtests.trades`."""

    read = awaited(backtest_results.read_trades)
    iterate = async_iterated(backtest_results.iterate_trades)


class CompilesResource(Resource):
    """`client.compiles`."""

    create = awaited(compiles.create)
    read = awaited(compiles.read)


class DataResource(Resource):
    """`client.data`: data sets."""

    list = awaited(data.list_)
    prices = awaited(data.read_prices)
    read_link = awaited(data.read_link)
    download = awaited(data.download)
    download_link = awaited(data.download_link)


class FilesResource(Resource):
    """`client.files`, one file at a time. For all at once, `client.projects.update` is one request."""

    create = awaited(files.create)
    read = awaited(files.read)
    read_one = awaited(files.read_one)
    update = awaited(files.update)
    write = awaited(files.write)
    rename = awaited(files.rename)
    patch = awaited(files.patch)
    delete = awaited(files.delete)


class LeanResource(Resource):
    """`client.lean`."""

    versions = awaited(lean.versions)
    environments = awaited(lean.environments)


class LiveResource(Resource):
    """`client.live`: live algorithms."""

    def __init__(self, client: AsyncQuantConnectClient) -> None:
        super().__init__(client)
        self.authorization = LiveAuthorizationResource(client)
        self.charts = LiveChartsResource(client)
        self.commands = LiveCommandsResource(client)
        self.insights = LiveInsightsResource(client)
        self.logs = LiveLogsResource(client)
        self.orders = LiveOrdersResource(client)
        self.portfolio = LivePortfolioResource(client)
        self.trades = LiveTradesResource(client)

    create = awaited(live.create)
    read = awaited(live.read)
    list = awaited(live.list_)
    stop = awaited(live.stop)
    liquidate = awaited(live.liquidate)


class LiveAuthorizationResource(Resource):
    """`client.live.authorization`: access to the user's account at a broker."""

    start = awaited(live.start_authorization)
    read = awaited(live.read_authorization)


class LiveChartsResource(Resource):
    """`client.live.charts`."""

    read = awaited(live_results.read_chart)
    wait = awaited(live_results.wait_for_chart)


class LiveCommandsResource(Resource):
    """`client.live.commands`."""

    create = awaited(live.create_command)
    broadcast = awaited(live.broadcast_command)


class LiveInsightsResource(Resource):
    """`client.live.insights`."""

    read = awaited(live_results.read_insights)
    iterate = async_iterated(live_results.iterate_insights)


class LiveLogsResource(Resource):
    """`client.live.logs`."""

    read = awaited(live_results.read_logs)
    iterate = async_iterated(live_results.iterate_logs)


class LiveOrdersResource(Resource):
    """`client.live.orders`."""

    read = awaited(live_results.read_orders)
    iterate = async_iterated(live_results.iterate_orders)


class LivePortfolioResource(Resource):
    """`client.live.portfolio`."""

    read = awaited(live.read_portfolio)


class LiveTradesResource(Resource):
    """`client.live.trades`."""

    read = awaited(live_results.read_trades)
    iterate = async_iterated(live_results.iterate_trades)


class MarketResource(Resource):
    """`client.market`: data sets on offer."""

    list = awaited(market.list_)


class ModulesResource(Resource):
    """`client.modules`: files of products that an organization has bought."""

    list = awaited(modules.list_)
    read_link = awaited(modules.read_link)
    download = awaited(modules.download)


class NodesResource(Resource):
    """`client.nodes`."""

    read = awaited(nodes.read)


class ObjectsResource(Resource):
    """`client.objects`: the object store."""

    set = awaited(objects.set_)
    list = awaited(objects.list_)
    properties = awaited(objects.read_properties)
    delete = awaited(objects.delete)
    prepare = awaited(objects.prepare)
    read_job = awaited(objects.read_job)
    wait_for_link = awaited(objects.wait_for_link)
    download = awaited(objects.download)


class OptimizationsResource(Resource):
    """`client.optimizations`."""

    estimate = awaited(optimizations.estimate)
    create = awaited(optimizations.create)
    read = awaited(optimizations.read)
    list = awaited(optimizations.list_)
    update = awaited(optimizations.update)
    abort = awaited(optimizations.abort)
    delete = awaited(optimizations.delete)


class OrganizationsResource(Resource):
    """`client.organizations`."""

    def __init__(self, client: AsyncQuantConnectClient) -> None:
        super().__init__(client)
        self.encryption_keys = EncryptionKeysResource(client)

    list = awaited(organizations.list_)
    read = awaited(organizations.read)


class EncryptionKeysResource(Resource):
    """`client.organizations.encryption_keys`."""

    list = awaited(organizations.list_encryption_keys)


class ProjectsResource(Resource):
    """`client.projects`."""

    def __init__(self, client: AsyncQuantConnectClient) -> None:
        super().__init__(client)
        self.collaboration = ProjectCollaborationResource(client)
        self.libraries = ProjectLibrariesResource(client)
        self.nodes = ProjectNodesResource(client)

    create = awaited(projects.create)
    read = awaited(projects.read)
    list = awaited(projects.list_)
    update = awaited(projects.update)
    delete = awaited(projects.delete)


class ProjectCollaborationResource(Resource):
    """`client.projects.collaboration`."""

    read = awaited(collaboration.read)
    create = awaited(collaboration.create)
    update = awaited(collaboration.update)
    delete = awaited(collaboration.delete)
    acquire_lock = awaited(collaboration.acquire_lock)


class ProjectLibrariesResource(Resource):
    """`client.projects.libraries`."""

    add = awaited(projects.add_library)
    remove = awaited(projects.remove_library)


class ProjectNodesResource(Resource):
    """`client.projects.nodes`."""

    read = awaited(nodes.read_project)
    update = awaited(nodes.update_project)


class ServicesResource(Resource):
    """`client.services`."""

    news = awaited(services.read_news)


class UsersResource(Resource):
    """`client.users`."""

    read = awaited(users.read)
