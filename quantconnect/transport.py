"""The only door to the network: a carrier performs the steps of a conversation with httpx.

The synchronous and the asynchronous one differ by the word `await`. Each keeps one pool of connections, sends JSON by
POST, follows no redirection (a signature must not wander) and translates httpx's errors into ours.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Self, TypeVar

import httpx

from quantconnect.errors import (
    ConnectError,
    ConnectionLost,
    QuantConnectError,
    RequestTimeout,
    TransportError,
    UnexpectedResponse,
)
from quantconnect.exchange import Admit, Answer, Conversation, Pause, Send, SlowDown, Step
from quantconnect.limits import Limiter, Unlimited
from quantconnect.models.base import Model
from quantconnect.protocol import Reply

R = TypeVar("R", bound=Model)

DEFAULT_BASE_URL: Final = "https://www.quantconnect.com/api/v2"

#: The request has not left yet.
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def _translate(error: httpx.HTTPError | httpx.InvalidURL, path: str) -> QuantConnectError:
    """Ours for theirs. What is not known to be harmless counts as perhaps carried out."""
    ours: QuantConnectError
    if isinstance(error, (*_NOT_SENT, httpx.InvalidURL)):
        reason = f" ({error})" if str(error) else ""
        ours = ConnectError(
            f"QuantConnect could not be reached{reason}: check the network and the base URL; nothing was sent.",
            endpoint=path,
        )
    elif isinstance(error, httpx.TimeoutException):
        ours = RequestTimeout(endpoint=path)
    elif isinstance(error, httpx.DecodingError):
        ours = UnexpectedResponse(endpoint=path, excerpt="the compression of the body is broken")
    else:
        ours = ConnectionLost(endpoint=path)
    ours.__cause__ = error
    return ours


def _base(base_url: str) -> str:
    url = base_url.strip().rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ValueError("The base URL of QuantConnect must begin with https:// or http://")
    return url


class SyncCarrier:
    """Performs conversations in the calling thread. May be shared by many threads."""

    def __init__(
        self,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: float = 30.0,
        limiter: Limiter | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`timeout` is the seconds without any progress after which a request is given up."""
        self._base_url = _base(base_url)
        self._limiter = limiter or Unlimited()
        self._sleep = sleep
        self._http = httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)

    def run(self, conversation: Conversation[R]) -> R:
        """Perform all steps and return what the conversation returns."""
        try:
            step = next(conversation)
            while True:
                try:
                    answer = self._perform(step)
                except (TransportError, UnexpectedResponse) as error:
                    step = conversation.throw(error)
                else:
                    step = conversation.send(answer)
        except StopIteration as end:
            result: R = end.value
            return result

    def _perform(self, step: Step) -> Answer:
        match step:
            case Admit(path):
                return self._limiter.admit(path)
            case Pause(seconds):
                self._sleep(seconds)
            case SlowDown(seconds):
                self._limiter.slow_down(seconds)
            case Send(request, headers):
                try:
                    response = self._http.post(
                        f"{self._base_url}/{request.path}", json=request.json, headers=dict(headers)
                    )
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise _translate(error, request.path) from error
                return Reply(response.status_code, dict(response.headers), response.content)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncCarrier:
    """Performs conversations in the running event loop. Belongs to one loop, because its connections do."""

    def __init__(
        self,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: float = 30.0,
        limiter: Limiter | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`timeout` is the seconds without any progress after which a request is given up."""
        self._base_url = _base(base_url)
        self._limiter = limiter or Unlimited()
        self._sleep = sleep
        self._http = httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False)

    async def run(self, conversation: Conversation[R]) -> R:
        """Perform all steps and return what the conversation returns."""
        try:
            step = next(conversation)
            while True:
                try:
                    answer = await self._perform(step)
                except (TransportError, UnexpectedResponse) as error:
                    step = conversation.throw(error)
                else:
                    step = conversation.send(answer)
        except StopIteration as end:
            result: R = end.value
            return result

    async def _perform(self, step: Step) -> Answer:
        match step:
            case Admit(path):
                # A limiter is written for threads and may talk to a server of its own.
                return await asyncio.to_thread(self._limiter.admit, path)
            case Pause(seconds):
                await self._sleep(seconds)
            case SlowDown(seconds):
                await asyncio.to_thread(self._limiter.slow_down, seconds)
            case Send(request, headers):
                try:
                    response = await self._http.post(
                        f"{self._base_url}/{request.path}", json=request.json, headers=dict(headers)
                    )
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise _translate(error, request.path) from error
                return Reply(response.status_code, dict(response.headers), response.content)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
