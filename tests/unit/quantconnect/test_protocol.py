"""Every answer becomes a model or the right error, and no error repeats what must stay secret."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from quantconnect import errors
from quantconnect.endpoints.account import AUTHENTICATE
from quantconnect.endpoints.backtests import CREATE_BACKTEST, READ_BACKTEST
from quantconnect.endpoints.base import Endpoint
from quantconnect.endpoints.compiles import CREATE_COMPILE
from quantconnect.endpoints.files import UPDATE_FILE
from quantconnect.endpoints.projects import CREATE_PROJECT, UPDATE_PROJECT
from quantconnect.models.files import WriteFile
from quantconnect.models.ids import ProjectId
from quantconnect.protocol import decode, encode
from tests.unit.quantconnect.server import NO_SPARE_NODES, auth_at, body, refused


def failure(
    answer: object,
    *,
    endpoint: Endpoint[Any, Any] = AUTHENTICATE,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> errors.QuantConnectError:
    """The error that an answer becomes."""
    content = answer if isinstance(answer, bytes) else body(answer)
    with pytest.raises(errors.QuantConnectError) as caught:
        decode(endpoint, status, headers or {}, content)
    return caught.value


@pytest.mark.parametrize("success", [True, "true", "True", 1, "1"])
def test_success_has_several_spellings(success: object) -> None:
    """Seen as a text in test doubles of the LEAN CLI."""
    assert decode(AUTHENTICATE, 200, {}, body({"success": success})).model_extra == {"success": success}


@pytest.mark.parametrize("success", [False, None, 0, "false", [], 2])
def test_everything_else_is_no_success(success: object) -> None:
    """A doubtful yes is a no."""
    assert isinstance(failure({"success": success}), errors.InvalidRequest)


@pytest.mark.parametrize(
    ("answer", "messages"),
    [
        (refused("Error 1", "Error 2"), ("Error 1", "Error 2")),
        ({"success": False, "errors": [], "messages": ["M 1", "M 2"], "Message": "M 3"}, ("M 1", "M 2")),
        ({"success": False, "Message": "Not today"}, ("Not today",)),
        ({"success": False, "errors": "a text"}, ("a text",)),
        ({"success": False, "errors": [{"code": 7}]}, ('{"code": 7}',)),
        ({"success": False}, ()),
    ],
)
def test_reasons_are_found_where_the_api_has_ever_put_them(answer: object, messages: tuple[str, ...]) -> None:
    """`errors`, then `messages`, then `Message`, then nothing."""
    error = failure(answer)
    assert type(error) is errors.InvalidRequest
    assert error.messages == messages


@pytest.mark.parametrize(
    ("endpoint", "text", "expected"),
    [
        (AUTHENTICATE, "Hash doesn't match.", errors.AuthenticationError),
        (AUTHENTICATE, "UserID not valid", errors.AuthenticationError),
        (AUTHENTICATE, "Invalid timestamp", errors.AuthenticationError),
        (AUTHENTICATE, "Unauthorized", errors.AuthenticationError),
        (AUTHENTICATE, "Sorry, too many failed attempts for this user or ip.", errors.AccountLocked),
        (CREATE_BACKTEST, "Too many backtest requests; please slow down.", errors.RateLimitExceeded),
        (CREATE_BACKTEST, "TOO MANY BACKTEST REQUESTS; PLEASE SLOW DOWN.", errors.RateLimitExceeded),
        (CREATE_BACKTEST, NO_SPARE_NODES, errors.NoSpareNodes),
        (CREATE_BACKTEST, "Compile id not found", errors.CompileNotFound),
        (CREATE_COMPILE, "Could not find a part of the path '/cache/1'.", errors.BuildCacheMiss),
        (CREATE_BACKTEST, "You reached the limit of 200 backtests per day.", errors.QuotaExceeded),
        (READ_BACKTEST, "The maximum is 100", errors.InvalidRequest),
        (READ_BACKTEST, "Backtest not found", errors.NotFound),
        (READ_BACKTEST, "Project not found", errors.NotFound),
        (UPDATE_FILE, "File not found: main.py", errors.NotFound),
        (UPDATE_FILE, "The file does not exist", errors.NotFound),
        (UPDATE_PROJECT, "File exceeds the maximum size of 32,000 characters.", errors.FileTooLarge),
        (UPDATE_FILE, "You do not have write permission for this project.", errors.ProjectLocked),
        (UPDATE_PROJECT, "A project with this name exists", errors.InvalidRequest),
        (READ_BACKTEST, "Internal Error 21", errors.ServerError),
    ],
)
def test_failures_with_http_200_are_told_apart_by_their_text(
    endpoint: Endpoint[Any, Any], text: str, expected: type[errors.QuantConnectError]
) -> None:
    """The API refuses with HTTP 200 and a sentence; what to do depends on which."""
    error = failure(refused(text), endpoint=endpoint)
    assert type(error) is expected
    assert text in str(error)
    assert error.endpoint == endpoint.path


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.InvalidRequest),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (413, errors.FileTooLarge),
        (429, errors.RateLimitExceeded),
        (500, errors.ServerError),
        (503, errors.ServerError),
    ],
)
def test_a_status_decides_when_the_text_does_not(status: int, expected: type[errors.QuantConnectError]) -> None:
    """Documented is 401; gateways use the others."""
    error = failure({"success": False, "errors": ["something"]}, status=status)
    assert type(error) is expected
    assert getattr(error, "status", None) == status
    assert getattr(error, "messages", None) == ("something",)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, errors.UnexpectedResponse),
        (302, errors.UnexpectedResponse),
        (404, errors.UnexpectedResponse),
        (401, errors.AuthenticationError),
        (413, errors.FileTooLarge),
        (429, errors.RateLimitExceeded),
        (502, errors.ServerError),
    ],
)
def test_a_page_instead_of_json_is_never_taken_for_an_answer(
    status: int, expected: type[errors.QuantConnectError]
) -> None:
    """A 404 of a proxy must not look like a deleted project; a 429 of a gateway is a 429."""
    assert type(failure(b"<html>Maintenance</html>", status=status)) is expected


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"success": tr', b"\xff\xfe", b"[" * 100_000])
def test_a_broken_body_is_an_unexpected_response(content: bytes) -> None:
    """Whatever happens on the way, the caller gets an error of ours."""
    assert type(failure(content)) is errors.UnexpectedResponse


def test_an_answer_that_does_not_say_yes_or_no_is_unexpected() -> None:
    """Some proxies speak JSON, too."""
    error = failure({"status": "ok"})
    assert type(error) is errors.UnexpectedResponse
    assert error.excerpt == "no field `success`"


def test_a_create_without_what_was_created_may_have_been_carried_out() -> None:
    """Community report: success without a backtest. Look it up before asking again."""
    error = failure({"success": True, "errors": []}, endpoint=CREATE_BACKTEST)
    assert type(error) is errors.UnexpectedResponse
    assert error.maybe_carried_out
    assert error.excerpt == "backtest"


@pytest.mark.parametrize(
    ("endpoint", "answer"),
    [
        (CREATE_PROJECT, {"success": True, "projects": []}),
        (CREATE_PROJECT, {"success": True, "projects": [{"name": "no id"}]}),
        (CREATE_COMPILE, {"success": True, "state": "InQueue"}),
        (CREATE_BACKTEST, {"success": True, "backtest": {"backtestId": ""}}),
    ],
)
def test_a_create_without_an_id_is_unexpected(endpoint: Endpoint[Any, Any], answer: object) -> None:
    """Nobody can go on without it."""
    assert type(failure(answer, endpoint=endpoint)) is errors.UnexpectedResponse


def test_a_wrong_shape_is_told_by_field_and_not_by_value() -> None:
    """An answer may hold the login of a brokerage."""
    error = failure({"success": True, "backtest": {"backtestId": {"password": "hidden"}}}, endpoint=READ_BACKTEST)
    assert type(error) is errors.UnexpectedResponse
    assert error.excerpt == "backtest.backtestId"
    seen: BaseException | None = error
    while seen is not None:
        assert "hidden" not in f"{seen} {seen!r}"
        seen = seen.__context__


def test_a_page_that_repeats_our_headers_does_not_get_them_into_an_error() -> None:
    """Debug pages of proxies print the request."""
    header = auth_at(1_700_000_000).get_headers()["Authorization"]
    digest = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[2]
    page = failure(f"<pre>Authorization: {header} hash {digest}</pre>".encode())
    refusal = failure(refused(f"Wrong header {header}, hash {digest}"))
    assert isinstance(page, errors.UnexpectedResponse)
    assert isinstance(refusal, errors.InvalidRequest)
    for text in (str(page), page.excerpt, str(refusal), *refusal.messages):
        assert header.removeprefix("Basic ") not in text
        assert digest not in text


def test_an_excerpt_is_short_and_on_one_line() -> None:
    """It goes into a log."""
    error = failure(b"<html>\n" + b"x" * 5000)
    assert isinstance(error, errors.UnexpectedResponse)
    assert error.excerpt.startswith("<html> xxx")
    assert len(error.excerpt) == 200


def test_the_servers_clock_is_read_from_its_refusal() -> None:
    """With it, a wrong clock can be told from a wrong token."""
    told = failure(refused("Hash doesn't match. UserID: 1, Server Time: 1700000000"))
    silent = failure(refused("Hash doesn't match."))
    assert isinstance(told, errors.AuthenticationError)
    assert isinstance(silent, errors.AuthenticationError)
    assert (told.server_time, silent.server_time) == (1_700_000_000, None)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        (
            {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
            timedelta(seconds=30),
        ),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:29:00 GMT"}, timedelta(0)),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"retry-after": "99999999999999999999"}, timedelta(days=1)),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_honoured_in_both_forms(headers: dict[str, str], wait: timedelta | None) -> None:
    """Nobody has seen one yet; a gateway may send it tomorrow."""
    error = failure(b"", status=429, headers=headers)
    assert isinstance(error, errors.RateLimitExceeded)
    assert error.retry_after == wait


def test_a_request_goes_to_the_path_of_its_endpoint_and_hides_its_content() -> None:
    """Reprs of steps end up in logs, code must not."""
    request = encode(UPDATE_FILE, WriteFile(project_id=ProjectId(1), name="main.py", content="alpha = 1"))
    assert (request.path, request.json) == (
        "files/update",
        {"projectId": 1, "name": "main.py", "content": "alpha = 1"},
    )
    assert "alpha" not in repr(request)
    assert json.dumps(request.json)
