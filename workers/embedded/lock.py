"""One supervisor per home: a file lock that it holds as long as it lives.

The operating system frees the lock when its holder is gone, however it went, so "is it up?" never depends on a file
that somebody forgot to remove.
"""

import fcntl
import os
from typing import Final

from workers.embedded.home import Home
from workers.embedded.processes import wait_until

FILE: Final = "up.lock"
# Seconds. `is_held` takes the lock for an instant to see whether it can; that must not look like a supervisor.
_PATIENCE = 0.3


class SupervisorLock:
    """The right to start services in a home."""

    def __init__(self, home: Home) -> None:
        self._path = home.run / FILE
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take it if nobody holds it. A child that this process forks shares it; a program it starts does not.

        Raises:
            OSError: The file cannot be opened.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if wait_until(lambda: _try(descriptor, fcntl.LOCK_EX), _PATIENCE):
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False

    def release(self) -> None:
        """Let the next one in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(home: Home) -> bool:
    """Whether a supervisor looks after this home now."""
    try:
        descriptor = os.open(home.run / FILE, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
