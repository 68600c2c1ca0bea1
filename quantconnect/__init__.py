"""FLOOR 0: the QuantConnect API v2 as a typed library.

Knows the API, and nothing of jobs: no Celery, no Redis, no SQL. Importing it opens and reads nothing.
The floors inside: connector → backtest_run | live_run → builds → client | async_client → flat → methods → transport →
exchange → retry | limits | protocol | auth → operations → brokerages | response → endpoints → models → errors;
`polling`, `results`, `deployments`, `events`, `folders` and `patience` are small and stand beside.
"""

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.auth import Credentials, QuantConnectAuth
from quantconnect.brokerages import settings_for
from quantconnect.client import QuantConnectClient
from quantconnect.connector import BacktestProgress, QuantConnectConnector
from quantconnect.deployments import AlgorithmDeployment
from quantconnect.endpoints.base import Endpoint
from quantconnect.errors import (
    AccountLocked,
    AnswerTooLarge,
    ApiError,
    AuthenticationError,
    BacktestFailed,
    BuildCacheMiss,
    BuildFailed,
    CompileNotFound,
    ConnectError,
    ConnectionLost,
    DeploymentFailed,
    FileTooLarge,
    InvalidRequest,
    InvalidSettings,
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
    StillLoading,
    StillRunning,
    TransportError,
    UnexpectedResponse,
)
from quantconnect.limits import Limiter, Unlimited
from quantconnect.models.backtests import Backtest, BacktestSummary
from quantconnect.models.brokerages import BrokerageSettings
from quantconnect.models.compiles import Compile
from quantconnect.models.files import ProjectFile
from quantconnect.models.ids import BacktestId, CompileId, DeployId, NodeId, OrganizationId, ProjectId
from quantconnect.models.live import Live, LiveSummary, Portfolio
from quantconnect.models.nodes import Node, Nodes, ProjectNodes
from quantconnect.models.orders import Order
from quantconnect.models.projects import Project
from quantconnect.polling import next_poll
from quantconnect.response import QCResponse
from quantconnect.results import BacktestNumbers, BacktestResult, Finality, verdict
from quantconnect.retry import ONCE, RetryPolicy
from quantconnect.transport import DEFAULT_BASE_URL

__all__ = [
    "DEFAULT_BASE_URL",
    "ONCE",
    "AccountLocked",
    "AlgorithmDeployment",
    "AnswerTooLarge",
    "ApiError",
    "AsyncQuantConnectClient",
    "AuthenticationError",
    "Backtest",
    "BacktestFailed",
    "BacktestId",
    "BacktestNumbers",
    "BacktestProgress",
    "BacktestResult",
    "BacktestSummary",
    "BrokerageSettings",
    "BuildCacheMiss",
    "BuildFailed",
    "Compile",
    "CompileId",
    "CompileNotFound",
    "ConnectError",
    "ConnectionLost",
    "Credentials",
    "DeployId",
    "DeploymentFailed",
    "Endpoint",
    "FileTooLarge",
    "Finality",
    "InvalidRequest",
    "InvalidSettings",
    "Limiter",
    "Live",
    "LiveSummary",
    "MissingCredentials",
    "NoSpareNodes",
    "Node",
    "NodeId",
    "Nodes",
    "NotFound",
    "Order",
    "OrganizationId",
    "PermissionDenied",
    "Portfolio",
    "Project",
    "ProjectFile",
    "ProjectId",
    "ProjectLocked",
    "ProjectNodes",
    "QCResponse",
    "QuantConnectAuth",
    "QuantConnectClient",
    "QuantConnectConnector",
    "QuantConnectError",
    "QuotaExceeded",
    "RateLimitExceeded",
    "RequestTimeout",
    "RetryPolicy",
    "ServerError",
    "StillLoading",
    "StillRunning",
    "TransportError",
    "UnexpectedResponse",
    "Unlimited",
    "next_poll",
    "settings_for",
    "verdict",
]
