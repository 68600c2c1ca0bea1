"""The error tree: one sentence each, and safe to move between processes."""

import copy
import pickle
from datetime import timedelta

import pytest

from quantconnect import errors
from quantconnect.errors import (
    AnswerTooLarge,
    ConnectionLost,
    QuantConnectError,
    RateLimitExceeded,
    RequestTimeout,
    ServerError,
    UnexpectedResponse,
)

ALL = sorted(
    (c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, QuantConnectError)),
    key=lambda c: c.__name__,
)


@pytest.mark.parametrize("error", ALL)
def test_every_error_explains_itself_in_one_line(error: type[QuantConnectError]) -> None:
    """A user sees this line and nothing else."""
    text = str(error(endpoint="backtests/create"))
    assert text.endswith(". [backtests/create]")
    assert "\n" not in text


@pytest.mark.parametrize("error", ALL)
def test_every_error_stands_in_the_tree_at_the_head_of_the_file(error: type[QuantConnectError]) -> None:
    """You learn what can go wrong before reading any code."""
    assert error.__name__ in (errors.__doc__ or "")


def test_only_doubtful_errors_say_that_the_effect_may_exist() -> None:
    """Whoever creates something looks before repeating exactly these."""
    doubtful = {error for error in ALL if error.maybe_carried_out}
    assert doubtful == {AnswerTooLarge, RequestTimeout, ConnectionLost, ServerError, UnexpectedResponse}


def test_the_servers_own_words_are_quoted_and_kept_whole() -> None:
    """A long answer shortens the line, not the knowledge."""
    error = errors.InvalidRequest(messages=("Wrong\nwindow", "x" * 1000))
    assert "QuantConnect said: Wrong window; xxx" in str(error)
    assert len(str(error)) < 450
    assert error.messages == ("Wrong\nwindow", "x" * 1000)


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_being_copied_and_sent(duplicate: object) -> None:
    """Errors cross process borders; an error that cannot be rebuilt hides the first one."""
    error = RateLimitExceeded(endpoint="a/b", status=429, messages=("slow down",), retry_after=timedelta(seconds=7))
    assert callable(duplicate)
    twin = duplicate(error)
    assert (str(twin), twin.status, twin.messages, twin.retry_after) == (
        str(error),
        429,
        ("slow down",),
        timedelta(seconds=7),
    )
