"""Start the services of this machine and stop them again; the public face of the package.

    start            under this process, until the `with` block ends         (`qcjobs demo`)
    serve            under this process, until SIGTERM or Ctrl+C             (`qcjobs up --foreground`)
    start_detached   under a supervisor that outlives the terminal           (`qcjobs up`)
    stop             the supervisor of a home, and what a killed one left    (`qcjobs down`)

Everything raises `EmbeddedError` with a message of one line, fit to be shown as it is.
"""

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType, TracebackType
from typing import Final, Self

from workers.embedded import lock
from workers.embedded.errors import AlreadyUp, EmbeddedError, ServiceFailed, SupervisorFailed
from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity
from workers.embedded.lock import SupervisorLock
from workers.embedded.processes import Service, child_environment, tail, wait_until
from workers.embedded.record import FAILED, READY, STARTING, Record, ServiceRecord
from workers.embedded.services import EVERYTHING, NAMES, Options, plan
from workers.embedded.status import Endpoints, status
from workers.embedded.supervisor import Supervisor

__all__ = [
    "ALREADY_UP",
    "EVERYTHING",
    "Endpoints",
    "Options",
    "Running",
    "serve",
    "start",
    "start_detached",
    "status",
    "stop",
    "take_lock",
]

Plan = Callable[[Home, Options], Sequence[Service]]

ALREADY_UP: Final = 75  # exit status of a supervisor that found another one; EX_TEMPFAIL of <sysexits.h>

_START_WITHIN = 180.0  # seconds; more than the services may need, one stage after the other
_STOP_WITHIN = 60.0  # seconds; more than the graces of all stages together
_LOOK_EVERY = 0.05  # seconds
_PORT_TRIES = 3
_PRIVATE_FILES = ("redis-url", "emulator.json")

_log = logging.getLogger(__name__)


class Running:
    """Services under this process. Leaving the `with` block stops them."""

    def __init__(self, home: Home, options: Options, plan: Plan) -> None:
        self.home = home
        self._lock = take_lock(home)
        self._stop = Event()
        self._settled = Event()  # they are ready, or will never be
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, args=(options, plan), name="supervisor", daemon=True)
        self._thread.start()
        self._wait_until_ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoints(self) -> Endpoints:
        """Where the services are."""
        return Endpoints.of(Record.read(self.home))

    def stop(self) -> None:
        """Stop everything; returns when nothing runs any more."""
        self._stop.set()
        self._thread.join()

    def _wait_until_ready(self) -> None:
        try:
            self._settled.wait()
        except BaseException:  # Ctrl+C while they start
            self.stop()
            raise
        if self._error is not None:
            self._thread.join()
            raise self._error

    def _run(self, options: Options, plan: Plan) -> None:
        try:
            supervise(self.home, options, plan, self._stop, self._settled.set)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
            self._error = error
        finally:
            self._lock.release()
            self._settled.set()


def start(home: Home, options: Options = EVERYTHING, plan: Plan = plan) -> Running:
    """Start the services and return when they are ready.

    Raises:
        AlreadyUp: Somebody has started them in this home already.
        EmbeddedError: They could not be started; nothing runs.
    """
    return Running(home, options, plan)


def serve(
    home: Home,
    options: Options = EVERYTHING,
    plan: Plan = plan,
    *,
    on_ready: Callable[[Endpoints], None] = lambda _: None,
    held: SupervisorLock | None = None,
) -> None:
    """Run the services until SIGTERM, SIGINT (Ctrl+C) or SIGHUP (the terminal closes). Main thread only.

    `on_ready` is called once, when they are ready. `held` is the lock, if the caller has taken it already; it is
    released in the end either way.

    Raises:
        AlreadyUp: Somebody has started them in this home already.
        EmbeddedError: They could not be started; nothing runs.
    """
    taken = held or take_lock(home)
    stop = Event()
    try:
        with _signals(stop):
            supervise(home, options, plan, stop, lambda: on_ready(Endpoints.of(Record.read(home))))
    finally:
        taken.release()


def start_detached(home: Home, options: Options = EVERYTHING) -> tuple[Endpoints, bool]:
    """Start a supervisor that outlives this process, and return when its services are ready.

    Returns:
        Where they are, and whether this call has started them (False: they were up, or on their way, already).

    Raises:
        EmbeddedError: They could not be started; nothing runs.
    """
    with _plain_errors(home):
        if not lock.is_held(home):
            home.require_room()  # on a full disk the supervisor could not even say why it ended
        output = home.log("supervisor")
        already_said = output.stat().st_size if output.exists() else 0
        with output.open("ab") as log:
            command = (sys.executable, "-m", "workers.embedded", "--detach", "--home", str(home.path))
            launched = subprocess.run(
                (*command, "--options", options.to_json()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=home.path,
                env=child_environment(os.environ, home),
                check=False,
            )
    if launched.returncode not in {0, ALREADY_UP}:
        raise SupervisorFailed(f"The supervisor did not start: {tail(output, since=already_said)} ({output})")
    # From here on the supervisor holds the lock for as long as it lives.
    wait_until(lambda: status(home).state != STARTING, _START_WITHIN, _LOOK_EVERY)
    now = status(home)
    if now.is_up:
        return now.endpoints, launched.returncode == 0
    words = tail(output, since=already_said)
    raise SupervisorFailed(
        now.error or f"The services did not become ready: {words or 'no reason is known'} ({output})"
    )


def stop(home: Home) -> list[str]:
    """Stop what runs in a home; returns when nothing runs any more.

    Returns:
        The names of the services that ran; empty when there were none.

    Raises:
        SupervisorFailed: A supervisor is there, but cannot be told from other processes or does not end.
    """
    with _plain_errors(home):
        before = [service.name for service in status(home).services if service.pid is not None]
        if lock.is_held(home):
            _end_supervisor(home)
        taken = take_lock(home)
        try:
            _sweep(home)
            if Record.read(home).state != FAILED:
                Record.remove(home)
        finally:
            taken.release()
    return before


def supervise(home: Home, options: Options, plan: Plan, stop: Event, on_ready: Callable[[], None]) -> None:
    """The life of a supervisor, by whatever process holds the lock: clear up, start, watch, stop, and note it all.

    Raises:
        EmbeddedError: The services could not be started; nothing runs.
    """
    me = ProcessIdentity.of(os.getpid())
    services: dict[str, ServiceRecord] = {}
    state = STARTING

    def note(now: dict[str, ServiceRecord]) -> None:
        services.update(now)
        Record(state, supervisor=me, services=services).write(home)

    def ready() -> None:
        nonlocal state
        state = READY
        note({})
        on_ready()

    with _plain_errors(home):
        try:
            _sweep(home)
            note({})
            _look_after(lambda: Supervisor(home, plan(home, options), report=note), stop, ready)
        except Exception as error:
            with suppress(OSError):  # the disk may be full; the error itself matters more
                Record(FAILED, error=_one_line(error)).write(home)
            raise
        Record.remove(home)


def _look_after(planned: Callable[[], Supervisor], stop: Event, ready: Callable[[], None]) -> None:
    """Run a supervisor. Between the choice of a port and its use somebody may take it; then all is planned anew."""
    for _ in range(_PORT_TRIES - 1):
        try:
            return planned().run(stop, ready)
        except ServiceFailed as error:
            if os.strerror(errno.EADDRINUSE) not in str(error):
                raise
            _log.info("%s. Other ports are tried.", error)
    return planned().run(stop, ready)


def take_lock(home: Home) -> SupervisorLock:
    """Take the right to start services in a home.

    Raises:
        AlreadyUp: Somebody else has it.
        EmbeddedError: The home cannot be written.
    """
    with _plain_errors(home):
        mine = SupervisorLock(home)
        if not mine.take():
            raise AlreadyUp
    return mine


def _end_supervisor(home: Home) -> None:
    # One that has just begun may not have written who it is yet.
    wait_until(lambda: not lock.is_held(home) or _supervisor(home) is not None, 10.0, _LOOK_EVERY)
    supervisor = _supervisor(home)
    if supervisor is not None:
        supervisor.terminate()
        if not wait_until(lambda: not lock.is_held(home), _STOP_WITHIN, _LOOK_EVERY):
            supervisor.kill()
        # It lets go of the lock as its last act; on a busy machine it is still seen for a while after that.
        wait_until(lambda: not supervisor.is_alive(), 10.0, _LOOK_EVERY)
    if not wait_until(lambda: not lock.is_held(home), 5.0, _LOOK_EVERY):
        raise SupervisorFailed(f"A supervisor holds {home.run / lock.FILE}, but cannot be stopped: end it by hand.")


def _supervisor(home: Home) -> ProcessIdentity | None:
    supervisor = Record.read(home).supervisor
    return supervisor if supervisor and supervisor.is_alive() else None


def _sweep(home: Home) -> None:
    """End what a killed supervisor has left running, and remove what it has left lying about."""
    services = Record.read(home).services
    left = [services[name].process for name in reversed(NAMES) if name in services]
    processes = [process for process in left if process is not None and process.is_alive()]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + 10.0
    for process in processes:
        if not wait_until(lambda one=process: not one.is_alive(), max(0.0, deadline - time.monotonic())):  # type: ignore[misc] # mypy infers no lambda defaults
            process.kill()
    for name in _PRIVATE_FILES:
        home.remove_private(name)


@contextmanager
def _signals(stop: Event) -> Iterator[None]:
    def hear(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    former = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def _plain_errors(home: Home) -> Iterator[None]:
    """Turn what the operating system says (disk full, no permission) into one line."""
    try:
        yield
    except OSError as error:
        advice = ". Free some space." if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        raise EmbeddedError(f"{home.path}: {error.strerror or error}{advice}") from error


def _one_line(error: Exception) -> str:
    if isinstance(error, EmbeddedError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
