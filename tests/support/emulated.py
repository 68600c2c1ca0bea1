"""The emulator without a socket: the client's transport calls it, and its time is moved by hand, like the job's."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

import httpx
from starlette.requests import Request

from emulator.clock import Clock
from emulator.faults import Fault, FaultKind
from emulator.options import EmulatorOptions
from emulator.passage import TRANSPORT, ClosedConnection, Emulator
from emulator.signature import Gatekeeper
from tests.support.mortal import Died
from tests.support.workbench import HandMovedClock

_PATH: Final = "/api/v2/"


class EmulatedCloud(httpx.BaseTransport):
    """One emulated account; a request takes no time."""

    def __init__(self, clock: HandMovedClock, options: EmulatorOptions) -> None:
        self._loop = asyncio.new_event_loop()
        moved = Clock(calendar=lambda: clock().timestamp(), stopwatch=lambda: clock().timestamp())
        self.emulator = Emulator(options, moved)
        self.emulator.gatekeeper = Gatekeeper(options, Clock())  # the library signs by the real time
        self.made: Counter[str] = Counter()  #: backtests by name
        self.dies_after: int | None = None  #: the process dies after so many more requests

    def fault(self, endpoint: str, kind: FaultKind, times: int = 1, text: str | None = None) -> None:
        """Let the next requests to an endpoint fail."""
        self.emulator.faults.add(Fault(endpoint, kind, times=times, text=text))

    def mend(self) -> None:
        """Let every fault be over."""
        self.emulator.faults.clear()

    def running(self) -> list[str]:
        """The names of the backtests that occupy a node now."""
        now = self.emulator.clock.now()
        return [
            backtest.name
            for project in self.emulator.world.projects.values()
            for backtest in project.backtests.values()
            if now < backtest.timeline.ends
        ]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry it; where it is to die, the process dies before it hears the answer."""
        endpoint = request.url.path.removeprefix(_PATH)
        response = self._loop.run_until_complete(self._answer(endpoint, request))
        created = self.emulator.journal.payload()[-1]["created"]
        if created is not None and created["kind"] == "backtest":
            self.made[created["name"]] += 1
        self.emulator.journal.clear()
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after <= 0:
                self.dies_after = None
                raise Died
        if isinstance(response, ClosedConnection):
            raise httpx.ReadError("the connection was closed", request=request)
        return httpx.Response(response.status_code, headers=response.headers.raw, content=bytes(response.body))

    async def _answer(self, endpoint: str, request: httpx.Request) -> Any:
        body = request.read()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "path_params": {"endpoint": endpoint},
            "state": {TRANSPORT: None},
        }
        return await self.emulator.answer(Request(scope, receive))

    def close(self) -> None:
        """End the loop."""
        self._loop.close()
