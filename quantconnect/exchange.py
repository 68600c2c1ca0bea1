"""One conversation with the API as a generator of steps: ask the limiter, send, decode, perhaps pause and repeat.

`exchange` is one request with its repetitions, `converse` a whole operation. Written once and without I/O; the
carriers in `transport` perform the steps, and tests read them.
"""

import random as _random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from quantconnect.auth import QuantConnectAuth
from quantconnect.endpoints.base import Endpoint
from quantconnect.errors import AuthenticationError, MissingCredentials, QuantConnectError, RateLimitExceeded
from quantconnect.models.base import Model, OrganizationRequest, Request
from quantconnect.operations.base import Call, Elapsed, Fetch, Items, Pause, wrong_arguments
from quantconnect.protocol import Reply, WireRequest, decode, encode
from quantconnect.retry import RetryPolicy

#: Told of every request that left: its endpoint's path, and what went wrong (None: a good answer). It is called between
#: two steps, so it must return soon and raise nothing.
Observer = Callable[[str, QuantConnectError | None], object]

Q = TypeVar("Q", bound=Request)
M = TypeVar("M", bound=Model)
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Admit:
    """Ask the limiter; the answer is the seconds to wait, 0 for go."""

    path: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send this; the answer is a `Reply`, or an error is thrown in. The signature is in no repr."""

    request: WireRequest
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlowDown:
    """Tell the limiter that the API wants silence for so long; None: for it does not say how long."""

    path: str
    seconds: float | None


Step = Admit | Send | Pause | SlowDown | Fetch | Items[Any]
#: A float answers `Admit`, a `Reply` answers `Send`, None the rest.
Answer = float | Reply | None
Conversation = Generator[Step, Answer, R]


@dataclass(frozen=True, slots=True)
class End(Generic[R]):
    """A conversation is over, with this result."""

    result: R


def resume(steps: Generator[S, Any, R], answer: object = None, error: Exception | None = None) -> S | End[R]:
    """Hand in the answer to a step, or what went wrong with it, and get the next step."""
    try:
        return steps.send(answer) if error is None else steps.throw(error)
    except StopIteration as end:
        return End(end.value)


#: By how much our clock may differ before it can be the reason of a refused signature (seconds). The server reads its
#: clock after we sign, so a correct one is behind by the time of the journey, and ahead by no more than the rounding.
_BEHIND: Final = 60
_AHEAD: Final = 1


def converse(
    operation: Call[R] | Generator[Call[Any] | Pause | Elapsed | Fetch | Items[Any], Any, R],
    *,
    auth: QuantConnectAuth,
    policy: RetryPolicy,
    organization_id: str | None = None,
    observer: Observer | None = None,
    clock: Callable[[], float] = time.monotonic,
    random: Callable[[], float] = _random.random,
) -> Conversation[R]:
    """Perform all steps of an operation and return its result.

    `organization_id` is meant where a request needs an organization and names none.

    Raises:
        MissingCredentials: Neither names one.
        QuantConnectError: As `exchange` raises them, where the operation does not deal with them.
    """
    steps = iter(operation)
    began = clock()
    step = _following(steps)
    while not isinstance(step, End):
        answer: object = None
        problem: QuantConnectError | None = None
        try:
            match step:
                case Call(endpoint, query, result):
                    query = _addressed(query, organization_id)
                    asked = exchange(
                        endpoint, query, auth=auth, policy=policy, observer=observer, clock=clock, random=random
                    )
                    answer = result((yield from asked))
                case Elapsed():
                    answer = clock() - began
                case Fetch():
                    yield from _fetching(step, policy, clock, random)
                case Pause() | Items():
                    yield step
        except QuantConnectError as error:
            problem = error
        step = _following(steps, answer, problem)
    return step.result


def _following(steps: Generator[S, Any, R], answer: object = None, error: Exception | None = None) -> S | End[R]:
    try:
        return resume(steps, answer, error)
    except ValidationError as invalid:
        raise wrong_arguments(invalid) from None


def _addressed(query: Request, organization_id: str | None) -> Request:
    if not isinstance(query, OrganizationRequest) or query.organization_id:
        return query
    if organization_id:
        return query.model_copy(update={"organization_id": organization_id})
    if query.organization_required:
        raise MissingCredentials("The organization is not known: set QC_ORGANIZATION_ID, or pass organization_id.")
    return query


def _fetching(
    fetch: Fetch, policy: RetryPolicy, clock: Callable[[], float], random: Callable[[], float]
) -> Generator[Step, Answer, None]:
    """A download, repeated from its beginning: to fetch twice is as good as once."""
    started, attempt = clock(), 1
    while True:
        try:
            yield fetch
        except QuantConnectError as error:
            elapsed = timedelta(seconds=clock() - started)
            wait = policy.decide(error, attempt=attempt, elapsed=elapsed, repeatable=True, random=random())
            if wait is None:
                raise
        else:
            return
        yield Pause(wait.total_seconds())
        attempt += 1


def exchange(
    endpoint: Endpoint[Q, M],
    query: Q,
    *,
    auth: QuantConnectAuth,
    policy: RetryPolicy,
    observer: Observer | None = None,
    clock: Callable[[], float] = time.monotonic,
    random: Callable[[], float] = _random.random,
) -> Conversation[M]:
    """Ask `query` and return the answer.

    A refused login is repeated once, and only if the server's clock shows that ours is wrong: every other repetition
    would be one more failed login, and many of them lock the account.

    Raises:
        RateLimitExceeded: With status 0: the shared request budget had no room within `policy.patience`, nothing was
            sent. With another status: the API said so, and the limiter was told.
        QuantConnectError: As `protocol.decode` and the carrier raise them, after the repetitions of `policy`.
    """
    request = encode(endpoint, query)
    attempt = 1
    clock_corrected = False
    started: float | None = None
    while True:
        yield from _admission(endpoint.path, policy.patience)
        started = clock() if started is None else started
        headers = auth.get_headers()
        try:
            return (yield from _asked(endpoint, request, headers, observer))
        except RateLimitExceeded as error:
            yield SlowDown(endpoint.path, error.retry_after.total_seconds() if error.retry_after else None)
            raise
        except AuthenticationError as error:
            if clock_corrected or error.server_time is None or _on_time(headers["Timestamp"], error.server_time):
                raise
            auth.correct(error.server_time)
            clock_corrected = True
        except QuantConnectError as error:
            wait = policy.decide(
                error,
                attempt=attempt,
                elapsed=timedelta(seconds=clock() - started),
                repeatable=endpoint.repeatable,
                random=random(),
            )
            if wait is None:
                raise
            yield Pause(wait.total_seconds())
            attempt += 1


def _admission(path: str, patience: timedelta) -> Generator[Step, Answer, None]:
    waited = 0.0
    while True:
        wait = yield Admit(path)
        if not isinstance(wait, int | float):
            raise TypeError("Admit is answered by seconds")
        if wait <= 0:
            return
        waited += wait
        if waited > patience.total_seconds():
            raise RateLimitExceeded(
                "The request budget shared by this account's programs is used up; nothing was sent.",
                endpoint=path,
                status=0,
                retry_after=timedelta(seconds=wait),
            )
        yield Pause(wait)


def _asked(
    endpoint: Endpoint[Q, M], request: WireRequest, headers: Mapping[str, str], observer: Observer | None
) -> Generator[Step, Answer, M]:
    """One request: sent, answered, understood, and told of."""
    told = observer or (lambda _path, _error: None)
    try:
        reply = yield Send(request, headers)
        if not isinstance(reply, Reply):
            raise TypeError("Send is answered by a Reply")
        answer = decode(endpoint, reply.status, reply.headers, reply.body)
    except QuantConnectError as error:
        told(endpoint.path, error)
        raise
    told(endpoint.path, None)
    return answer


def _on_time(timestamp: str, server_time: int) -> bool:
    return -_AHEAD <= server_time - int(timestamp) <= _BEHIND
