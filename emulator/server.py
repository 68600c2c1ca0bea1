"""The emulator on a real socket: in the foreground for the command line, in a thread for tests.

Uvicorn carries the HTTP. Its protocol is extended by one thing: a response may break the connection, which no ASGI
message can express.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator import control, links
from emulator.options import EmulatorOptions
from emulator.passage import TRANSPORT, Emulator

API_PATH = "/api/v2"
START_SECONDS = 30.0
KEEP_ALIVE_SECONDS = 75
"""Idle connections stay open longer than clients keep them, so that a pooled one is not closed as it is picked up."""


class CannotListenError(Exception):
    """The address is taken or may not be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class RunningEmulator:
    """A served emulator."""

    url: str  #: for example http://127.0.0.1:5612
    options: EmulatorOptions  #: with the port that was really taken

    @property
    def base_url(self) -> str:
        """Where the API begins; no slash at the end."""
        return self.url + API_PATH


def application(emulator: Emulator) -> Starlette:
    """The emulated API and the emulator's own endpoints as one ASGI application."""
    api = Route(API_PATH + "/{endpoint:path}", emulator.answer, methods=["GET", "POST"])
    return Starlette(routes=[api, *control.routes(emulator), *links.routes(emulator)])


def serve(options: EmulatorOptions, on_ready: Callable[[RunningEmulator], None]) -> None:
    """Serve until SIGINT or SIGTERM. For the main thread.

    Raises:
        CannotListenError: Nothing was started.
    """
    with _listen(options) as listener:
        server = _Server(options, listener, on_ready)

        def stop(_signal: int, _frame: object) -> None:
            server.should_exit = True

        # Uvicorn raises a captured signal again after it has stopped; it must then find a handler that is content.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        server.run(sockets=[listener])


@contextmanager
def running(options: EmulatorOptions | None = None) -> Iterator[RunningEmulator]:
    """Serve in a thread, on any free port whatever the options say, until the block ends.

    Raises:
        CannotListenError: The host is no address of this machine.
    """
    options = replace(options or EmulatorOptions(), port=0)
    started = threading.Event()
    addresses: list[RunningEmulator] = []

    def ready(address: RunningEmulator) -> None:
        addresses.append(address)
        started.set()

    with _listen(options) as listener:
        server = _Server(options, listener, ready)
        thread = threading.Thread(target=server.run, args=([listener],), name="emulator", daemon=True)
        thread.start()
        try:
            if not started.wait(START_SECONDS):
                raise CannotListenError(f"the emulator did not start within {START_SECONDS:g} s")
            yield addresses[0]
        finally:
            server.should_exit = True
            thread.join()


def _listen(options: EmulatorOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while ")[0]  # Python repeats the address behind it
        raise CannotListenError(f"cannot listen on {options.host}:{options.port}: {reason}") from error


class _Protocol(H11Protocol):
    """HTTP/1.1 whose requests know their connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
        super().connection_made(transport)
        # Asyncio does this only for sockets it made itself; without it each reply waits 40 ms for an acknowledgement.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Server(uvicorn.Server):
    """Uvicorn that reports when it is ready and sends waiting requests home when it stops."""

    def __init__(
        self, options: EmulatorOptions, listener: socket.socket, on_ready: Callable[[RunningEmulator], None]
    ) -> None:
        options = replace(options, port=listener.getsockname()[1])
        self._emulator = Emulator(options)
        self._on_ready = on_ready
        self._address = RunningEmulator(options.url, options)
        super().__init__(
            uvicorn.Config(
                application(self._emulator),
                http=_Protocol,
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=2,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready(self._address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._emulator.closing.set()
        await super().shutdown(sockets)
