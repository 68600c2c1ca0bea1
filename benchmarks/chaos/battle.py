"""One profile: jobs go in, strikes fall one after the other, and what is left is judged."""

from __future__ import annotations

import math
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from benchmarks.chaos import judge
from benchmarks.chaos.arena import Arena
from benchmarks.chaos.profiles import Profile
from benchmarks.chaos.proxy import Wire
from orchestrator.ledger import Ledger
from tests.support.command import ROOT
from tests.support.house import House, house
from tests.support.promises import untold

SOURCES: Final = 5  # strategies among which the jobs are shared
IN_FLIGHT: Final = 3  # jobs for each node that may wait or run: some wait, and there is always something to hit
PROGRESS_WITHIN: Final = 60.0  # seconds until a job that does not go on counts as that late
DISK_MEGABYTES: Final = 24


class Skipped(Exception):
    """The profile cannot be tried here; the message says why."""


def fight(profile: Profile, folder: Path, *, count: int, nodes: int, seconds: float, seed: int) -> dict[str, Any]:
    """Fight until all jobs have ended, or the time is up; then everything is mended and the rest may end.

    Raises:
        Skipped: It cannot be tried here.
    """
    began = time.monotonic()
    luck = random.Random(f"{seed} {profile.name}")
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "home")) if profile.needs_disk else None
        running = stack.enter_context(
            house(folder, os.environ.__setitem__, nodes=nodes, **{"backtest_seconds": 2.0, **profile.options})
        )
        wire = stack.enter_context(Wire(running.redis.port))
        prepare(running, folder, wire)
        if profile.latency:
            running.fault("*", "slow", seconds=profile.latency, times=0)
        arena = Arena(running, wire, luck, disk)
        arena.open()
        ledger = stack.enter_context(closing(running.ledger))
        strikes, taken, late = battle(arena, ledger, profile, count, IN_FLIGHT * nodes, began + seconds)
        calm_down(arena, ledger, count)
        return {
            **judge.verdict(running, count),
            "strikes": strikes,
            "recovery_seconds": percentiles(taken),
            "not_within_a_minute": late,
            "ended_by_themselves": dict(arena.ended_by_themselves),
            "seconds": round(time.monotonic() - began),
        }


def prepare(running: House, folder: Path, wire: Wire) -> None:
    """The environment of workers and beat."""
    (folder / "points").write_text("")
    parts = urlsplit(running.redis.url)
    netloc = f"{parts.netloc.rpartition(':')[0]}:{wire.port}"
    os.environ |= {
        "PYTHONPATH": str(ROOT),
        "MORTAL_POINTS": str(folder / "points"),
        "MORTAL_CLOCK": "0",
        "QCJOBS_REDIS_URL": urlunsplit(parts._replace(netloc=netloc)),
        "QCJOBS_DISPATCH__REQUESTS_PER_MINUTE": "100000",
        "QCJOBS_LIVE__WATCH": "false",
    }


def battle(
    arena: Arena, ledger: Ledger, profile: Profile, count: int, in_flight: int, until: float
) -> tuple[list[str], list[float], int]:
    """Strike, see how soon everybody goes on, and strike again."""
    strikes: list[str] = []
    taken: list[float] = []
    late = 0
    submitted = 0
    while (over := judge.ended(ledger)) < count and time.monotonic() < until:
        while submitted < min(count, over + in_flight):
            submit(arena, submitted)
            submitted += 1
        arena.rest(arena.luck.uniform(0.5, 3))
        while not judge.running(ledger) and time.monotonic() < until:
            arena.rest(0.2)  # or workers that begin slowly would be struck before they have done anything
        strikes.append(profile.strike(arena))
        mended_at = datetime.now(UTC)
        recoveries = recovery(arena, ledger, mended_at)
        taken += recoveries
        late += sum(1 for one in recoveries if one >= PROGRESS_WITHIN)
    for number in range(submitted, count):
        submit(arena, number)
    return strikes, taken, late


def submit(arena: Arena, number: int) -> None:
    """One more job; that the ledger is full is no reason to give up."""
    arena.house.submit(f"source{number % SOURCES}", period=number)


def recovery(arena: Arena, ledger: Ledger, mended_at: datetime) -> list[float]:
    """Seconds from the end of a strike until each job that was under way began its next step, or ended."""
    waiting = set(judge.running(ledger))
    moved = timedelta(seconds=float(os.environ["MORTAL_CLOCK"]))  # attempts are dated by the workers' clocks
    taken = []
    while waiting:
        arena.tend()
        now = datetime.now(UTC)
        gone_on = judge.progress_after(ledger, mended_at + moved, sorted(waiting))
        taken += [max((began - moved - mended_at).total_seconds(), 0.0) for began in gone_on.values()]
        waiting -= gone_on.keys()
        left = set(judge.running(ledger))
        taken += [(now - mended_at).total_seconds() for _ in waiting - left]
        waiting &= left
        if (now - mended_at).total_seconds() > PROGRESS_WITHIN:
            return taken + [PROGRESS_WITHIN] * len(waiting)
        time.sleep(0.2)
    return taken


def calm_down(arena: Arena, ledger: Ledger, count: int) -> None:
    """Nothing is broken any more: what was accepted comes to its end, and is told."""
    arena.house.mend()
    _wait(arena, lambda: judge.ended(ledger) >= count, within=60 + 2 * count)
    ids = [job.id for job in _all(ledger)]
    _wait(arena, lambda: not untold(ledger, ids), within=100)


def _all(ledger: Ledger) -> list[Any]:
    with ledger.reading() as tables:
        return list(tables.jobs.newest(limit=100_000))


def _wait(arena: Arena, condition: Callable[[], bool], within: float) -> None:
    until = time.monotonic() + within
    while not condition() and time.monotonic() < until:
        arena.rest(0.5)


def percentiles(taken: list[float]) -> dict[str, float] | None:
    """Median, p95 and the largest."""
    if not taken:
        return None
    values = sorted(taken)
    ranks = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(values[max(math.ceil(share * len(values)) - 1, 0)], 1) for name, share in ranks.items()}


@contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    """A file system in memory that is soon full.

    Raises:
        Skipped: Only root may mount one.
    """
    if os.geteuid() != 0:
        raise Skipped("only root may mount a small file system")
    where.mkdir(parents=True, exist_ok=True)
    size = f"size={DISK_MEGABYTES}m"
    mounted = subprocess.run(
        ("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(where)), capture_output=True, check=False
    )
    if mounted.returncode != 0:
        raise Skipped(f"a small file system cannot be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield where
    finally:
        subprocess.run(("umount", "--lazy", str(where)), check=False)
