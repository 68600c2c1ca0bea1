"""A service as data, and one running process of it.

Each process gets a session of its own (Ctrl+C in the terminal reaches the supervisor only, which then stops the
services in order), a log file of its own, and a working directory in which no module of the user can shadow ours.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity

_TETHER = Path(__file__).with_name("tether.py")
_PUT_ASIDE_AT = 10 * 1024 * 1024  # bytes; one older file is kept
_TAIL = 4096  # bytes of a log that are looked at for a message
_TAIL_LINES = 3
_TAIL_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Service:
    """How to run one program, and how to tell that it is ready."""

    name: str
    argv: tuple[str, ...]  #: never carries a secret: every user of the machine can read it
    ready: Callable[[], bool] = field(repr=False)  #: returns soon; False instead of an exception
    stage: int = 0  #: services of one stage start together, once all of the stages before are ready
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  #: in addition to the supervisor's own
    ready_within: float = 60.0  #: seconds; generous, for a cold and busy machine
    grace: float = 10.0  #: seconds between SIGTERM and SIGKILL
    stale: tuple[Path, ...] = ()  #: files a former life may have left, removed before each start
    private_files: Mapping[str, str] = field(default_factory=dict, repr=False)  #: in `run/` while the service runs
    address: Mapping[str, str] = field(default_factory=dict)  #: where it is, for services.json; no secrets


class Child:
    """One service, started by this process at most once at a time."""

    def __init__(self, service: Service, home: Home) -> None:
        self.service = service
        self.log = home.log(service.name)
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: ProcessIdentity | None = None
        self._log_start = 0

    @property
    def identity(self) -> ProcessIdentity | None:
        """Of the latest start; None before the first."""
        return self._identity

    def start(self) -> None:
        """Start it, without waiting until it is ready.

        On Linux the process also ends when the *thread* that calls this ends: call it from one that stays.

        Raises:
            OSError: The program or the log file cannot be opened.
        """
        for path in self.service.stale:
            path.unlink(missing_ok=True)
        put_aside_if_large(self.log)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                tethered(self.service.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self._home.path,
                env=child_environment(os.environ, self._home) | dict(self.service.environment),
            )
        try:
            self._identity = ProcessIdentity.of(self._process.pid)
        except psutil.NoSuchProcess:
            self._identity = None  # it has ended already; its exit status tells why

    def exit_status(self) -> int | None:
        """None while it runs (or was never started), else its exit status; negative: the signal that ended it."""
        return self._process.poll() if self._process else None

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process is not None and self.is_running():
            self._process.terminate()

    def end(self, grace: float) -> None:
        """Wait up to `grace` seconds for its end, then end it and its process group the hard way."""
        if self._process is None:
            return
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it, and what it started, at once."""
        if self._process is not None and self.is_running():
            # Not collected yet, so the number is still its own.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def trim_log(self) -> None:
        """Begin its log anew, if that has grown large."""
        if put_aside_if_large(self.log):
            self._log_start = 0

    def last_words(self) -> str:
        """The last lines it wrote since its latest start, as one line."""
        return tail(self.log, since=self._log_start)


def wait_until(condition: Callable[[], bool], within: float, every: float = 0.02) -> bool:
    """Ask until the answer is yes or `within` seconds have passed; return the last answer."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True


def put_aside_if_large(log: Path) -> bool:
    """Copy a log that has grown large to `<name>.log.1`, and empty it. Whoever writes to it goes on, since all append;
    a line that comes between the two is lost.

    Raises:
        OSError: The disk is full; the log stays as it is.
    """
    if not log.exists() or log.stat().st_size <= _PUT_ASIDE_AT:
        return False
    shutil.copyfile(log, log.with_suffix(".log.1"))
    os.truncate(log, 0)
    return True


def tail(log: Path, since: int = 0) -> str:
    """The last lines of a log file from byte `since` on, as one short line; "" when there are none."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    spoken = [line.strip() for line in lines if line.strip()]
    return " | ".join(spoken[-_TAIL_LINES:])[-_TAIL_CHARACTERS:]


def tethered(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command that runs `argv` and ends it when this process is gone (where the operating system can do that)."""
    if platform.system() == "Linux":
        return (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *argv)
    return argv


def child_environment(environment: Mapping[str, str], home: Home) -> dict[str, str]:
    """The environment for a process that runs in the home folder: paths in it no longer depend on where we stand."""
    result = dict(environment)
    for name, value in environment.items():
        if not value:
            continue
        if name == "QCJOBS_CONFIG" or (name.startswith(("QC_", "QCJOBS_")) and name.endswith("_FILE")):
            result[name] = str(Path(value).expanduser().absolute())
    result["QCJOBS_HOME"] = str(home.path)
    return result
