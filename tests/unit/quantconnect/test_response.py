"""One answer as the flat methods give it."""

import pytest

from quantconnect import errors
from quantconnect.errors import (
    AccountLocked,
    AuthenticationError,
    CompileNotFound,
    ConnectError,
    InvalidRequest,
    InvalidSettings,
    MissingCredentials,
    NoSpareNodes,
    NotFound,
    PermissionDenied,
    QuantConnectError,
    RateLimitExceeded,
    RequestTimeout,
    ServerError,
    UnexpectedResponse,
)
from quantconnect.models.projects import CreatedProject
from quantconnect.response import QCResponse


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuthenticationError(messages=("Hash doesn't match.",)), 401),
        (AccountLocked(), 401),
        (PermissionDenied(), 403),
        (NotFound(), 404),
        (CompileNotFound(), 404),
        (RateLimitExceeded(), 429),
        (ServerError(), 500),
        (ServerError(status=200), 500),
        (ServerError(status=502), 502),
        (NoSpareNodes(), 503),
        (ConnectError(), 503),
        (RequestTimeout(), 504),
        (UnexpectedResponse(), 502),
        (InvalidRequest(), 400),
        (InvalidSettings(), 400),
    ],
)
def test_a_failure_gets_the_code_that_everybody_knows(error: QuantConnectError, code: int) -> None:
    """The wire says 200 to nearly all of them."""
    response = QCResponse.from_error(error)
    assert (response.success, response.status_code) == (False, code)
    assert response.errors[-1].startswith(f"{code}: ")


def test_the_servers_own_words_come_first() -> None:
    """The explanation of a code never replaces what was said."""
    response = QCResponse.from_error(NotFound(messages=("File not found: a.py", "Sorry")))
    assert response.errors[:2] == ["File not found: a.py", "Sorry"]
    assert len(response.errors) == 3


def test_every_answer_and_every_missing_answer_has_a_code() -> None:
    """An error that is added must not break the flat methods."""
    conversations = (errors.ApiError, errors.TransportError, errors.ServerError, errors.UnexpectedResponse)
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, conversations)]
    for kind in kinds:
        if kind is not errors.TransportError:  # only its kinds are raised
            assert QCResponse.from_error(kind()).status_code >= 400


def test_what_is_no_answer_is_raised() -> None:
    """A program without credentials has a mistake to correct, not an answer to look at."""
    with pytest.raises(MissingCredentials):
        QCResponse.from_error(MissingCredentials())


def test_the_content_is_plain_and_has_the_names_of_the_api() -> None:
    """`response.data['projects'][0]['projectId']` is how the request writes it."""
    answer = CreatedProject.model_validate(
        {"success": True, "errors": [], "projects": [{"projectId": 7, "name": "Test", "novelty": {"a": [1]}}]}
    )
    response = QCResponse.from_answer(answer)
    assert response.data == {"projects": [{"projectId": 7, "name": "Test", "novelty": {"a": [1]}}]}
    assert (response.success, response.errors, response.status_code) == (True, [], 200)


def test_a_response_is_true_when_it_was_a_yes() -> None:
    """`if client.delete_project(…):` reads as it should."""
    assert QCResponse(success=True)
    assert not QCResponse(success=False)


def test_the_content_is_in_no_repr() -> None:
    """It may hold code, and the settings of a brokerage."""
    assert "secret" not in repr(QCResponse(success=True, data={"liveForm": "secret"}))
