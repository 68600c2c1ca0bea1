"""FLOOR 0: the QuantConnect API v2 as a typed library.

Knows the API, and nothing of jobs: no Celery, no Redis, no SQL. Importing it opens and reads nothing.
The floors inside: client | async_client → transport → exchange → retry | limits | protocol | auth → endpoints →
models → errors; `polling` and `results` are pure and stand beside.
"""

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.auth import Credentials, QuantConnectAuth
from quantconnect.client import QuantConnectClient
from quantconnect.endpoints.base import Endpoint
from quantconnect.errors import (
    AccountLocked,
    ApiError,
    AuthenticationError,
    BuildCacheMiss,
    CompileNotFound,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    InvalidRequest,
    MissingCredentials,
    NoSpareNodes,
    NotFound,
    PermissionDenied,
    ProjectLocked,
    QuantConnectError,
    QuotaExceeded,
    RateLimitExceeded,
    RequestTimeout,
    ServerError,
    TransportError,
    UnexpectedResponse,
)
from quantconnect.limits import Limiter, Unlimited
from quantconnect.models.backtests import Backtest, BacktestSummary
from quantconnect.models.compiles import Compile
from quantconnect.models.files import ProjectFile
from quantconnect.models.ids import BacktestId, CompileId, NodeId, OrganizationId, ProjectId
from quantconnect.models.nodes import Node, Nodes, ProjectNodes
from quantconnect.models.projects import Project
from quantconnect.polling import next_poll
from quantconnect.results import BacktestNumbers, Finality, verdict
from quantconnect.retry import ONCE, RetryPolicy
from quantconnect.transport import DEFAULT_BASE_URL

__all__ = [
    "DEFAULT_BASE_URL",
    "ONCE",
    "AccountLocked",
    "ApiError",
    "AsyncQuantConnectClient",
    "AuthenticationError",
    "Backtest",
    "BacktestId",
    "BacktestNumbers",
    "BacktestSummary",
    "BuildCacheMiss",
    "Compile",
    "CompileId",
    "CompileNotFound",
    "ConnectError",
    "ConnectionLost",
    "Credentials",
    "Endpoint",
    "FileTooLarge",
    "Finality",
    "InvalidRequest",
    "Limiter",
    "MissingCredentials",
    "NoSpareNodes",
    "Node",
    "NodeId",
    "Nodes",
    "NotFound",
    "OrganizationId",
    "PermissionDenied",
    "Project",
    "ProjectFile",
    "ProjectId",
    "ProjectLocked",
    "ProjectNodes",
    "QuantConnectAuth",
    "QuantConnectClient",
    "QuantConnectError",
    "QuotaExceeded",
    "RateLimitExceeded",
    "RequestTimeout",
    "RetryPolicy",
    "ServerError",
    "TransportError",
    "UnexpectedResponse",
    "Unlimited",
    "next_poll",
    "verdict",
]
