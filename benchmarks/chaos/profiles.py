"""The profiles: each a way to strike, and to mend what was struck before it returns. Luck decides what it hits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.chaos.arena import BEAT, WORKERS, Arena
from orchestrator.leases import HOLD

Strike = Callable[[Arena], str]
"""Breaks something and mends it again; tells in a few words what it was."""

LONGER_THAN_A_LEASE: Final = HOLD.total_seconds() + 3
LINKS: Final = [f"backtest.{step}" for step in ("upload", "compile", "poll_compile", "create", "poll_results")]
POINTS: Final = [f"{when} {task}" for task in (*LINKS, "events.deliver") for when in ("before", "after", "done")]
CLOUD: Final[Mapping[str, list[str]]] = {
    "drop-after": ["backtests/create", "projects/create", "projects/update", "compile/create"],
    "drop-before": ["backtests/create", "backtests/list", "backtests/read"],
    "error-500": ["*"],
    "error-502": ["*"],
    "html": ["*"],
    "garbage": ["backtests/create", "backtests/list", "backtests/read", "compile/read"],
    "slow": ["backtests/create", "backtests/list", "compile/read"],
    "hang": ["backtests/create", "backtests/read", "files/read"],
    "no-spare-nodes": ["backtests/create"],
}
"""What the cloud does wrong, and where. "Slow down" is not among it: that is obeyed, for a quarter of an hour."""


def workers(arena: Arena) -> str:
    """One worker, or all at once, the one that dispatches among them."""
    names = sorted(WORKERS) if arena.luck.random() < 0.2 else [arena.any_worker()]
    for name in names:
        arena.kill(name)
    arena.rest(arena.luck.uniform(0.1, 3))
    for name in names:
        arena.start(name)
    return f"killed {', '.join(names)}"


def messages(arena: Arena) -> str:
    """Workers kill themselves before and after the message that comes next."""
    chosen = arena.luck.sample(POINTS, 3)
    Path(os.environ["MORTAL_POINTS"]).write_text("".join(f"{point}\n" for point in chosen))
    arena.may_die = True
    arena.rest(4)
    Path(os.environ["MORTAL_POINTS"]).write_text("")
    arena.rest(1)
    arena.may_die = False
    return f"died at {', '.join(chosen)}"


def beats(arena: Arena) -> str:
    """Who ticks, and who takes the ticks."""
    names = [BEAT] if arena.luck.random() < 0.5 else [BEAT, "upkeep"]
    for name in names:
        arena.kill(name)
    arena.rest(arena.luck.uniform(0.5, 6))
    for name in names:
        arena.start(name)
    return f"killed {', '.join(names)}"


def redis(arena: Arena) -> str:
    """Restarted, with what it had appended to its file."""
    arena.house.redis.kill()
    arena.rest(arena.luck.uniform(0.2, 5))
    arena.house.redis.start()
    return "Redis restarted"


def redis_empty(arena: Arena) -> str:
    """Restarted, and everything is gone."""
    server = arena.house.redis
    server.kill()
    shutil.rmtree(server.data)
    server.data.mkdir()
    arena.rest(arena.luck.uniform(0.2, 3))
    server.start()
    return "Redis restarted empty"


def network(arena: Arena) -> str:
    """Every connection to Redis breaks, now and then for a while."""
    arena.wire.cut()
    arena.rest(arena.luck.choice([0, 0, 0.5, 4]))
    arena.wire.mend()
    return "connections to Redis cut"


def frozen(arena: Arena) -> str:
    """A worker or beat stands still for longer than a lease, and goes on as if nothing had been."""
    name = arena.luck.choice([*sorted(WORKERS), BEAT])
    arena.freeze(name)
    arena.rest(LONGER_THAN_A_LEASE)
    arena.thaw(name)
    return f"{name} frozen for {LONGER_THAN_A_LEASE:g} s"


def clock(arena: Arena) -> str:
    """The machine's clock jumps, forward or a little back, and all workers begin again."""
    jump = arena.luck.choice([-4, -2, 3, 30, 120, 600])
    arena.set_clocks(float(os.environ["MORTAL_CLOCK"]) + jump)
    for name in WORKERS:
        arena.kill(name)
    for name in WORKERS:
        arena.start(name)
    return f"clock {jump:+d} s"


def cloud(arena: Arena) -> str:
    """QuantConnect answers late, wrong, not at all, or says no."""
    told = []
    for _ in range(arena.luck.randint(1, 4)):
        kind = arena.luck.choice(sorted(CLOUD))
        endpoint = arena.luck.choice(CLOUD[kind])
        more: dict[str, Any] = {"times": arena.luck.randint(1, 3)}
        if kind in {"slow", "hang"}:
            more["seconds"] = arena.luck.uniform(1, 6)
        arena.house.fault(endpoint, kind, **more)
        told.append(f"{kind} at {endpoint}")
    arena.rest(arena.luck.uniform(2, 6))
    arena.house.mend()
    return "; ".join(told)


def disk(arena: Arena) -> str:
    """Where the ledger lies there is no room left."""
    assert arena.disk is not None
    filler = arena.disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
    arena.rest(arena.luck.uniform(1, 5))
    filler.unlink()
    return "disk full"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to break things."""

    name: str
    strike: Strike
    latency: float = 0.5  #: seconds that every request takes, so that strikes fall inside steps
    options: Mapping[str, Any] = field(default_factory=dict)  #: of the emulator
    needs_disk: bool = False
    fits_chain: bool = True  #: whether a plain chain has what is struck
    fits_loop: bool = False  #: whether a shell loop has


PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile("workers", workers, fits_loop=True),
        Profile("messages", messages, fits_chain=False),
        Profile("beats", beats, fits_chain=False),
        Profile("redis", redis),
        Profile("redis-empty", redis_empty),
        Profile("network", network),
        Profile("frozen", frozen, fits_loop=True),
        Profile("clock", clock, fits_chain=False),
        Profile("cloud", cloud, 0, {"list_lag": 2.0, "statistics_lag": 2.0, "node_release_lag": 1.0}, fits_loop=True),
        Profile("disk", disk, needs_disk=True, fits_chain=False),
    )
}
