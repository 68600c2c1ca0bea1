"""Who a process is. A number is not enough: after a reboot or a crash it may belong to somebody else's process.

A process is known by its pid and the time it was created. What carries another creation time is never signalled.
"""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import psutil

# Seconds. The operating system computes creation times from the wall clock, which may be adjusted by a little; that a
# pid is used again for a process created this close to the first one is out of the question.
_TOLERANCE = 5.0


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of this machine, living or dead."""

    pid: int
    created: float  #: seconds since the epoch

    @classmethod
    def of(cls, pid: int) -> Self:
        """The identity of a process that exists.

        Raises:
            psutil.NoSuchProcess: It does not.
        """
        return cls(pid, psutil.Process(pid).create_time())

    @classmethod
    def from_json(cls, value: Any) -> Self | None:
        """Read `{"pid": …, "created": …}`; None for anything else."""
        try:
            return cls(int(value["pid"]), float(value["created"]))
        except (KeyError, TypeError, ValueError):
            return None

    def is_alive(self) -> bool:
        """Whether this very process still runs. One that ended and was not collected by its parent does not."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def terminate(self) -> None:
        """Ask it to end (SIGTERM), if it still is the same process."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it (SIGKILL), if it still is the same process, with its process group if it leads one."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                leads = os.getpgid(self.pid) == self.pid
                (os.killpg if leads else os.kill)(self.pid, signal.SIGKILL)
