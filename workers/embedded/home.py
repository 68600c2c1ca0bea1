"""The layout of QCJOBS_HOME, the one folder in which the embedded services keep their files.

    run/          0700: services.json, up.lock, and what is secret, one 0600 file each
    logs/         one file per service
    redis/        the append-only files of the embedded Redis, per server version
    ledger.db     the ledger, unless a database URL is configured
    flower.db     what Flower remembers over a restart

Directories appear when they are first asked for. Knows nothing about the services.
"""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path


class Home:
    """One QCJOBS_HOME. Two homes on one machine do not know of each other."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()

    @classmethod
    def default(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """QCJOBS_HOME, or `~/.qcjobs`."""
        return cls(Path(environment.get("QCJOBS_HOME") or "~/.qcjobs"))

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    @property
    def run(self) -> Path:
        """What is true while the services run, and their secrets."""
        return self._directory("run")

    @property
    def logs(self) -> Path:
        """One log file per service; read `log(name)` for one."""
        return self._directory("logs")

    @property
    def redis(self) -> Path:
        """Data of the embedded Redis."""
        return self._directory("redis")

    @property
    def ledger(self) -> Path:
        """The SQLite file of the ledger."""
        return self._directory("") / "ledger.db"

    @property
    def flower(self) -> Path:
        """Flower's memory. A shelve: the library behind it may add a suffix."""
        return self._directory("") / "flower.db"

    def log(self, name: str) -> Path:
        """The log file of one service."""
        return self.logs / f"{name}.log"

    def write_private(self, name: str, text: str) -> Path:
        """Put a text into `run/` so that only the owner can read it, whole or not at all.

        Raises:
            OSError: Disk full, or no permission; the former content is still there.
        """
        target = self.run / name
        # mkstemp creates with mode 0600, so the text is never readable by others, not even for an instant.
        descriptor, temporary = tempfile.mkstemp(dir=self.run, prefix=f".{name}-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return target

    def read_private(self, name: str) -> str | None:
        """A text of `run/`, or None when it is not there."""
        try:
            return (self.run / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def remove_private(self, name: str) -> None:
        """Forget a text of `run/`; it may be gone already."""
        (self.run / name).unlink(missing_ok=True)

    def require_room(self) -> None:
        """Try whether something can be written.

        Raises:
            OSError: Disk full, or no permission.
        """
        self.write_private("room", " " * 65_536)
        self.remove_private("room")

    def secret(self, name: str) -> str:
        """A random password of this home: made at the first call, the same ever after (192 bits, hexadecimal)."""
        kept = self.read_private(name)
        if kept:
            return kept
        fresh = secrets.token_hex(24)
        self.write_private(name, fresh)
        return fresh

    def _directory(self, name: str) -> Path:
        # The home itself may be a folder the user made for other things too: its permissions stay as they are.
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = self.path / name
        if name:
            directory.mkdir(mode=0o700, exist_ok=True)
            if directory.stat().st_mode & 0o077:
                directory.chmod(0o700)
        return directory
