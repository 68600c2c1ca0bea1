"""The API for programs that wait: `client.backtests.create(…)` asks and returns the answer.

What a method does, its signature and its docstring are in `operations`, one line here makes a method of it.
`async_client` is the twin of this file: a test compares their classes.
"""

from collections.abc import Iterator
from typing import Self, TypeVar

import httpx

from quantconnect.auth import Credentials, QuantConnectAuth
from quantconnect.endpoints.base import Endpoint
from quantconnect.exchange import Observer, converse
from quantconnect.flat import FlatMethods
from quantconnect.incoming import LARGEST_ANSWER
from quantconnect.limits import Limiter
from quantconnect.methods import asked, iterated
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
from quantconnect.transport import SyncCarrier

Q = TypeVar("Q", bound=Request)
M = TypeVar("M", bound=Model)
R = TypeVar("R")
T = TypeVar("T")


class QuantConnectClient(FlatMethods):
    """One account. Keeps a pool of connections; may be shared by many threads; close it, or use it with `with`.

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
        transport: httpx.BaseTransport | None = None,
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
        self._carrier = SyncCarrier(
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

    def ask(self, endpoint: Endpoint[Q, M], query: Q) -> M:
        """Ask any endpoint, and return its whole reply."""
        return self.perform(call(endpoint, query, whole))

    def perform(self, operation: Call[R] | Procedure[R]) -> R:
        """Perform any operation, and return its result."""
        return self._carrier.run(
            converse(
                operation,
                auth=self.auth,
                policy=self._policy,
                organization_id=self.organization_id,
                observer=self._observer,
            )
        )

    def iterate(self, stream: Stream[T]) -> Iterator[T]:
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

    def close(self) -> None:
        """Close the connections."""
        self._carrier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.auth!r})"


class Resource:
    """A group of methods of a client."""

    def __init__(self, client: QuantConnectClient) -> None:
        self._client = client


class AccountResource(Resource):
    """`client.account`."""

    read = asked(account.read)


class AiResource(Resource):
    """`client.ai`: helpers for writing algorithms."""

    check_syntax = asked(ai.check_syntax)
    initialize = asked(ai.initialize)
    complete = asked(ai.complete)
    enhance_error = asked(ai.enhance_error)
    convert_to_pep8 = asked(ai.convert_to_pep8)
    search = asked(ai.search)


class BacktestsResource(Resource):
    """`client.backtests`."""

    def __init__(self, client: QuantConnectClient) -> None:
        super().__init__(client)
        self.charts = BacktestChartsResource(client)
        self.insights = BacktestInsightsResource(client)
        self.logs = BacktestLogsResource(client)
        self.orders = BacktestOrdersResource(client)
        self.report = BacktestReportResource(client)
        self.tags = BacktestTagsResource(client)
        self.trades = BacktestTradesResource(client)

    create = asked(backtests.create)
    read = asked(backtests.read)
    list = asked(backtests.list_)
    update = asked(backtests.update)
    delete = asked(backtests.delete)


class BacktestChartsResource(Resource):
    """`client.backtests.charts`."""

    read = asked(backtest_results.read_chart)
    wait = asked(backtest_results.wait_for_chart)


class BacktestInsightsResource(Resource):
    """`client.backtests.insights`."""

    read = asked(backtest_results.read_insights)
    read_as_lean = asked(backtest_results.read_insights_as_lean)
    iterate = iterated(backtest_results.iterate_insights)


class BacktestLogsResource(Resource):
    """`client.backtests.logs`."""

    read = asked(backtest_results.read_logs)
    iterate = iterated(backtest_results.iterate_logs)


class BacktestOrdersResource(Resource):
    """`client.backtests.orders`."""

    read = asked(backtest_results.read_orders)
    iterate = iterated(backtest_results.iterate_orders)


class BacktestReportResource(Resource):
    """`client.backtests.report`."""

    read = asked(backtest_results.read_report)
    wait = asked(backtest_results.wait_for_report)


class BacktestTagsResource(Resource):
    """`client.backtests.tags`."""

    update = asked(backtests.update_tags)


class BacktestTradesResource(Resource):
    """`client.backtests.trades`."""

    read = asked(backtest_results.read_trades)
    iterate = iterated(backtest_results.iterate_trades)


class CompilesResource(Resource):
    """`client.compiles`."""

    create = asked(compiles.create)
    read = asked(compiles.read)


class DataResource(Resource):
    """`client.data`: data sets."""

    list = asked(data.list_)
    prices = asked(data.read_prices)
    read_link = asked(data.read_link)
    download = asked(data.download)
    download_link = asked(data.download_link)


class FilesResource(Resource):
    """`client.files`, one file at a time. For all at once, `client.projects.update` is one request."""

    create = asked(files.create)
    read = asked(files.read)
    read_one = asked(files.read_one)
    update = asked(files.update)
    write = asked(files.write)
    rename = asked(files.rename)
    patch = asked(files.patch)
    delete = asked(files.delete)


class LeanResource(Resource):
    """`client.lean`."""

    versions = asked(lean.versions)
    environments = asked(lean.environments)


class LiveResource(Resource):
    """`client.live`: live algorithms."""

    def __init__(self, client: QuantConnectClient) -> None:
        super().__init__(client)
        self.authorization = LiveAuthorizationResource(client)
        self.charts = LiveChartsResource(client)
        self.commands = LiveCommandsResource(client)
        self.insights = LiveInsightsResource(client)
        self.logs = LiveLogsResource(client)
        self.orders = LiveOrdersResource(client)
        self.portfolio = LivePortfolioResource(client)
        self.trades = LiveTradesResource(client)

    create = asked(live.create)
    read = asked(live.read)
    list = asked(live.list_)
    stop = asked(live.stop)
    liquidate = asked(live.liquidate)


class LiveAuthorizationResource(Resource):
    """`client.live.authorization`: access to the user's account at a broker."""

    start = asked(live.start_authorization)
    read = asked(live.read_authorization)


class LiveChartsResource(Resource):
    """`client.live.charts`."""

    read = asked(live_results.read_chart)
    wait = asked(live_results.wait_for_chart)


class LiveCommandsResource(Resource):
    """`client.live.commands`."""

    create = asked(live.create_command)
    broadcast = asked(live.broadcast_command)


class LiveInsightsResource(Resource):
    """`client.live.insights`."""

    read = asked(live_results.read_insights)
    iterate = iterated(live_results.iterate_insights)


class LiveLogsResource(Resource):
    """`client.live.logs`."""

    read = asked(live_results.read_logs)
    iterate = iterated(live_results.iterate_logs)


class LiveOrdersResource(Resource):
    """`client.live.orders`."""

    read = asked(live_results.read_orders)
    iterate = iterated(live_results.iterate_orders)


class LivePortfolioResource(Resource):
    """`client.live.portfolio`."""

    read = asked(live.read_portfolio)


class LiveTradesResource(Resource):
    """`client.live.trades`."""

    read = asked(live_results.read_trades)
    iterate = iterated(live_results.iterate_trades)


class MarketResource(Resource):
    """`client.market`: data sets on offer."""

    list = asked(market.list_)


class ModulesResource(Resource):
    """`client.modules`: files of products that an organization has bought."""

    list = asked(modules.list_)
    read_link = asked(modules.read_link)
    download = asked(modules.download)


class NodesResource(Resource):
    """`client.nodes`."""

    read = asked(nodes.read)


class ObjectsResource(Resource):
    """`client.objects`: the object store."""

    set = asked(objects.set_)
    list = asked(objects.list_)
    properties = asked(objects.read_properties)
    delete = asked(objects.delete)
    prepare = asked(objects.prepare)
    read_job = asked(objects.read_job)
    wait_for_link = asked(objects.wait_for_link)
    download = asked(objects.download)


class OptimizationsResource(Resource):
    """`client.optimizations`."""

    estimate = asked(optimizations.estimate)
    create = asked(optimizations.create)
    read = asked(optimizations.read)
    list = asked(optimizations.list_)
    update = asked(optimizations.update)
    abort = asked(optimizations.abort)
    delete = asked(optimizations.delete)


class OrganizationsResource(Resource):
    """`client.organizations`."""

    def __init__(self, client: QuantConnectClient) -> None:
        super().__init__(client)
        self.encryption_keys = EncryptionKeysResource(client)

    list = asked(organizations.list_)
    read = asked(organizations.read)


class EncryptionKeysResource(Resource):
    """`client.organizations.encryption_keys`."""

    list = asked(organizations.list_encryption_keys)


class ProjectsResource(Resource):
    """`client.projects`."""

    def __init__(self, client: QuantConnectClient) -> None:
        super().__init__(client)
        self.collaboration = ProjectCollaborationResource(client)
        self.libraries = ProjectLibrariesResource(client)
        self.nodes = ProjectNodesResource(client)

    create = asked(projects.create)
    read = asked(projects.read)
    list = asked(projects.list_)
    update = asked(projects.update)
    delete = asked(projects.delete)


class ProjectCollaborationResource(Resource):
    """`client.projects.collaboration`."""

    read = asked(collaboration.read)
    create = asked(collaboration.create)
    update = asked(collaboration.update)
    delete = asked(collaboration.delete)
    acquire_lock = asked(collaboration.acquire_lock)


class ProjectLibrariesResource(Resource):
    """`client.projects.libraries`."""

    add = asked(projects.add_library)
    remove = asked(projects.remove_library)


class ProjectNodesResource(Resource):
    """`client.projects.nodes`."""

    read = asked(nodes.read_project)
    update = asked(nodes.update_project)


class ServicesResource(Resource):
    """`client.services`."""

    news = asked(services.read_news)


class UsersResource(Resource):
    """`client.users`."""

    read = asked(users.read)
