"""The house under attack: workers by lane and beat, each of which is started again when it is gone.

The emulator, Redis and the ledger are as in the acceptance tests; workers and beat reach Redis by a wire that can be
cut, and the ledger lies on a disk that can be filled.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.chaos.proxy import Wire
from tasks import lanes
from tests.support.house import House

INCLUDE: Final = "tests.support.mortal_worker"
WORKERS: Final = {
    "steps-1": (lanes.BACKTESTS, lanes.LIVE),
    "steps-2": (lanes.BACKTESTS, lanes.LIVE),
    "upkeep": (lanes.UPKEEP, lanes.CONTROL),
}
BEAT: Final = "beat"


class Arena:
    """What a strike can hit."""

    def __init__(self, house: House, wire: Wire, luck: random.Random, disk: Path | None = None) -> None:
        self.house = house
        self.wire = wire
        self.luck = luck
        self.disk = disk  #: where a small file system of its own is mounted, if it is
        self.ended_by_themselves: Counter[str] = Counter()  #: processes that nobody has killed
        self.may_die = False  #: whether workers are told to kill themselves
        self._down: set[str] = set()
        self._start: dict[str, Callable[[], None]] = {
            **{name: self._worker(name) for name in WORKERS},
            BEAT: house.start_beat,
        }

    def _worker(self, name: str) -> Callable[[], None]:
        return lambda: self.house.start_worker(name, WORKERS[name], include=INCLUDE, threads=8)

    def open(self) -> None:
        """Start everything."""
        for start in self._start.values():
            start()

    def any_worker(self) -> str:
        """One of them."""
        return self.luck.choice(sorted(WORKERS))

    def kill(self, name: str) -> None:
        """SIGKILL, and it stays away until `start`."""
        self._down.add(name)
        if name in self.house.processes:
            self.house.kill(name)

    def start(self, name: str) -> None:
        """It is there again."""
        self._down.discard(name)
        self._start[name]()

    def freeze(self, name: str) -> None:
        """SIGSTOP."""
        self.house.processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT."""
        self.house.processes[name].send_signal(signal.SIGCONT)

    def tend(self) -> None:
        """Start again what has ended, as systemd or compose would."""
        for name, process in list(self.house.processes.items()):
            if name not in self._down and process.poll() is not None:
                if not self.may_die:
                    self.ended_by_themselves[name] += 1
                del self.house.processes[name]
                self._start[name]()

    def rest(self, seconds: float) -> None:
        """Let time pass, and look after the processes meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.tend()
            time.sleep(min(left, 0.2))

    def set_clocks(self, seconds: float) -> None:
        """Of workers that are started from now on."""
        os.environ["MORTAL_CLOCK"] = str(seconds)
