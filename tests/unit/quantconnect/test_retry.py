"""The decision to repeat, as a table."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantconnect import errors
from quantconnect.retry import ONCE, RetryPolicy


def decide(error: errors.QuantConnectError, *, repeatable: bool, attempt: int = 1, elapsed: float = 0) -> bool:
    """Whether the default policy repeats."""
    wait = RetryPolicy().decide(
        error, attempt=attempt, elapsed=timedelta(seconds=elapsed), repeatable=repeatable, random=0.5
    )
    return wait is not None


@pytest.mark.parametrize(
    ("error", "when_repeatable", "otherwise"),
    [
        (errors.ConnectError(), True, True),
        (errors.RequestTimeout(), True, False),
        (errors.ConnectionLost(), True, False),
        (errors.ServerError(), True, False),
        (errors.UnexpectedResponse(), True, False),
        (errors.AuthenticationError(), False, False),
        (errors.AccountLocked(), False, False),
        (errors.RateLimitExceeded(), False, False),
        (errors.NoSpareNodes(), False, False),
        (errors.QuotaExceeded(), False, False),
        (errors.NotFound(), False, False),
        (errors.InvalidRequest(), False, False),
        (errors.BuildCacheMiss(), False, False),
        (errors.MissingCredentials(), False, False),
    ],
)
def test_what_is_repeated(error: errors.QuantConnectError, when_repeatable: bool, otherwise: bool) -> None:
    """A create that may have happened is never repeated; a refusal is never repeated; what never left always is."""
    assert decide(error, repeatable=True) is when_repeatable
    assert decide(error, repeatable=False) is otherwise


def test_attempts_and_time_are_limited() -> None:
    """Everything ends."""
    error = errors.ConnectError()
    assert decide(error, repeatable=True, attempt=2)
    assert not decide(error, repeatable=True, attempt=3)
    assert decide(error, repeatable=True, elapsed=19)
    assert not decide(error, repeatable=True, elapsed=19.9)


def test_once_means_once() -> None:
    """For whoever repeats by other means."""
    wait = ONCE.decide(errors.ConnectError(), attempt=1, elapsed=timedelta(0), repeatable=True, random=0)
    assert wait is None


@settings(deadline=None)  # a busy machine is no failure
@given(attempt=st.integers(1, 30), random=st.floats(0, 1))
def test_a_wait_lies_in_the_upper_half_of_its_length(attempt: int, random: float) -> None:
    """Programs that failed together do not come back together, nor at once."""
    policy = RetryPolicy(attempts=100)
    wait = policy.decide(errors.ConnectError(), attempt=attempt, elapsed=timedelta(0), repeatable=True, random=random)
    assert wait is not None
    whole = min(0.5 * 2 ** (attempt - 1), 8.0)
    assert whole / 2 - 1e-6 <= wait.total_seconds() <= whole + 1e-6
