"""The only door to the network: a carrier performs the steps of a conversation with httpx.

The synchronous and the asynchronous one differ by the word `await`. Each keeps one pool of connections, sends JSON or
a form by POST, follows no redirection (a signature must not wander) and translates httpx's errors into ours.
A download is the exception: a plain GET of a link, without any signature, so it may follow where it is led.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, TypeVar

import httpx

from quantconnect.errors import (
    ConnectError,
    ConnectionLost,
    NotFound,
    PermissionDenied,
    QuantConnectError,
    RequestTimeout,
    ServerError,
    UnexpectedResponse,
)
from quantconnect.exchange import Admit, Answer, Conversation, End, Send, SlowDown, Step, resume
from quantconnect.incoming import LARGEST_ANSWER, Incoming
from quantconnect.limits import Limiter, Unlimited
from quantconnect.models.numbers import as_whole
from quantconnect.operations.base import Fetch, Items, Pause
from quantconnect.partial_file import PartialFile
from quantconnect.protocol import Reply, WireRequest

R = TypeVar("R")

#: How much of a download is handled at once, in bytes.
_PIECE: Final = 1 << 18

DEFAULT_BASE_URL: Final = "https://www.quantconnect.com/api/v2"
#: Says where else the API is, such as an emulator; an argument wins.
BASE_URL_ENV: Final = "QC_BASE_URL"

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


def _base(base_url: str | None) -> str:
    url = (base_url or os.environ.get(BASE_URL_ENV, "").strip() or DEFAULT_BASE_URL).strip().rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ValueError("The base URL of QuantConnect must begin with https:// or http://")
    return url


@contextlib.contextmanager
def _opened(files: Mapping[str, bytes | Path]) -> Iterator[dict[str, tuple[str, bytes | BinaryIO]]]:
    """The files of a form, each with a file name; those on disk are read while they are sent."""
    with contextlib.ExitStack() as stack:
        yield {
            name: (name, stack.enter_context(content.open("rb")) if isinstance(content, Path) else content)
            for name, content in files.items()
        }


def _content(request: WireRequest, files: dict[str, tuple[str, bytes | BinaryIO]]) -> dict[str, Any]:
    return {"data": request.json, "files": files} if files else {"json": request.json}


def _link(fetch: Fetch) -> httpx.URL:
    """Links come from the server, so they may be anything."""
    try:
        link = httpx.URL(fetch.link)
    except httpx.InvalidURL:
        link = httpx.URL()
    if link.scheme not in ("https", "http") or not link.host:
        raise UnexpectedResponse(
            "QuantConnect's link to the file is none.", endpoint=fetch.endpoint, excerpt="no http address"
        )
    return link


def _check(response: httpx.Response, fetch: Fetch) -> int | None:
    """The size of a download, if the server tells it.

    Raises:
        QuantConnectError: It is not what the link promised.
    """
    status, path = response.status_code, fetch.endpoint
    if status >= 500:
        raise ServerError(endpoint=path, status=status)
    if status in (401, 403):
        raise PermissionDenied("The link to the file is not valid any more: ask for a new one.", endpoint=path)
    if status in (404, 410):
        raise NotFound("There is no file behind the link: ask for a new one.", endpoint=path, status=status)
    is_page = response.headers.get("content-type", "").startswith("text/html") and fetch.to.suffix != ".html"
    if status != httpx.codes.OK or is_page:
        raise UnexpectedResponse(
            "The link led to something else than a file.", endpoint=path, status=status, excerpt=f"HTTP {status}"
        )
    return None if "content-encoding" in response.headers else as_whole(response.headers.get("content-length"))


def _incomplete(fetch: Fetch) -> ConnectionLost:
    return ConnectionLost("The file came incomplete; nothing was kept.", endpoint=fetch.endpoint)


#: A download must count the bytes that the server announced.
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}


class SyncCarrier:
    """Performs conversations in the calling thread. May be shared by many threads."""

    def __init__(
        self,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        largest_answer: int = LARGEST_ANSWER,
        limiter: Limiter | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`timeout` is the seconds without any progress after which a request is given up; as a whole it may take ten
        times as long. `largest_answer` is in bytes.
        """
        self._base_url = _base(base_url)
        self._limiter = limiter or Unlimited()
        self._sleep = sleep
        self._timeout, self._largest = timeout, largest_answer
        self._http = httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)

    def run(self, conversation: Conversation[R]) -> R:
        """Perform all steps and return what the conversation returns."""
        step = resume(conversation)
        while not isinstance(step, End):
            step = self._answered(conversation, step)
        return step.result

    def iterate(self, conversation: Conversation[None]) -> Iterator[Any]:
        """Perform the steps as far as items are wanted, and hand them out."""
        step = resume(conversation)
        while not isinstance(step, End):
            if isinstance(step, Items):
                yield from step.items
            step = self._answered(conversation, step)

    def _answered(self, conversation: Conversation[R], step: Step) -> Step | End[R]:
        try:
            answer = self._perform(step)
        except QuantConnectError as error:
            problem = error
        else:
            return resume(conversation, answer)
        return resume(conversation, error=problem)

    def _perform(self, step: Step) -> Answer:
        match step:
            case Admit(path):
                return self._limiter.admit(path)
            case Pause(seconds):
                self._sleep(seconds)
            case SlowDown(path, seconds):
                self._limiter.slow_down(path, seconds)
            case Fetch():
                self._fetch(step)
            case Send(request, headers):
                return self._send(request, headers)
        return None

    def _send(self, request: WireRequest, headers: Mapping[str, str]) -> Reply:
        body = Incoming(request.path, self._largest, self._timeout)
        url = f"{self._base_url}/{request.path}"
        try:
            with _opened(request.files) as files:
                content = _content(request, files)
                with self._http.stream("POST", url, headers=dict(headers), **content) as response:
                    for piece in response.iter_bytes():
                        body.add(piece)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translate(error, request.path) from error
        return Reply(response.status_code, dict(response.headers), body.whole)

    def _fetch(self, fetch: Fetch) -> None:
        try:
            with self._http.stream("GET", _link(fetch), headers=_AS_IT_IS, follow_redirects=True) as response:
                total = _check(response, fetch)
                with PartialFile(fetch.to, total, fetch.progress) as file:
                    for piece in response.iter_bytes(_PIECE):
                        file.write(piece)
                    if not file.complete():
                        raise _incomplete(fetch)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translate(error, fetch.endpoint) from error

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
        base_url: str | None = None,
        timeout: float = 30.0,
        largest_answer: int = LARGEST_ANSWER,
        limiter: Limiter | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`timeout` is the seconds without any progress after which a request is given up; as a whole it may take ten
        times as long. `largest_answer` is in bytes.
        """
        self._base_url = _base(base_url)
        self._limiter = limiter or Unlimited()
        self._sleep = sleep
        self._timeout, self._largest = timeout, largest_answer
        self._http = httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False)

    async def run(self, conversation: Conversation[R]) -> R:
        """Perform all steps and return what the conversation returns."""
        step = resume(conversation)
        while not isinstance(step, End):
            step = await self._answered(conversation, step)
        return step.result

    async def iterate(self, conversation: Conversation[None]) -> AsyncIterator[Any]:
        """Perform the steps as far as items are wanted, and hand them out."""
        step = resume(conversation)
        while not isinstance(step, End):
            if isinstance(step, Items):
                for item in step.items:
                    yield item
            step = await self._answered(conversation, step)

    async def _answered(self, conversation: Conversation[R], step: Step) -> Step | End[R]:
        try:
            answer = await self._perform(step)
        except QuantConnectError as error:
            problem = error
        else:
            return resume(conversation, answer)
        return resume(conversation, error=problem)

    async def _perform(self, step: Step) -> Answer:
        match step:
            case Admit(path):
                # A limiter is written for threads and may talk to a server of its own.
                return await asyncio.to_thread(self._limiter.admit, path)
            case Pause(seconds):
                await self._sleep(seconds)
            case SlowDown(path, seconds):
                await asyncio.to_thread(self._limiter.slow_down, path, seconds)
            case Fetch():
                await self._fetch(step)
            case Send(request, headers):
                return await self._send(request, headers)
        return None

    async def _send(self, request: WireRequest, headers: Mapping[str, str]) -> Reply:
        body = Incoming(request.path, self._largest, self._timeout)
        url = f"{self._base_url}/{request.path}"
        try:
            with _opened(request.files) as files:
                content = _content(request, files)
                async with self._http.stream("POST", url, headers=dict(headers), **content) as response:
                    async for piece in response.aiter_bytes():
                        body.add(piece)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translate(error, request.path) from error
        return Reply(response.status_code, dict(response.headers), body.whole)

    async def _fetch(self, fetch: Fetch) -> None:
        try:
            async with self._http.stream("GET", _link(fetch), headers=_AS_IT_IS, follow_redirects=True) as response:
                total = _check(response, fetch)
                with PartialFile(fetch.to, total, fetch.progress) as file:
                    async for piece in response.aiter_bytes(_PIECE):
                        await asyncio.to_thread(file.write, piece)
                    if not await asyncio.to_thread(file.complete):
                        raise _incomplete(fetch)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _translate(error, fetch.endpoint) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
