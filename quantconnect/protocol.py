"""The wire as pure functions: a request becomes a path and JSON (or a form with a file), an answer becomes a model or
an error.

What the API does (QuantConnect API reference; the order in which the LEAN CLI reads a failure):
  - a failure is normally HTTP 200 with `success: false` and the reasons in `errors`; older forms are `messages`, a
    single `Message`, or no reason at all;
  - `success` may be true, "true" or 1;
  - a proxy or a maintenance page may answer HTML with any status.
The texts by which failures are told apart stand in one table below. They change: a text that is not in it is an
`InvalidRequest`, which nobody repeats.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from quantconnect.endpoints.base import Endpoint
from quantconnect.errors import (
    AccountLocked,
    ApiError,
    AuthenticationError,
    BuildCacheMiss,
    CompileNotFound,
    FileTooLarge,
    InvalidRequest,
    NoSpareNodes,
    NotFound,
    PermissionDenied,
    ProjectLocked,
    QuantConnectError,
    QuotaExceeded,
    RateLimitExceeded,
    ServerError,
    UnexpectedResponse,
)
from quantconnect.models.base import Model, Request

Q = TypeVar("Q", bound=Request)
R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """What to POST: JSON, or with `files` a form. The content is in no repr: it may hold code, and the settings of a
    brokerage.
    """

    path: str
    json: dict[str, Any] = field(repr=False)
    files: Mapping[str, bytes | Path] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Text:
    """A server's text by which a failure is known, wherever it stands in an answer, in any case."""

    pattern: re.Pattern[str]
    error: type[ApiError] | type[ServerError]
    only: str = ""  #: the one endpoint where it has this meaning


def _text(pattern: str, error: type[ApiError] | type[ServerError], only: str = "") -> _Text:
    return _Text(re.compile(pattern, re.IGNORECASE), error, only)


#: The first that matches decides.
_TEXTS: Final = (
    # Community report: the lock-out after many failed logins, HTTP 200 or 4xx.
    _text(r"too many failed attempts", AccountLocked),
    # LEAN CLI, error handling: wrong token or wrong clock; wrong user id or revoked token.
    _text(r"hash doesn.?t match", AuthenticationError),
    _text(r"userid not valid", AuthenticationError),
    # Community report: timestamp missing or older than 7200 s.
    _text(r"invalid timestamp", AuthenticationError),
    # API reference: the name of the 401; seen with HTTP 200, too.
    _text(r"^unauthorized(error)?\.?$", AuthenticationError),
    # Community reports: "Too many backtest requests; please slow down."
    _text(r"slow down|too many (backtest )?requests", RateLimitExceeded),
    # Community reports: "There are no spare nodes available in your cluster. To launch a new backtest please …"
    _text(r"no spare nodes", NoSpareNodes),
    # Community reports: a build that the server has lost, at compile/create and backtests/create.
    _text(r"could not find a part of the path", BuildCacheMiss),
    # Community reports: unknown, expired, or not yet visible right after BuildSuccess.
    _text(r"compile\b.*\bnot found", CompileNotFound),
    # LEAN CLI, issue 573: "File exceeds the maximum size of 32,000 characters."
    _text(r"exceeds the maximum size", FileTooLarge),
    # LEAN CLI, cloud push: another source holds the lock.
    _text(r"write permission", ProjectLocked),
    # Community reports: "File not found: main.py" (error code 1001), "Backtest not found"; "does not exist".
    _text(r"not found|does not exist|doesn.?t exist", NotFound),
    # The daily cap of the free node. Its text is not published, so its likely words are taken for it.
    _text(r"\b(quota|limit|per day|daily|maximum)\b", QuotaExceeded, only="backtests/create"),
    _text(r"\bquota\b", QuotaExceeded),
    # LEAN CLI, error handling: a `Message` such as "Internal Error 21".
    _text(r"internal (server )?error", ServerError),
)

_STATUSES: Final[dict[int, type[ApiError]]] = {
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    413: FileTooLarge,
    429: RateLimitExceeded,
}
#: Statuses that mean the same whatever the body is: a gateway sends them with a page of its own.
_BODILESS: Final = frozenset({401, 413, 429})

_SERVER_TIME: Final = re.compile(r"server time:?\s*(\d{9,11})\b", re.IGNORECASE)
#: A page for debugging may repeat the request's headers: neither the signature nor the hash in it goes any further.
_SIGNATURE: Final = re.compile(r"Basic\s+[A-Za-z0-9+/=_-]+|\b[0-9a-f]{64}\b", re.IGNORECASE)
#: How many reasons of a refusal are read, and how many characters of each. No server has told more.
_MESSAGES, _MESSAGE = 100, 10_000
_UNSPEAKABLE: Final = (
    "QuantConnect was not asked, because the request would be wrong: it holds half a character, a number that is not "
    "finite, or is nested too deep."
)
#: More fields at fault than anybody wants to be told.
_COUNTABLE: Final = 1000
#: Nobody has seen a Retry-After; one that asks for more than a day is taken for a day.
_LONGEST_RETRY_AFTER: Final = timedelta(days=1)


def encode(endpoint: Endpoint[Q, R], query: Q) -> WireRequest:
    """The request as it goes out: camelCase names, absent values left out.

    Raises:
        InvalidRequest: It holds what cannot be sent; nothing was.
    """
    try:
        if endpoint.multipart:
            fields = query.model_dump(by_alias=True, exclude_none=True)
            files = {name: value for name, value in fields.items() if isinstance(value, bytes | Path)}
            request = WireRequest(endpoint.path, {n: str(v) for n, v in fields.items() if n not in files}, files)
        else:
            request = WireRequest(endpoint.path, query.model_dump(mode="json", by_alias=True, exclude_none=True))
        json.dumps(request.json, ensure_ascii=False, allow_nan=False).encode()  # maps may hold anything
    except (ValueError, RecursionError):
        raise InvalidRequest(_UNSPEAKABLE, endpoint=endpoint.path, status=0) from None
    return request


def decode(endpoint: Endpoint[Q, R], status: int, headers: Mapping[str, str], body: bytes) -> R:
    """The answer as a model.

    Raises:
        ApiError: The answer said no; the class by its text, else by its status.
        ServerError: HTTP 5xx, or the answer told of an internal error.
        UnexpectedResponse: No JSON, a redirection, or not the documented shape.
    """
    if endpoint.redirects and 300 <= status < 400:
        location = next((value for name, value in headers.items() if name.lower() == "location"), None)
        return _model(endpoint, status, {"success": True, "location": location})
    answer = _json(body)
    if status == 500 and endpoint.empty_500 and not body.strip():
        raise NotFound("There is nothing of that name at QuantConnect.", endpoint=endpoint.path, status=status)
    if status >= 500:
        raise ServerError(endpoint=endpoint.path, status=status, messages=_messages(answer))
    if 300 <= status < 400 or not (isinstance(answer, dict) or status in _BODILESS):
        raise _unexpected(endpoint, status, body)
    if status >= 400 or not _success(endpoint, answer):
        raise _refusal(endpoint, status, headers, answer)
    reply = _model(endpoint, status, answer)
    if "success" not in answer and reply.model_fields_set.isdisjoint(type(reply).model_fields):
        raise _refusal(endpoint, status, headers, answer)
    return reply


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # ValueError includes bytes that are no text
        return None


def _success(endpoint: Endpoint[Q, R], answer: dict[str, Any]) -> bool:
    if not endpoint.says_success and "success" not in answer:
        return not _messages(answer)
    value = answer.get("success")
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "1"})


def _messages(answer: Any) -> tuple[str, ...]:
    """The reasons, in the order in which the LEAN CLI looks for them."""
    if not isinstance(answer, dict):
        return ()
    for key in ("errors", "messages", "Message", "message"):
        value = answer.get(key)
        items = value[:_MESSAGES] if isinstance(value, list) else [value]
        texts = tuple(_scrub(_as_text(item)[:_MESSAGE]) for item in items if item not in (None, "", [], {}))
        if texts:
            return texts
    return ()


def _as_text(item: Any) -> str:
    try:
        return item if isinstance(item, str) else json.dumps(item)
    except RecursionError:  # nested so deep that it could be read, but not written
        return "(unreadable)"


def _scrub(text: str) -> str:
    # JSON can spell half a character, which nobody can print.
    return _SIGNATURE.sub("…", text.encode("utf-8", "replace").decode())


def _refusal(endpoint: Endpoint[Q, R], status: int, headers: Mapping[str, str], answer: Any) -> QuantConnectError:
    if isinstance(answer, dict) and "success" not in answer and status < 400 and not _messages(answer):
        return UnexpectedResponse(
            "QuantConnect's answer does not say whether it succeeded; the request may have been carried out.",
            endpoint=endpoint.path,
            status=status,
            excerpt="no field `success`",
        )
    messages = _messages(answer)
    kind = _kind(endpoint.path, status, messages)
    if issubclass(kind, AuthenticationError):
        return kind(endpoint=endpoint.path, status=status, messages=messages, server_time=_server_time(messages))
    if issubclass(kind, RateLimitExceeded):
        return kind(endpoint=endpoint.path, status=status, messages=messages, retry_after=_retry_after(headers))
    return kind(endpoint=endpoint.path, status=status, messages=messages)


def _kind(path: str, status: int, messages: tuple[str, ...]) -> type[ApiError] | type[ServerError]:
    for known in _TEXTS:
        if known.only in ("", path) and any(known.pattern.search(message) for message in messages):
            return known.error
    return _STATUSES.get(status, InvalidRequest)


def _server_time(messages: tuple[str, ...]) -> int | None:
    match = _SERVER_TIME.search(" ".join(messages))
    return int(match[1]) if match else None


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in seconds or as a date; a date is read against the answer's own Date, so no clock is needed."""
    fields = {name.lower(): value.strip() for name, value in headers.items()}
    asked = fields.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        wait = timedelta(seconds=min(int(asked[:9]), 1_000_000))
    else:
        try:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(fields.get("date", ""))
        except (ValueError, TypeError):  # no date at all, or one with a zone and one without
            return None
    return min(max(wait, timedelta(0)), _LONGEST_RETRY_AFTER)


def _unexpected(endpoint: Endpoint[Q, R], status: int, body: bytes) -> UnexpectedResponse:
    excerpt = _scrub(" ".join(body[:2000].decode("utf-8", "replace").split()))[:200]
    return UnexpectedResponse(
        f"Something answered HTTP {status} without QuantConnect's JSON; the request may have been carried out. "
        "Check the base URL, or wait until maintenance is over.",
        endpoint=endpoint.path,
        status=status,
        excerpt=excerpt,
    )


def _places(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return _scrub(", ".join(sorted({".".join(map(str, problem["loc"])) for problem in problems})))


def _model(endpoint: Endpoint[Q, R], status: int, answer: dict[str, Any]) -> R:
    try:
        return endpoint.reply.model_validate(answer)
    except ValidationError as error:
        # The fields only, not their values: an answer may hold the settings of a brokerage.
        fields = "very many fields" if error.error_count() > _COUNTABLE else _places(error)
    except RecursionError:
        fields = "nested too deep"
    raise UnexpectedResponse(
        f"QuantConnect's answer lacks the documented form at: {fields[:160]}; the request may have been carried out.",
        endpoint=endpoint.path,
        status=status,
        excerpt=fields,
    )
