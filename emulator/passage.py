"""The way of one request through the emulator: fault, signature, endpoint, reply, journal.

Faults come first, as a proxy's would, so that they also hit requests that a healthy server refuses. A reply is a
Starlette response; a connection that must break is a response, too, which closes it instead of writing.
"""

import asyncio
import json
import logging
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator import wire
from emulator.call import Call
from emulator.clock import Clock
from emulator.envelope import (
    BACKTEST_NOT_FOUND,
    COMPILE_NOT_FOUND,
    NO_SPARE_NODES,
    PROJECT_NOT_FOUND,
    SLOW_DOWN,
    ApiFailure,
    failure,
    success,
)
from emulator.faults import Fault, FaultKind, Faults
from emulator.journal import Entry, Journal
from emulator.options import EmulatorOptions
from emulator.routes import ROUTES, answers_get
from emulator.signature import Gatekeeper
from emulator.world import World

TRANSPORT = "emulator.transport"
"""Key in the ASGI scope's state under which the server puts the connection's transport."""

SLOW_SECONDS = 5.0
HANG_SECONDS = 60.0
"""How long a fault lasts, in real seconds, if its rule does not say."""

_PAGE = "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center><hr>nginx</body></html>"
_NOT_FOUND = {"backtests": BACKTEST_NOT_FOUND, "compile": COMPILE_NOT_FOUND}
_logger = logging.getLogger("emulator")


class ClosedConnection(Response):
    """No reply: the connection is closed before a byte of it was written."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - a form of Response
        """Close, and return only when the server has noticed: otherwise it would answer with an error of its own."""
        scope["state"][TRANSPORT].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


@dataclass(slots=True)
class _Visit:
    """What the journal will say about a request."""

    endpoint: str
    succeeded: bool = False
    project: int | None = None
    call: Call | None = None


class Emulator:
    """One emulated account behind a request handler, with its journal and its faults."""

    def __init__(self, options: EmulatorOptions, clock: Clock | None = None) -> None:
        self.options = options
        self.clock = clock or Clock(options.speed)
        self.journal = Journal()
        self.faults = Faults()
        self.closing = asyncio.Event()  #: set when the server stops, so that nobody waits any longer
        self.reset()

    def reset(self) -> None:
        """A fresh account: nothing in it, nothing in the journal, no faults, nobody locked out."""
        self.world = World(self.options, self.clock)
        self.gatekeeper = Gatekeeper(self.options, self.clock)
        self.journal.clear()
        self.faults.clear()

    async def answer(self, request: Request) -> Response:
        """Handle one request below /api/v2."""
        began, arrival = perf_counter(), self.clock.moment()
        visit = _Visit(request.path_params["endpoint"].strip("/"))
        fault = self.faults.take(visit.endpoint)
        try:
            response = await self._pass(request, visit, fault)
        except ClientDisconnect:
            response = ClosedConnection()
        self.journal.record(
            Entry(
                time=arrival.isoformat(timespec="milliseconds"),
                method=request.method,
                path=visit.endpoint,
                status=None if isinstance(response, ClosedConnection) else response.status_code,
                success=visit.succeeded,
                project=visit.project,
                created=visit.call.created if visit.call else None,
                duration_ms=round((perf_counter() - began) * 1000, 3),
                fault=fault.kind if fault else None,
            )
        )
        return response

    async def _pass(self, request: Request, visit: _Visit, fault: Fault | None) -> Response:
        body = await request.body()
        if fault and (response := await self._strike(fault, request, visit.endpoint)):
            return response
        response = self._handle(request, visit, body)
        if fault and fault.kind is FaultKind.DROP_AFTER:
            return ClosedConnection()
        if fault and fault.kind is FaultKind.GARBAGE:
            content = bytes(response.body)
            return Response(content[: len(content) // 2], response.status_code, media_type="application/json")
        if fault and fault.kind is FaultKind.HUGE:
            content = _padded(bytes(response.body), int(fault.megabytes * 1e6))
            return Response(content, response.status_code, media_type="application/json")
        return response

    def _handle(self, request: Request, visit: _Visit, body: bytes) -> Response:
        """The reply of a healthy server."""
        handler = ROUTES.get(visit.endpoint)
        if handler is None:
            return _json(failure(ApiFailure(f"Unknown endpoint: {visit.endpoint}")), status=404)
        if request.method != "POST" and not answers_get(visit.endpoint):
            return _json(failure(ApiFailure("Method not allowed")), status=405)
        try:
            self.gatekeeper.admit(request.headers, request.query_params)
            arguments = wire.read(request.url.query, request.headers.get("content-type", ""), body)
            visit.call = Call(arguments, self.world)
            visit.project = _project_id(arguments)
            payload = handler(visit.call)
        except ApiFailure as refusal:
            return _json(failure(refusal))
        except Exception:  # a fault of the emulator itself; the client must still get an answer it can read
            _logger.exception("the emulator failed at %s", visit.endpoint)
            return _json({"success": False, "Message": "Internal Error 21"}, status=500)
        if visit.call.created and visit.call.created.kind == "project":
            visit.project = int(visit.call.created.id)
        call = visit.call
        visit.succeeded = call.status < 400
        if call.enveloped:
            return _json(success(payload))
        return _json(payload) if payload else Response(status_code=call.status, headers=call.headers)

    async def _strike(self, fault: Fault, request: Request, endpoint: str) -> Response | None:
        """Carry out the part of a fault that comes before the endpoint. None: go on to the endpoint."""
        match fault.kind:
            case FaultKind.SLOW:
                await self._wait(SLOW_SECONDS if fault.seconds is None else fault.seconds)
                return ClosedConnection() if self.closing.is_set() else None
            case FaultKind.HANG:
                leaving = asyncio.ensure_future(_has_left(request))
                await self._wait(HANG_SECONDS if fault.seconds is None else fault.seconds, leaving)
                return ClosedConnection()
            case FaultKind.DROP_BEFORE:
                return ClosedConnection()
            case FaultKind.DROP_AFTER | FaultKind.GARBAGE | FaultKind.HUGE:
                return None
            case _:
                return _scripted_reply(fault, endpoint)

    async def _wait(self, seconds: float, *others: asyncio.Future[None]) -> None:
        """Until the seconds are over, the server stops, or one of the others is done."""
        waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(self.closing.wait()), *others}
        _, pending = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for future in pending:
            future.cancel()


def _scripted_reply(fault: Fault, endpoint: str) -> Response:
    """The reply of a fault that needs nothing but its rule."""
    match fault.kind:
        case FaultKind.ERROR_500:
            body = {"success": False, "Message": "Internal Error 21"}
            return _json(body, status=fault.status or 500)
        case FaultKind.ERROR_502:
            return Response(_PAGE.format(title="502 Bad Gateway"), fault.status or 502, media_type="text/html")
        case FaultKind.HTML:
            return Response(_PAGE.format(title="Down for maintenance"), fault.status or 200, media_type="text/html")
        case FaultKind.RATE_LIMIT:
            headers = {} if fault.seconds is None else {"Retry-After": f"{fault.seconds:g}"}
            return Response("Too Many Requests", fault.status or 429, headers, media_type="text/plain")
        case FaultKind.SLOW_DOWN:
            text = SLOW_DOWN
        case FaultKind.NO_SPARE_NODES:
            text = NO_SPARE_NODES
        case FaultKind.NOT_FOUND:
            text = _NOT_FOUND.get(endpoint.partition("/")[0], PROJECT_NOT_FOUND)
        case _:
            text = "Request refused"
    return _json(failure(ApiFailure(fault.text or text)), status=fault.status or 200)


def _padded(content: bytes, size: int) -> bytes:
    """A reply, made so many bytes long by statistics that nobody asked for, or else by whatever stands at its top."""
    entry = b'"Filler %09d":"0.123456789",'
    filler = b"".join(entry % number for number in range(max(size - len(content), 0) // len(entry % 0)))
    for place in (b'"statistics":{', b"{"):
        if place in content:
            return content.replace(place, place + filler, 1)
    return content


async def _has_left(request: Request) -> None:
    """Return when the client closes the connection. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _project_id(arguments: wire.Arguments) -> int | None:
    try:
        return arguments.integer("projectId")
    except ApiFailure:
        return None


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(content, status, media_type="application/json")
