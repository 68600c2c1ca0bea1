"""One answer as the flat methods give it: whether it worked, what came back, and what to do if it did not.

QuantConnect tells nearly every failure with HTTP 200 and `success: false`. Here it gets the usual code instead, taken
from the class of the error and so from the server's own words. Knows the errors and the form of an answer.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Self

from quantconnect.errors import (
    AnswerTooLarge,
    ApiError,
    AuthenticationError,
    BuildCacheMiss,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    InvalidSettings,
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
    UnexpectedResponse,
)
from quantconnect.models.base import Model

#: The code of each class of error, and what it means in one line. The first class that fits decides.
_CODES: Final[tuple[tuple[type[QuantConnectError], int, str], ...]] = (
    (AuthenticationError, 401, "Invalid or expired authentication: check user id, API token and this machine's clock."),
    (PermissionDenied, 403, "Insufficient permissions: ask the owner of the project or organization for access."),
    (ProjectLocked, 403, "Insufficient permissions: another program holds the write lock of this project."),
    (NotFound, 404, "Resource not found: check the id or name; it may have been deleted."),
    (RateLimitExceeded, 429, "Rate limit exceeded: slow down, and ask again later."),
    (QuotaExceeded, 429, "Rate limit exceeded: a quota of the account is used up; wait for its window to pass."),
    (FileTooLarge, 413, "Too large: a file exceeds the size that the account's tier allows."),
    (NoSpareNodes, 503, "No free node: nothing was started; wait until a running backtest or algorithm ends."),
    (StillLoading, 503, "Not ready yet: ask again in a few seconds."),
    (BuildCacheMiss, 409, "Build lost: compile the project again."),
    (InvalidSettings, 400, "Invalid settings: nothing was sent."),
    (ServerError, 500, "Server error: the request may have been carried out; look before repeating it."),
    (ConnectError, 503, "Not reachable: nothing was sent; check the network and the base URL."),
    (RequestTimeout, 504, "No answer in time: the request may have been carried out; look before repeating it."),
    (ConnectionLost, 503, "Connection lost: the request may have been carried out; look before repeating it."),
    (AnswerTooLarge, 502, "Too large: the answer was not read; asking again changes nothing."),
    (UnexpectedResponse, 502, "Not understood: the answer has no documented form; look before repeating the request."),
    (ApiError, 400, "Refused: change the request before trying again."),
)
#: What belongs to the envelope and not to its content.
_ENVELOPE: Final = frozenset({"success", "errors", "messages"})


@dataclass(frozen=True, slots=True)
class QCResponse:
    """One answer. True in a condition when it was a yes. The content is in no repr: it may hold code and settings."""

    success: bool
    #: The content as plain JSON values under the API's own names: `data["compileId"]`. Times are ISO 8601 in UTC.
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    #: The server's own words first, then one line that explains the code.
    errors: list[str] = field(default_factory=list)
    #: 200, or the code that fits the failure, also where the wire said 200.
    status_code: int = 200

    @classmethod
    def from_answer(cls, answer: Model) -> Self:
        """A yes, with what came with it and nothing that did not."""
        content = answer.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return cls(success=True, data={name: value for name, value in content.items() if name not in _ENVELOPE})

    @classmethod
    def from_error(cls, error: QuantConnectError) -> Self:
        """A no.

        Raises:
            QuantConnectError: This one, if it is no answer to a request.
        """
        found = next(((code, meaning) for kind, code, meaning in _CODES if isinstance(error, kind)), None)
        if found is None:
            raise error
        code, meaning = found
        if isinstance(error, ServerError):
            code = max(code, error.status)
        said = list(error.messages) if isinstance(error, ApiError | ServerError) else []
        if not said:
            said = [error.message]
        return cls(success=False, errors=[*said, f"{code}: {meaning}"], status_code=code)

    def __bool__(self) -> bool:
        return self.success
