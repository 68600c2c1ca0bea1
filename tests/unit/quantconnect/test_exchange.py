"""The conversation as a list of steps: no sockets, no sleeping, no event loop."""

from collections.abc import Sequence
from typing import Any

import pytest

from quantconnect import errors
from quantconnect.endpoints.backtests import CREATE_BACKTEST, LIST_BACKTESTS
from quantconnect.endpoints.base import Endpoint
from quantconnect.exchange import Admit, Send, SlowDown, Step, exchange
from quantconnect.models.backtests import CreateBacktest, ListBacktests
from quantconnect.models.base import Request
from quantconnect.models.ids import CompileId, ProjectId
from quantconnect.operations.base import Pause
from quantconnect.protocol import Reply
from quantconnect.retry import RetryPolicy
from tests.unit.quantconnect.server import OK, TOKEN, auth_at, body, refused

NOW = 1_700_000_000
LIST = ListBacktests(project_id=ProjectId(1))
CREATE = CreateBacktest(project_id=ProjectId(1), compile_id=CompileId("c"), backtest_name="n")


def perform(
    answers: Sequence[dict[str, Any] | Reply | Exception],
    *,
    endpoint: Endpoint[Any, Any] = LIST_BACKTESTS,
    query: Request = LIST,
    waits: Sequence[float] = (),
    seconds_per_send: float = 0.0,
    policy: RetryPolicy | None = None,
) -> tuple[list[Step], object]:
    """Play the server: all steps that came, and what came out (a model or an error)."""
    steps: list[Step] = []
    queue, admissions = list(answers), list(waits)
    now = 0.0
    conversation = exchange(
        endpoint,
        query,
        auth=auth_at(NOW),
        policy=policy or RetryPolicy(),
        clock=lambda: now,
        random=lambda: 1.0,
    )
    answer: float | Reply | None = None
    error: Exception | None = None
    try:
        while True:
            step = conversation.throw(error) if error else conversation.send(answer)
            steps.append(step)
            answer, error = None, None
            if isinstance(step, Admit):
                answer = admissions.pop(0) if admissions else 0.0
            elif isinstance(step, Send):
                now += seconds_per_send
                following = queue.pop(0)
                if isinstance(following, Exception):
                    error = following
                else:
                    answer = following if isinstance(following, Reply) else Reply(200, {}, body(following))
            elif isinstance(step, Pause):
                now += step.seconds
    except StopIteration as end:
        return steps, end.value
    except errors.QuantConnectError as failure:
        return steps, failure


def kinds(steps: Sequence[Step]) -> list[str]:
    """The names of the steps, with their seconds."""
    return [type(step).__name__ + seconds_of(step) for step in steps]


def seconds_of(step: Step) -> str:
    match step:
        case Pause(float(seconds)) | SlowDown(_, float(seconds)):
            return f" {seconds:g}"
    return ""


def timestamps(steps: Sequence[Step]) -> list[int]:
    """By which time each request was signed."""
    return [int(step.headers["Timestamp"]) for step in steps if isinstance(step, Send)]


def test_a_request_is_admitted_and_sent_once() -> None:
    """The ordinary case costs one request."""
    steps, outcome = perform([OK])
    assert kinds(steps) == ["Admit", "Send"]
    assert not isinstance(outcome, Exception)


def test_a_request_waits_until_the_limiter_lets_it_go() -> None:
    """The budget is shared; asking again after the wait counts the request."""
    steps, _ = perform([OK], waits=[2.0, 0.5, 0.0])
    assert kinds(steps) == ["Admit", "Pause 2", "Admit", "Pause 0.5", "Admit", "Send"]


def test_a_long_wait_for_the_limiter_is_handed_back_to_the_caller() -> None:
    """A worker does not sleep through a minute of silence; nothing was sent."""
    steps, outcome = perform([], waits=[4.0, 60.0])
    assert kinds(steps) == ["Admit", "Pause 4", "Admit"]
    assert isinstance(outcome, errors.RateLimitExceeded)
    assert outcome.status == 0
    assert outcome.retry_after is not None
    assert outcome.retry_after.total_seconds() == 60


def test_a_hiccup_is_repeated_and_every_repetition_is_admitted_and_signed_anew() -> None:
    """Three attempts, counted by the limiter like any other."""
    broken = Reply(502, {}, b"<html>")
    steps, outcome = perform([broken, errors.RequestTimeout(), OK])
    assert kinds(steps) == ["Admit", "Send", "Pause 0.5", "Admit", "Send", "Pause 1", "Admit", "Send"]
    assert not isinstance(outcome, Exception)


def test_a_create_that_may_have_happened_is_not_repeated() -> None:
    """Twice would run two backtests."""
    steps, outcome = perform([errors.RequestTimeout()], endpoint=CREATE_BACKTEST, query=CREATE)
    assert kinds(steps) == ["Admit", "Send"]
    assert isinstance(outcome, errors.RequestTimeout)


def test_a_create_that_never_left_is_repeated() -> None:
    """Nobody has heard it."""
    steps, _ = perform([errors.ConnectError()] * 3, endpoint=CREATE_BACKTEST, query=CREATE)
    assert kinds(steps).count("Send") == 3


def test_slow_answers_use_up_the_budget() -> None:
    """A request ends in time although attempts would be left."""
    steps, outcome = perform([errors.RequestTimeout()] * 3, seconds_per_send=30.0)
    assert kinds(steps) == ["Admit", "Send"]
    assert isinstance(outcome, errors.RequestTimeout)


def test_slow_down_is_told_to_the_limiter_and_not_repeated() -> None:
    """One process that hears it speaks for all."""
    steps, outcome = perform([refused("Too many backtest requests; please slow down.")])
    assert kinds(steps) == ["Admit", "Send", "SlowDown"]
    assert isinstance(outcome, errors.RateLimitExceeded)


def test_the_servers_own_wait_is_passed_on() -> None:
    """Retry-After wins over our guess."""
    steps, _ = perform([Reply(429, {"retry-after": "7"}, b"")])
    assert kinds(steps) == ["Admit", "Send", "SlowDown 7"]


@pytest.mark.parametrize("server_time", [NOW + 9000, NOW - 2, NOW + 61])
def test_a_wrong_clock_is_corrected_and_the_request_signed_again(server_time: int) -> None:
    """Otherwise nobody with a wrong clock could work. Harmless for a create: a refused login does nothing."""
    hint = refused(f"Hash doesn't match. Server Time: {server_time}")
    created = OK | {"backtest": {"backtestId": "b"}}
    steps, outcome = perform([hint, created], endpoint=CREATE_BACKTEST, query=CREATE)
    assert kinds(steps) == ["Admit", "Send", "Admit", "Send"]
    assert timestamps(steps) == [NOW, server_time]
    assert not isinstance(outcome, Exception)


def test_a_clock_is_corrected_once_only() -> None:
    """Every further try is a failed login, and those lock the account."""
    hints = [refused(f"Hash doesn't match. Server Time: {NOW + drift}") for drift in (9000, 20000)]
    steps, outcome = perform(hints)
    assert kinds(steps).count("Send") == 2
    assert isinstance(outcome, errors.AuthenticationError)


@pytest.mark.parametrize("late", [-1, 0, 1, 60])
def test_a_wrong_token_is_tried_once_when_the_clock_is_right(late: int) -> None:
    """The server tells its time in any case; if ours agrees, the token is wrong and another try is one too many."""
    steps, outcome = perform([refused(f"Hash doesn't match. Server Time: {NOW + late}")])
    assert kinds(steps) == ["Admit", "Send"]
    assert isinstance(outcome, errors.AuthenticationError)


@pytest.mark.parametrize(
    "text", ["Hash doesn't match.", "UserID not valid", "too many failed attempts for this user or ip"]
)
def test_a_refused_login_is_tried_once(text: str) -> None:
    """Repeated bad logins lock the account."""
    steps, outcome = perform([refused(text)])
    assert kinds(steps) == ["Admit", "Send"]
    assert isinstance(outcome, errors.AuthenticationError)


def test_a_step_shows_no_signature() -> None:
    """Steps are logged while debugging."""
    steps, _ = perform([OK])
    (send,) = (step for step in steps if isinstance(step, Send))
    assert send.headers["Authorization"] not in repr(send)
    assert "Authorization" not in repr(send)
    assert TOKEN not in repr(send)


def test_an_observer_is_told_of_every_request_that_left_and_of_none_that_did_not() -> None:
    """Who counts requests must see the repetitions, and what became of each."""
    told: list[tuple[str, str | None]] = []
    conversation = exchange(
        LIST_BACKTESTS,
        LIST,
        auth=auth_at(NOW),
        policy=RetryPolicy(),
        observer=lambda path, error: told.append((path, None if error is None else type(error).__name__)),
        random=lambda: 0.0,
    )
    assert isinstance(next(conversation), Admit)
    assert isinstance(conversation.send(0.0), Send)
    assert isinstance(conversation.throw(errors.ConnectionLost()), Pause)
    assert isinstance(conversation.send(None), Admit)
    assert told == [("backtests/list", "ConnectionLost")]

    assert isinstance(conversation.send(0.0), Send)
    with pytest.raises(StopIteration):
        conversation.send(Reply(200, {}, body(OK)))

    assert told == [("backtests/list", "ConnectionLost"), ("backtests/list", None)]
