"""What can go wrong, as a tree. The class answers one question: what may I do now?

QuantConnectError                  carries the endpoint; never credentials, never headers
├── MissingCredentials             nothing was asked: no user id, API token or organization id is configured
├── InvalidSettings                nothing was asked: a brokerage's settings are incomplete or wrong; .missing
├── BuildFailed                    asked and answered: the project does not compile; .logs
├── BacktestFailed                 asked and answered: the algorithm broke; .error, .stacktrace
├── DeploymentFailed               asked and answered: the algorithm does not trade; .status, .error
├── StillRunning                   our patience ended, the cloud works on; .id
├── TransportError                 no answer arrived
│   ├── ConnectError               the request never left: always safe to repeat
│   ├── RequestTimeout             no answer in time: it may have been carried out
│   └── ConnectionLost             the connection broke after sending: it may have been carried out
├── ApiError                       an answer said no: nothing was carried out
│   ├── AuthenticationError        .server_time
│   │   └── AccountLocked          too many failed logins: stop every request
│   ├── NotFound
│   │   └── CompileNotFound        unknown, expired or not yet visible
│   ├── InvalidRequest             any other refusal
│   │   ├── FileTooLarge
│   │   └── ProjectLocked          another program holds the project's lock
│   ├── PermissionDenied
│   ├── RateLimitExceeded          .retry_after
│   ├── NoSpareNodes               a question of waiting, not a failure
│   ├── QuotaExceeded
│   └── BuildCacheMiss             compile again
├── StillLoading                   a good answer, but not ready: ask again in a few seconds; .progress
├── ServerError                    5xx, or an internal error told in an answer: it may have been carried out
├── AnswerTooLarge                 nobody reads so much: it may have been carried out; asking again changes nothing
└── UnexpectedResponse             not the documented shape: it may have been carried out; .excerpt

Code decides by type and by `maybe_carried_out`, never by reading a message. Knows nothing of the rest of the package.
"""

import inspect
from datetime import timedelta
from typing import ClassVar

#: Longest part of a server's text that is repeated in a one-line message (characters); `.messages` keeps all of it.
_QUOTED = 300


class QuantConnectError(Exception):
    """QuantConnect could not do what was asked."""

    #: Whether the effect of the request may exist although it failed. Look before you repeat anything that creates.
    maybe_carried_out: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, endpoint: str = "") -> None:
        """Without a message, the docstring of the class is the message. `endpoint` is a path as `backtests/create`."""
        self.message = " ".join((message or inspect.getdoc(type(self)) or type(self).__name__).split())
        self.endpoint = endpoint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} [{self.endpoint}]" if self.endpoint else self.message


class MissingCredentials(QuantConnectError):
    """No QuantConnect credentials found: set QC_USER_ID and QC_API_TOKEN, or run `lean login`."""


class InvalidSettings(QuantConnectError):
    """The settings of the brokerage are incomplete or wrong, and nothing was sent: correct them."""

    def __init__(
        self, message: str | None = None, *, endpoint: str = "live/create", missing: tuple[str, ...] = ()
    ) -> None:
        """`missing` are the names of the settings that nobody gave; values are never kept."""
        super().__init__(message, endpoint=endpoint)
        self.missing = missing


class BuildFailed(QuantConnectError):
    """The project does not compile: correct the code."""

    def __init__(
        self, message: str | None = None, *, endpoint: str = "compile/read", logs: tuple[str, ...] = ()
    ) -> None:
        """`logs` are the compiler's own lines."""
        super().__init__(message, endpoint=endpoint)
        self.logs = logs


class BacktestFailed(QuantConnectError):
    """The algorithm broke while it was tested: correct the code."""

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "backtests/read",
        backtest_id: str = "",
        error: str = "",
        stacktrace: str = "",
    ) -> None:
        """`error` and `stacktrace` are what the algorithm said."""
        super().__init__(message, endpoint=endpoint)
        self.backtest_id = backtest_id
        self.error = error
        self.stacktrace = stacktrace


class DeploymentFailed(QuantConnectError):
    """The algorithm was deployed and does not trade: look at its live log."""

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "live/read",
        deploy_id: str = "",
        status: str = "",
        error: str = "",
    ) -> None:
        """`status` is the server's word, `error` its message."""
        super().__init__(message, endpoint=endpoint)
        self.deploy_id = deploy_id
        self.status = status
        self.error = error


class StillRunning(QuantConnectError):
    """It did not end within the time given, and goes on in the cloud: look again later."""

    def __init__(self, message: str | None = None, *, endpoint: str = "", id: str = "") -> None:  # noqa: A002 (theirs)
        """`id` is the backtest's or deployment's; empty when nothing was started yet."""
        super().__init__(message, endpoint=endpoint)
        self.id = id


class TransportError(QuantConnectError):
    """No answer from QuantConnect: check the network and try again."""


class ConnectError(TransportError):
    """QuantConnect could not be reached and nothing was sent: check the network and the base URL, then try again."""


class RequestTimeout(TransportError):
    """QuantConnect did not answer in time; the request may have been carried out: look before repeating it."""

    maybe_carried_out = True


class ConnectionLost(TransportError):
    """The connection broke before an answer came; the request may have been carried out: look before repeating it."""

    maybe_carried_out = True


def _with_quote(error: type[QuantConnectError], message: str | None, messages: tuple[str, ...]) -> str | None:
    if message is not None or not messages:
        return message
    said = " ".join("; ".join(messages).split())
    said = said if len(said) <= _QUOTED else said[: _QUOTED - 1] + "…"
    return f"{inspect.getdoc(error) or error.__name__} QuantConnect said: {said}"


class ApiError(QuantConnectError):
    """QuantConnect refused the request."""

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "",
        status: int = 200,
        messages: tuple[str, ...] = (),
    ) -> None:
        """`status` is the HTTP status (0: refused on this side, nothing sent), `messages` the server's own words."""
        super().__init__(_with_quote(type(self), message, messages), endpoint=endpoint)
        self.status = status
        self.messages = messages


class AuthenticationError(ApiError):
    """QuantConnect did not accept the credentials: check user id and API token before trying again."""

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "",
        status: int = 200,
        messages: tuple[str, ...] = (),
        server_time: int | None = None,
    ) -> None:
        """`server_time` is the server's clock in unix seconds, when the answer told it."""
        super().__init__(message, endpoint=endpoint, status=status, messages=messages)
        self.server_time = server_time


class AccountLocked(AuthenticationError):
    """QuantConnect locked the account after too many failed logins: stop, fix the credentials, wait before a retry."""


class NotFound(ApiError):
    """QuantConnect does not know what was asked for: check the id or name, it may have been deleted."""


class CompileNotFound(NotFound):
    """QuantConnect does not know this compile: wait a few seconds and retry, then compile again."""


class InvalidRequest(ApiError):
    """QuantConnect refused the request as it stands: change it before trying again."""


class FileTooLarge(InvalidRequest):
    """A file exceeds the size that the account's tier allows: split or shrink it."""


class ProjectLocked(InvalidRequest):
    """Another program holds the write lock of this project: close it there, or take the lock first."""


class PermissionDenied(ApiError):
    """The account may not do this: ask the owner of the project or organization for access."""


class RateLimitExceeded(ApiError):
    """Too many requests: every program of this account should slow down."""

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "",
        status: int = 200,
        messages: tuple[str, ...] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        """`retry_after` is how long to stay silent, when somebody said so."""
        super().__init__(message, endpoint=endpoint, status=status, messages=messages)
        self.retry_after = retry_after

    @property
    def silence(self) -> timedelta:
        """How long to stay silent, whether somebody said so or not (community reports: 30 to 60 s)."""
        return self.retry_after or timedelta(seconds=30)


class NoSpareNodes(ApiError):
    """All backtest nodes are busy and nothing was started: wait until a running backtest ends."""


class QuotaExceeded(ApiError):
    """A quota of the account is used up: wait for its window to pass, or raise the tier."""


class BuildCacheMiss(ApiError):
    """QuantConnect lost the build of this project: compile again."""


class StillLoading(QuantConnectError):
    """QuantConnect is still preparing this: ask again in a few seconds, or let one of the waiting methods do so."""

    def __init__(self, message: str | None = None, *, endpoint: str = "", progress: float | None = None) -> None:
        """`progress` is from 0 to 1, when the answer told it."""
        super().__init__(message, endpoint=endpoint)
        self.progress = progress


class ServerError(QuantConnectError):
    """QuantConnect had an internal error; the request may have been carried out: look before repeating it."""

    maybe_carried_out = True

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "",
        status: int = 500,
        messages: tuple[str, ...] = (),
    ) -> None:
        """`status` is the HTTP status; 200 when the answer itself told of an internal error."""
        super().__init__(_with_quote(type(self), message, messages), endpoint=endpoint)
        self.status = status
        self.messages = messages


class AnswerTooLarge(QuantConnectError):
    """QuantConnect's answer is larger than is read; the request may have been carried out, and the next answer will be
    as large.
    """

    maybe_carried_out = True

    def __init__(self, message: str | None = None, *, endpoint: str = "", largest: int | None = None) -> None:
        """`largest` is what would have been read, in bytes."""
        if message is None and largest is not None:
            message = f"QuantConnect's answer is larger than {largest / 1e6:g} MB, and was not read any further."
        super().__init__(message, endpoint=endpoint)
        self.largest = largest


class UnexpectedResponse(QuantConnectError):
    """QuantConnect's answer is not in the documented form; the request may have been carried out."""

    maybe_carried_out = True

    def __init__(
        self,
        message: str | None = None,
        *,
        endpoint: str = "",
        status: int = 200,
        excerpt: str = "",
    ) -> None:
        """`excerpt` is the beginning of the body, or the names of the fields at fault; at most 200 characters."""
        super().__init__(message, endpoint=endpoint)
        self.status = status
        self.excerpt = excerpt[:200]
