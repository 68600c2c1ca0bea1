"""The plain chain under the same strikes. It has no ledger: what it knows are the ends it has written down."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from benchmarks.chaos import judge
from benchmarks.chaos.arena import Arena
from benchmarks.chaos.battle import prepare
from benchmarks.chaos.profiles import Profile
from benchmarks.chaos.proxy import Wire
from tests.support.house import STRATEGY, House, house

PATIENCE: Final = 150.0
"""Seconds without an end, after the last strike, until nothing more is expected: two hand-outs of a message."""


class PeersArena(Arena):
    """Workers of the plain chain under the names of ours, so that the same strikes fall on the same things."""

    def __init__(self, running: House, wire: Wire, luck: random.Random) -> None:
        super().__init__(running, wire, luck)
        self._start = {name: self._plain(name) for name in ("steps-1", "steps-2", "upkeep")}

    def _plain(self, name: str) -> Callable[[], None]:
        # Each worker serves everything; there are as many as of ours, and no beat.
        argv = (sys.executable, "-m", "celery", "-A", "benchmarks.chaos.plain_chain", "worker", "-P", "threads")
        return lambda: self.house.start(name, (*argv, "-c", "8", "-n", f"{name}@%h", "--without-mingle"))

    def freeze(self, name: str) -> None:
        """Beat does not exist here."""
        if name in self.house.processes:
            super().freeze(name)

    def thaw(self, name: str) -> None:
        """The same."""
        if name in self.house.processes:
            super().thaw(name)


def fight_as_peer(
    profile: Profile, folder: Path, *, count: int, nodes: int, seconds: float, seed: int
) -> dict[str, Any]:
    """As `battle.fight`."""
    began = time.monotonic()
    luck = random.Random(f"{seed} {profile.name}")
    ends = folder / "ends"
    ends.touch()
    with ExitStack() as stack:
        options = {"nodes": nodes, "backtest_seconds": 2.0, **profile.options}
        running = stack.enter_context(house(folder, os.environ.__setitem__, **options))
        direct = os.environ["QCJOBS_REDIS_URL"]
        wire = stack.enter_context(Wire(running.redis.port))
        prepare(running, folder, wire)
        through_the_wire = os.environ["QCJOBS_REDIS_URL"]
        os.environ["CHAIN_ENDS"] = str(ends)
        os.environ["QCJOBS_REDIS_URL"] = direct
        from benchmarks.chaos.plain_chain import make_project, send  # noqa: PLC0415 (it reads the environment)

        project = make_project(STRATEGY.format(name="Peer"))
        os.environ["QCJOBS_REDIS_URL"] = through_the_wire
        if profile.latency:
            running.fault("*", "slow", seconds=profile.latency, times=0)
        arena = PeersArena(running, wire, luck)
        arena.open()
        for number in range(count):
            send(project, number)
        strikes = []
        while len(_ended(ends)) < count and time.monotonic() < began + seconds:
            arena.rest(luck.uniform(3, 8))  # ours waits until everybody goes on
            strikes.append(profile.strike(arena))
        running.mend()
        judge.until_nothing_comes(arena.rest, lambda: len(_ended(ends)), count, PATIENCE)
        return {
            **judge.of_a_peer(running, count, len(_ended(ends))),
            "strikes": strikes,
            "seconds": round(time.monotonic() - began),
        }


def _ended(ends: Path) -> set[str]:
    return {line.split("\t")[0] for line in ends.read_text().splitlines()}
