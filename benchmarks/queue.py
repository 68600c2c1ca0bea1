"""Ten thousand jobs in the queue: how fast they are accepted, what a decision costs, what workers and Redis hold.

    .venv/bin/python -m benchmarks.queue --jobs 10000

Real: SQLite, Redis, one worker and beat as processes; the emulator has two nodes that stay busy throughout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil
import redis

from orchestrator import load_settings
from orchestrator.dispatcher import dispatch
from orchestrator.runtime import Runtime, open_runtime
from orchestrator.states import JobState
from tests.support.eventually import eventually
from tests.support.house import House, house

HERE: Final = Path(__file__).parent
WATCHED: Final = 60.0  # seconds


def main() -> None:
    """Run, measure, print and keep JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=10_000)
    jobs = arguments.parse_args().jobs
    with tempfile.TemporaryDirectory() as folder:
        options = {"nodes": 2, "backtest_seconds": 3600.0}
        with house(Path(folder), os.environ.__setitem__, **options) as running:
            told = measure(running, jobs)
    told["load"] = round(os.getloadavg()[0], 2)
    (HERE / "results" / f"queue-{jobs}.json").write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


def measure(running: House, jobs: int) -> dict[str, Any]:
    """A short queue, then a long one."""
    running.start_worker()
    running.start_beat()
    first = running.sweep("alpha", 100)
    eventually(lambda: first.standing.counts[JobState.RUNNING] == 2, within=120, what="both nodes to be busy")
    runtime = open_runtime(load_settings())
    short = {"busy": decision(runtime), **with_a_free_node(runtime), **held(running)}
    began = time.perf_counter()
    running.sweep("bravo", jobs, yes=True)
    accepted = time.perf_counter() - began
    eventually(lambda: first.standing.counts[JobState.RUNNING] == 2, within=60, what="quiet")
    before = held(running)
    full = {"busy": decision(runtime), **with_a_free_node(runtime)}
    time.sleep(WATCHED)
    after = held(running)
    runtime.close()
    return {
        "jobs": jobs,
        "accepted_seconds": round(accepted, 2),
        "accepted_per_second": round(jobs / accepted),
        "with_100_queued": short,
        "with_all_queued": {**full, **before},
        f"{WATCHED:.0f}_seconds_later": after,
    }


def decision(runtime: Runtime, times: int = 50) -> dict[str, float]:
    """Milliseconds of one decision, as the tick makes it, while every node is busy and nothing is to be prepared."""
    return milliseconds(lambda: dispatch(runtime), times)


def with_a_free_node(runtime: Runtime) -> dict[str, dict[str, float]]:
    """The same with a node to give away; what was started goes back into the queue."""
    chosen = runtime.settings.dispatch.model_copy(update={"backtest_nodes": 3, "look_ahead": 0})
    with_room = replace(runtime, settings=runtime.settings.model_copy(update={"dispatch": chosen}))
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        starts = dispatch(with_room)
        taken.append(1000 * (time.perf_counter() - began))
        with runtime.ledger.writing() as tables:
            for start in starts:
                back = {"state": JobState.QUEUED, "has_slot": False, "lease_until": None}
                tables.jobs.write(tables.jobs.get(start.job_id), **back)
    return {"one_to_start": summary(taken)}


def milliseconds(action: Callable[[], object], times: int) -> dict[str, float]:
    """How long it takes, again and again."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - began))
    return summary(taken)


def summary(taken: list[float]) -> dict[str, float]:
    """Median and worst of nineteen in twenty."""
    ordered = sorted(taken)
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
    }


def held(running: House) -> dict[str, float]:
    """Memory of the worker and of Redis, and the messages that wait."""
    worker = psutil.Process(running.processes["worker"].pid)
    with redis.Redis.from_url(running.redis.url) as client:
        used: Any = client.info("memory")
        waiting = sum(client.llen(f"qc:{lane}") for lane in ("control", "upkeep", "live", "backtests"))
    return {
        "worker_mb": round(worker.memory_info().rss / 1e6, 1),
        "redis_mb": round(used["used_memory"] / 1e6, 2),
        "messages": int(waiting),
    }


if __name__ == "__main__":
    main()
