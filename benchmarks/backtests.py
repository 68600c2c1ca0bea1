"""What a backtest costs: requests, seconds from its end to the event, and time beyond the nodes' own.

    .venv/bin/python -m benchmarks.backtests --jobs 20 --nodes 2 --seconds 20

Everything is real but the cloud: Redis, a worker and beat as processes, SQLite, the emulator over HTTP. The floor is
what the nodes themselves need: one compile, ⌈jobs/nodes⌉ backtests one after the other, the last one's statistics.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from orchestrator import Job, JobHandle
from orchestrator.events import EventType
from tests.support.house import House, house

COMPILE = 2.0  # seconds
STATISTICS_LAG = 1.0  # seconds from "completed" to the numbers


def main() -> None:
    """Run, measure, print JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=20)
    arguments.add_argument("--nodes", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=20.0, help="of one backtest")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options = {"nodes": chosen.nodes, "compile_seconds": COMPILE, "statistics_lag": STATISTICS_LAG}
        with house(Path(folder), os.environ.__setitem__, backtest_seconds=chosen.seconds, **options) as running:
            running.start_worker()
            running.start_beat()
            print(json.dumps(measure(running, chosen.jobs, chosen.nodes, chosen.seconds), indent=2))


def measure(running: House, count: int, nodes: int, seconds: float) -> dict[str, Any]:
    """Submit so many jobs of one source, wait for all, and compare with the floor."""
    running.submit("warm", period=0).wait(120)  # the first job proves the credentials and reads the number of nodes
    before = running.asked()
    cpu = worker_cpu(running)
    handles = [running.submit("alpha", period=period) for period in range(count)]
    jobs = running.wait(handles, within=60 + 2 * seconds * math.ceil(count / nodes))
    asked = running.asked() - before
    makespan = max(ended(job) for job in jobs) - min(job.created_at for job in jobs)
    floor = math.ceil(count / nodes) * seconds + STATISTICS_LAG + COMPILE
    to_event = sorted(seconds_to_event(running, handle, seconds) for handle in handles)
    return {
        "jobs": count,
        "nodes": nodes,
        "backtest_seconds": seconds,
        "requests_per_backtest": round(sum(asked.values()) / count, 2),
        "requests_by_endpoint": dict(Counter(asked).most_common()),
        "makespan_seconds": round(makespan.total_seconds(), 1),
        "makespan_over_floor": round(makespan.total_seconds() / floor, 3),
        "finish_to_event_seconds": {
            "median": round(statistics.median(to_event), 2),
            "p95": round(to_event[math.ceil(0.95 * count) - 1], 2),
        },
        "orchestration_seconds_per_job": round(
            statistics.median(orchestration(running, handle) for handle in handles), 3
        ),
        "worker_cpu_seconds_per_job": round((worker_cpu(running) - cpu) / count, 3),
    }


def seconds_to_event(running: House, handle: JobHandle, seconds: float) -> float:
    """From the moment the emulator shows the complete result to the moment the event is true."""
    job = handle.job
    created = next(entry for entry in running.journal() if (entry["created"] or {}).get("id") == job.backtest_id)
    complete_at = datetime.fromisoformat(created["time"]) + timedelta(seconds=seconds + STATISTICS_LAG)
    with running.ledger.reading() as tables:
        events = tables.outbox.events_of(handle.id)
    completed = next(event for event in events if event.type is EventType.BACKTEST_COMPLETED)
    return (completed.at - complete_at).total_seconds()


def orchestration(running: House, handle: JobHandle) -> float:
    """Seconds that the steps themselves took, requests included, waits excluded."""
    with running.ledger.reading() as tables:
        return float(sum(attempt["seconds"] for attempt in tables.jobs.attempts_of(handle.id)))


def worker_cpu(running: House) -> float:
    """CPU seconds of the worker process so far."""
    times = psutil.Process(running.processes["worker"].pid).cpu_times()
    return times.user + times.system


def ended(job: Job) -> datetime:
    """When a job ended; it has."""
    assert job.ended_at is not None
    return job.ended_at


if __name__ == "__main__":
    main()
