"""What operations are made of.

Most are a single `Call`. What takes several requests is a generator of steps, a `Procedure`, or, if it has many
results, a `Stream`; within one, `answer = yield from call` asks and waits. Whoever performs the steps answers them:
a `Call` by its result, `Elapsed` by seconds, the others by None.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from quantconnect.endpoints.base import Endpoint
from quantconnect.errors import InvalidRequest
from quantconnect.models.base import Model, Request

Q = TypeVar("Q", bound=Request)
M = TypeVar("M", bound=Model)
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: Is told how much of a file has come: the bytes so far, and all of them if the server says so.
Progress = Callable[[int, int | None], object]


@dataclass(frozen=True, slots=True)
class Call(Generic[R_co]):
    """One request, and what to make of its answer. The query is in no repr: it may hold code or a login."""

    endpoint: Endpoint[Any, Any]
    query: Request = field(repr=False)
    result: Callable[[Any], R_co] = field(repr=False)

    def __iter__(self) -> Generator["Call[R_co]", Any, R_co]:
        """A call is a procedure of one step."""
        answer: R_co = yield self
        return answer


def call(endpoint: Endpoint[Q, M], query: Q, result: Callable[[M], R]) -> Call[R]:
    """Ask an endpoint; `result` makes what is wanted out of its reply."""
    return Call(endpoint, query, result)


def whole(reply: M) -> M:
    """The reply itself is what is wanted."""
    return reply


def nothing(_: Model) -> None:
    """Nothing is wanted but that it worked."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How long the procedure has taken so far, in seconds."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Download what a link leads to. Without signature: a link leads to a foreign host."""

    link: str = field(repr=False)  #: whoever has it has the file
    to: Path
    endpoint: str  #: which endpoint gave the link, for messages
    progress: Progress | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Items(Generic[T_co]):
    """Results of a stream; whoever iterates over it gets them one by one."""

    items: tuple[T_co, ...]


Procedure = Generator[Call[Any] | Pause | Elapsed | Fetch, Any, R]
Stream = Generator[Call[Any] | Pause | Elapsed | Fetch | Items[T], Any, None]


def wrong_arguments(error: ValidationError) -> InvalidRequest:
    """What to raise when a query cannot be built: names the fields and what they must be, never their values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    said = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems[:5])
    return InvalidRequest(f"QuantConnect was not asked, because the request would be wrong: {said}.", status=0)
