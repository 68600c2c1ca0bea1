"""Live algorithms: start, watch, stop. What they leave behind is in `live_results`."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from quantconnect.endpoints.live import (
    BROADCAST_COMMAND,
    CREATE_COMMAND,
    CREATE_LIVE,
    LIQUIDATE_LIVE,
    LIST_LIVE,
    READ_AUTHORIZATION,
    READ_LIVE,
    READ_PORTFOLIO,
    START_AUTHORIZATION,
    STOP_LIVE,
)
from quantconnect.models.base import Scalar
from quantconnect.models.brokerages import BrokerageSettings, PaperTrading
from quantconnect.models.ids import CompileId, DeployId, NodeId, ProjectId
from quantconnect.models.live import (
    Authorization,
    AuthorizationReply,
    Authorize,
    BroadcastCommand,
    CreateCommand,
    CreateLive,
    Deployment,
    ListLive,
    Live,
    LiveSummary,
    Notification,
    OfLiveProject,
    Portfolio,
    ReadLive,
)
from quantconnect.operations.base import Call, call, nothing, whole

#: Brokers that grant access after a login on their own page.
Broker = Literal["alpaca", "tradestation", "charlesschwab", "tastytrade"]


def create(
    project_id: ProjectId,
    compile_id: CompileId,
    node_id: NodeId,
    brokerage: BrokerageSettings,
    *,
    data_providers: Sequence[BrokerageSettings] = (),
    version_id: str = "-1",
    automatic_redeploy: bool | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    notification: Notification | None = None,
    signature: str | None = None,
) -> Call[Deployment]:
    """Start a compiled project on a live node. With another brokerage than PaperTrading it trades with real money.

    Never repeated by itself once it may have been carried out (`error.maybe_carried_out`): look into `list` before
    asking again.

    Args:
        project_id: Of the project.
        compile_id: Of a compile of this project in state BuildSuccess.
        node_id: A live node that is free.
        brokerage: One of `quantconnect.models.brokerages`.
        data_providers: QuantConnect's data unless others are named.
        version_id: Of LEAN; `-1` is the newest.
        automatic_redeploy: Whether to start again after a failure.
        parameters: For this deployment; without any, those of the project apply.
        notification: Whom to tell of orders or insights.
        signature: Of the code, as the compile tells it.

    Raises:
        InvalidRequest: Node, compile or settings are refused. Look into `list` all the same.
    Source: API reference, Create Live Algorithm; LEAN CLI, live client.
    """
    providers = {one.data_provider or one.id: one for one in data_providers or (PaperTrading(),)}
    query = CreateLive(
        version_id=version_id,
        project_id=project_id,
        compile_id=compile_id,
        node_id=node_id,
        brokerage=brokerage,
        data_providers=providers,
        automatic_redeploy=automatic_redeploy,
        parameters=None if parameters is None else dict(parameters),
        notification=notification,
        signature=signature,
    )
    return call(CREATE_LIVE, query, whole)


def read(project_id: ProjectId, deploy_id: DeployId | None = None) -> Call[Live]:
    """A deployment of the project, the latest unless one is given. A snapshot up to ten minutes old.

    Raises:
        NotFound: No such project.
    Source: API reference, Read Live Algorithm.
    """
    return call(READ_LIVE, ReadLive(project_id=project_id, deploy_id=deploy_id), whole)


def list_(
    project_id: ProjectId | None = None,
    *,
    status: Literal["Running", "Stopped", "RuntimeError", "Liquidated"] | None = None,
) -> Call[list[LiveSummary]]:
    """All deployments of the account, or of a project: one request looks after all that run.

    Source: API reference, List Live Algorithms.
    """
    return call(LIST_LIVE, ListLive(project_id=project_id, status=status), lambda reply: reply.live)


def stop(project_id: ProjectId) -> Call[None]:
    """Stop the live algorithm. What it holds stays as it is.

    Source: API reference, Stop Live Algorithm.
    """
    return call(STOP_LIVE, OfLiveProject(project_id=project_id), nothing)


def liquidate(project_id: ProjectId) -> Call[None]:
    """Sell everything the live algorithm holds, and stop it.

    Never repeated by itself once it may have been carried out: look at `read` before asking again.

    Source: API reference, Liquidate Live Portfolio.
    """
    return call(LIQUIDATE_LIVE, OfLiveProject(project_id=project_id), nothing)


def read_portfolio(project_id: ProjectId) -> Call[Portfolio]:
    """Holdings and cash of the live algorithm; nothing when it has stopped. A snapshot up to ten minutes old.

    Source: API reference, Portfolio State.
    """
    return call(READ_PORTFOLIO, OfLiveProject(project_id=project_id), lambda reply: reply.portfolio)


def create_command(project_id: ProjectId, command: Mapping[str, Any]) -> Call[None]:
    """Hand a command to the live algorithm; `$type` in it names the command's class.

    Never repeated by itself once it may have been carried out.

    Source: API reference, Create Live Command.
    """
    return call(CREATE_COMMAND, CreateCommand(project_id=project_id, command=dict(command)), nothing)


def broadcast_command(
    command: Mapping[str, Any], *, exclude_project_id: ProjectId | None = None, organization_id: str | None = None
) -> Call[None]:
    """Hand a command to all live algorithms of an organization, the client's unless another is given.

    Never repeated by itself once it may have been carried out.

    Raises:
        MissingCredentials: The organization is not known.
    Source: API reference, Broadcast Live Command.
    """
    query = BroadcastCommand(
        organization_id=organization_id, command=dict(command), exclude_project_id=exclude_project_id
    )
    return call(BROADCAST_COMMAND, query, nothing)


def start_authorization(
    brokerage: Broker, *, project_id: ProjectId | None = None, user_id: str | None = None
) -> Call[AuthorizationReply]:
    """Ask for access to the user's account at a broker. `location` of the answer is the broker's page, where the user
    must log in; `read` tells when that is done.

    Source: QuantConnect's MCP server, live.
    """
    return call(START_AUTHORIZATION, Authorize(brokerage=brokerage, project_id=project_id, user_id=user_id), whole)


def read_authorization(
    brokerage: Broker, *, project_id: ProjectId | None = None, user_id: str | None = None
) -> Call[Authorization]:
    """What the broker has granted; nothing until the user has logged in there.

    Source: QuantConnect's MCP server, live; LEAN CLI, auth0 client.
    """
    query = Authorize(brokerage=brokerage, project_id=project_id, user_id=user_id)
    return call(READ_AUTHORIZATION, query, lambda reply: reply.authorization)
