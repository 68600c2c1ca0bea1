"""Live algorithms: how they are, what they hold. Their data are snapshots, up to ten minutes old.

Sources: API reference, "Live Management"; LEAN's converter tests for answers with only some of the fields.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, field_serializer

from quantconnect.models.base import (
    Flag,
    Lines,
    Listing,
    Map,
    Maybe,
    Model,
    OrganizationRequest,
    Request,
    Scalar,
    Text,
    Texts,
    spelled,
)
from quantconnect.models.brokerages import BrokerageSettings
from quantconnect.models.enums import AnyLiveStatus, LiveStatus
from quantconnect.models.files import ProjectFile
from quantconnect.models.ids import CompileId, DeployId, NodeId, ProjectId, SomeId, SomeNumber
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.orders import Symbol
from quantconnect.models.times import UtcDatetime

#: In these an algorithm trades no more, and will not again.
ENDED = frozenset(
    {
        LiveStatus.DEPLOY_ERROR,
        LiveStatus.STOPPED,
        LiveStatus.LIQUIDATED,
        LiveStatus.DELETED,
        LiveStatus.COMPLETED,
        LiveStatus.RUNTIME_ERROR,
        LiveStatus.INVALID,
        LiveStatus.HISTORY,
    }
)


class Live(Model):
    """A deployment. Of one that has not started, or could not, some fields only."""

    deploy_id: SomeId[DeployId] = None
    project_id: SomeNumber[ProjectId] = None
    project_name: Text = None
    status: AnyLiveStatus = None
    message: Text = None
    description: Text = None
    launched: UtcDatetime = None
    stopped: UtcDatetime = None
    brokerage: Text = None  # of paper trading: PaperBrokerage, Paper Trading
    security_types: Text = None
    datacenter: Text = None
    clone_id: Whole = None
    public: Flag = None
    is_public_streaming: Flag = None
    files: Listing[ProjectFile] = Field(default_factory=list, repr=False)
    #: Texts with units, as "Net Profit": "$12.00".
    runtime_statistics: Texts = Field(default_factory=dict)
    server_statistics: Texts = Field(default_factory=dict)
    #: Account and environment at the brokerage.
    deployment_details: Texts = Field(default_factory=dict, repr=False)
    charts: Map[Any] = Field(default_factory=dict, repr=False)

    @property
    def running(self) -> bool:
        """Whether it trades."""
        return self.status == LiveStatus.RUNNING

    @property
    def ended(self) -> bool:
        """Whether it trades no more, and will not again."""
        return self.status in ENDED


class LiveSummary(Model):
    """One line of the list."""

    project_id: ProjectId
    deploy_id: SomeId[DeployId] = None
    status: AnyLiveStatus = None
    launched: UtcDatetime = None
    stopped: UtcDatetime = None
    brokerage: Text = None
    subscription: Text = None
    equity: Number = None  # account currency
    environment: Text = None
    description: Text = None
    error: Text = None
    leagues: Lines = Field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether it trades."""
        return self.status == LiveStatus.RUNNING

    @property
    def ended(self) -> bool:
        """Whether it trades no more, and will not again."""
        return self.status in ENDED


class LiveList(Model):
    """The answer to `live/list`."""

    live: Listing[LiveSummary] = Field(default_factory=list)


class Deployment(Model):
    """The answer to `live/create`. Without an id, nobody knows which deployment was made."""

    deploy_id: DeployId = Field(min_length=1)
    project_id: SomeNumber[ProjectId] = None
    version_id: Whole = None
    response_code: Text = None
    source: Text = None
    live: Maybe[Live] = None


class Holding(Model):
    """A position. Money is in the security's currency."""

    average_price: Number = Field(default=None, alias="a")
    quantity: Number = Field(default=None, alias="q")  # negative when short
    price: Number = Field(default=None, alias="p")
    value: Number = Field(default=None, alias="v")
    unrealized_profit: Number = Field(default=None, alias="u")
    unrealized_profit_percent: Number = Field(default=None, alias="up")  # percent, as sent


class Cash(Model):
    """Money in one currency."""

    symbol: Text = None  # as USD
    amount: Number = None
    conversion_rate: Number = None  # to the account's currency
    value_in_account_currency: Number = None
    currency_symbol: Text = None
    security_symbols: Listing[Symbol] = Field(default_factory=list)


class Portfolio(Model):
    """What an algorithm holds; nothing when it has stopped."""

    holdings: Map[Holding] = Field(default_factory=dict)  # by the security's id
    cash: Map[Cash] = Field(default_factory=dict)  # by currency


class PortfolioReply(Model):
    """The answer to `live/portfolio/read`. Without a portfolio it says nothing, which is not the same as empty."""

    portfolio: Portfolio


class BrokerAccount(Model):
    """An account at a broker, its name as `id | type | currency`."""

    id: Text = None
    name: Text = None


class Authorization(Model):
    """What a broker has granted after the user's login: tokens, in `model_extra`, under the names that the settings
    of the brokerage have. Empty until the user has finished. No token is in the repr.
    """

    accounts: Listing[BrokerAccount] = Field(default_factory=list, repr=False)

    @property
    def granted(self) -> bool:
        """Whether the user has finished."""
        return bool(self.accounts or self.model_extra)


def _none_yet(value: Any) -> Any:
    return value or {}


class AuthorizationReply(Model):
    """The answer to both endpoints; `location` is where a redirection leads: the broker's page to log in."""

    authorization: Annotated[Authorization, BeforeValidator(_none_yet)] = Field(default_factory=Authorization)
    location: Text = Field(default=None, repr=False)


class Notification(Request):
    """Whom to tell of orders or insights. A target is as the API reference describes it."""

    events: list[Literal["orderEvent", "insight"]] = Field(default_factory=list)
    targets: list[dict[str, Any]] = Field(default_factory=list, repr=False)


class CreateLive(Request):
    """Starts a compiled project on a live node. `data_providers` are by name."""

    #: Of LEAN; "-1" is the newest.
    version_id: str = "-1"
    project_id: ProjectId
    compile_id: CompileId
    node_id: NodeId
    brokerage: SerializeAsAny[BrokerageSettings] = Field(repr=False)
    data_providers: dict[str, SerializeAsAny[BrokerageSettings]] | None = Field(default=None, repr=False)
    signature: str | None = None
    automatic_redeploy: bool | None = None
    parameters: dict[str, Scalar] | None = None
    notification: Notification | None = Field(default=None, repr=False)

    @field_serializer("parameters")
    def _parameters_on_the_wire(self, parameters: Mapping[str, Scalar] | None) -> object:
        return None if parameters is None else {name: spelled(value) for name, value in parameters.items()}


class ReadLive(Request):
    """The deployment, or the latest one of the project."""

    project_id: ProjectId
    deploy_id: str | None = None


class OfLiveProject(Request):
    """The live algorithm of a project."""

    project_id: ProjectId


class ListLive(Request):
    """All deployments of the account; `status` keeps some."""

    project_id: ProjectId | None = None
    status: Literal["Running", "Stopped", "RuntimeError", "Liquidated"] | None = None


class CreateCommand(Request):
    """`command` is handed to the algorithm; `$type` in it names the command's class."""

    project_id: ProjectId
    command: dict[str, Any]


class BroadcastCommand(OrganizationRequest):
    """The same for all live algorithms of an organization but one."""

    command: dict[str, Any]
    exclude_project_id: ProjectId | None = None


class Authorize(Request):
    """At which broker."""

    brokerage: Literal["alpaca", "tradestation", "charlesschwab", "tastytrade"]
    project_id: ProjectId | None = None
    user_id: str | None = None
