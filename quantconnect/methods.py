"""Operations as methods: `read = asked(backtests.read)` in a class of the synchronous client, `awaited` in its twin.

A method has the signature, types and docstring of its operation, for type checkers as well as for `inspect.signature`
and `help`. Only what it returns is the result, instead of the description of how to get it.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import FunctionType, GenericAlias
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast, get_args, get_origin, overload

from pydantic import ValidationError

from quantconnect.operations.base import Call, Items, Procedure, Stream, wrong_arguments

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
D = TypeVar("D")


class Performer(Protocol):
    """Performs operations and waits for them."""

    def perform(self, operation: Call[R] | Procedure[R]) -> R:
        """The result of an operation."""

    def iterate(self, stream: Stream[T]) -> Iterator[T]:
        """The results of a stream, asked for as they are wanted."""


class AsyncPerformer(Protocol):
    """The same in an event loop."""

    async def perform(self, operation: Call[R] | Procedure[R]) -> R:
        """The result of an operation."""

    def iterate(self, stream: Stream[T]) -> AsyncIterator[T]:
        """The results of a stream, asked for as they are wanted."""


class Part(Protocol):
    """What has such methods: a client, or a resource of one."""

    @property
    def _client(self) -> Performer: ...


class AsyncPart(Protocol):
    """The same in an event loop."""

    @property
    def _client(self) -> AsyncPerformer: ...


class _Method(Generic[P, R]):
    """Holds a function and hands it out as a method."""

    def __init__(self, function: Callable[..., R], operation: Callable[P, Any], returns: Any) -> None:
        functools.update_wrapper(function, operation)
        described = inspect.signature(operation)
        itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        signature = described.replace(parameters=[itself, *described.parameters.values()], return_annotation=returns)
        self._function = cast("FunctionType", function)
        vars(self._function)["__signature__"] = signature
        self._function.__annotations__ = operation.__annotations__ | {"return": returns}

    def __set_name__(self, owner: type, name: str) -> None:
        self._function.__name__ = name
        self._function.__qualname__ = f"{owner.__qualname__}.{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[Concatenate[Any, P], R]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Callable[P, R]: ...

    def __get__(self, instance: object, owner: type) -> Callable[..., R]:
        return cast("Callable[..., R]", self._function.__get__(instance, owner))


class asked(_Method[P, R]):  # noqa: N801 (reads as a word of the class, as `property` does)
    """A method that returns the result of an operation."""

    def __init__(self, operation: Callable[P, Call[R] | Procedure[R]]) -> None:
        def method(self: Part, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return self._client.perform(_described(operation, *args, **kwargs))

        super().__init__(method, operation, _result(operation))


class awaited(_Method[P, Coroutine[Any, Any, R]]):  # noqa: N801 (as above)
    """A coroutine method that returns the result of an operation."""

    def __init__(self, operation: Callable[P, Call[R] | Procedure[R]]) -> None:
        async def method(self: AsyncPart, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return await self._client.perform(_described(operation, *args, **kwargs))

        super().__init__(method, operation, _result(operation))


class iterated(_Method[P, Iterator[T]]):  # noqa: N801 (as above)
    """A method that returns an iterator over the results of a stream."""

    def __init__(self, operation: Callable[P, Stream[T]]) -> None:
        def method(self: Part, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            return self._client.iterate(_described(operation, *args, **kwargs))

        super().__init__(method, operation, GenericAlias(Iterator, (_item(operation),)))


class async_iterated(_Method[P, AsyncIterator[T]]):  # noqa: N801 (as above)
    """A method that returns an asynchronous iterator over the results of a stream."""

    def __init__(self, operation: Callable[P, Stream[T]]) -> None:
        def method(self: AsyncPart, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
            return self._client.iterate(_described(operation, *args, **kwargs))

        super().__init__(method, operation, GenericAlias(AsyncIterator, (_item(operation),)))


def _described(operation: Callable[P, D], *args: P.args, **kwargs: P.kwargs) -> D:
    try:
        return operation(*args, **kwargs)
    except ValidationError as invalid:
        problem = wrong_arguments(invalid)
    raise problem


def _result(operation: Callable[..., Any]) -> Any:
    """X of Call[X], and of Procedure[X], which is Generator[…, …, X]."""
    result = get_args(inspect.signature(operation).return_annotation)[-1]
    return None if result is type(None) else result


def _item(operation: Callable[..., Any]) -> Any:
    """X of Stream[X], which is Generator[… | Items[X], …, …]."""
    steps = get_args(get_args(inspect.signature(operation).return_annotation)[0])
    return next(get_args(step)[0] for step in steps if get_origin(step) is Items)
