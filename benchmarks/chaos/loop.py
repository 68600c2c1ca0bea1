"""The LEAN CLI in a shell loop under the same strikes: what one writes around `lean cloud backtest` in an evening.

For each job `until lean cloud backtest …; do sleep 1; done`, as many at once as there are nodes. Of the strikes those
fit that it has anything for: a CLI is killed (and its loop begins it again), a CLI stands still, the cloud.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.chaos import judge
from benchmarks.chaos.arena import Arena
from benchmarks.chaos.profiles import Profile
from benchmarks.chaos.proxy import Wire
from benchmarks.peers import LEAN, furnished, install_lean, served, workspace
from tests.support.house import House

PATIENCE: Final = 60.0
"""Seconds without an end, after the last strike, until nothing more is expected."""


class LoopArena(Arena):
    """The processes of the CLI in place of workers."""

    def __init__(self, running: House, wire: Wire, luck: random.Random, loop: subprocess.Popen[bytes]) -> None:
        super().__init__(running, wire, luck)
        self._loop = psutil.Process(loop.pid)
        self._frozen: psutil.Process | None = None

    def tend(self) -> None:
        """The loops do that themselves."""

    def kill(self, name: str) -> None:  # noqa: ARG002 (all are alike)
        """One of them."""
        if (process := self._any_of_them()) is not None:
            process.send_signal(signal.SIGKILL)

    def start(self, name: str) -> None:
        """Its loop begins it again."""

    def freeze(self, name: str) -> None:  # noqa: ARG002 (all are alike)
        """One of them."""
        self._frozen = self._any_of_them()
        if self._frozen is not None:
            self._frozen.suspend()

    def thaw(self, name: str) -> None:  # noqa: ARG002 (all are alike)
        """The same."""
        if self._frozen is not None and self._frozen.is_running():
            self._frozen.resume()

    def _any_of_them(self) -> psutil.Process | None:
        found = []
        for process in self._loop.children(recursive=True):
            try:
                if str(LEAN) in process.cmdline() and process.name() != "sh":
                    found.append(process)
            except psutil.Error:  # it has ended meanwhile
                continue
        return self.luck.choice(found) if found else None


def fight_as_loop(
    profile: Profile, folder: Path, *, count: int, nodes: int, seconds: float, seed: int
) -> dict[str, Any]:
    """As `battle.fight`."""
    began = time.monotonic()
    luck = random.Random(f"{seed} {profile.name}")
    install_lean()
    with ExitStack() as stack:
        emulator = stack.enter_context(served(nodes, 2.0))
        environment = workspace(folder, emulator)
        running = stack.enter_context(furnished(folder, emulator))
        wire = stack.enter_context(Wire(running.redis.port))
        if profile.latency:
            running.fault("*", "slow", seconds=profile.latency, times=0)
        loop = stack.enter_context(looping(folder, environment, count, nodes))
        arena = LoopArena(running, wire, luck, loop)
        strikes = []
        while loop.poll() is None and time.monotonic() < began + seconds:
            arena.rest(luck.uniform(3, 8))
            strikes.append(profile.strike(arena))
        running.mend()
        judge.until_nothing_comes(time.sleep, lambda: _ended(folder / "ends"), count, PATIENCE)
        return {
            **judge.of_a_peer(running, count, _ended(folder / "ends")),
            "strikes": strikes,
            "seconds": round(time.monotonic() - began),
        }


@contextmanager
def looping(folder: Path, environment: dict[str, str], count: int, nodes: int) -> Iterator[subprocess.Popen[bytes]]:
    """`xargs` over the jobs; each that has ended leaves a file in `ends`."""
    backtest = f"{LEAN} cloud backtest alpha --push --name 'run {{}}' --parameter period {{}}"
    one = f"until {backtest}; do sleep 1; done; : > ends/{{}}"
    numbers = folder / "numbers"
    numbers.write_text("".join(f"{number}\n" for number in range(count)))
    with numbers.open() as source, (folder / "loop.log").open("ab") as log:
        process = subprocess.Popen(
            ("xargs", "-P", str(nodes), "-I{}", "sh", "-c", one),
            stdin=source,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ended(ends: Path) -> int:
    return sum(1 for _ in ends.iterdir())
