"""What time does to the house: memory of every process and of Redis under a steady stream of small jobs.

    .venv/bin/python -m benchmarks.soak --minutes 10

Everything is real but the cloud: Redis, a worker for each lane, beat, Flower and the exporter as processes, SQLite
(`--postgresql`: a server), the emulator over HTTP with many nodes and backtests of a second. So many jobs a second are
submitted (`--rate`) as long as no more than `BACKLOG` wait; what the machine cannot do is told, not forced.
Prints JSON; the exit status is 1 when memory grew by more than 5 % or a log holds an error.

Growth is the median of the last third over the median of the third before the middle of the run (the first sixth is for
warming up): caches fill in the beginning, and a leak goes on to the end.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import redis

from orchestrator import JobState
from orchestrator.ledger import Ledger
from tasks import lanes
from tests.support.command import QCJOBS
from tests.support.house import House, house
from tests.support.postgres import running_postgres
from workers.embedded.ports import answers_http, any_free

BACKLOG: Final = 100  # jobs that may wait or run
SAMPLE_EVERY: Final = 5.0  # seconds
GROWTH: Final = 0.05
NODES: Final = 60  # twice as many as ten jobs a second keep busy: the nodes shall not be what holds it back
EACH: Final = 500  # jobs of one source; `backtests/list` shows every backtest of a project and grows with them
REDIS: Final = "redis (its own count)"
ERROR: Final = re.compile(r"^\[[EC] |Traceback|\b(error|critical)\b", re.IGNORECASE)


def main() -> None:
    """Run, measure, print JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--rate", type=float, default=10.0, help="jobs per second, at most")
    arguments.add_argument("--postgresql", action="store_true", help="the ledger is on a server")
    chosen = arguments.parse_args()
    os.environ["QCJOBS_DISPATCH__REQUESTS_PER_MINUTE"] = "100000"
    os.environ["QCJOBS_FLOWER_PASSWORD"] = "password-of-a-soak"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_postgres() if chosen.postgresql else nullcontext() as new_database,
        house(
            Path(folder),
            os.environ.__setitem__,
            nodes=NODES,
            compile_seconds=0.2,
            backtest_seconds=1.0,
            statistics_lag=0.0,
        ) as running,
    ):
        if new_database is not None:
            os.environ["QCJOBS_DATABASE_URL"] = new_database("qcjobs").render_as_string(hide_password=False)
        told = soak(running, chosen.minutes * 60, chosen.rate)
    print(json.dumps(told, indent=2))
    sys.exit(0 if told["flat"] and not told["errors_in_logs"] else 1)


def soak(running: House, seconds: float, rate: float) -> dict[str, Any]:
    """Feed it for so long, and look at it every few seconds."""
    ledger = running.ledger  # its tables are there now
    start(running)
    running.wait([running.submit("warm", number=0)], within=120)
    samples: defaultdict[str, list[float]] = defaultdict(list)
    began = time.monotonic()
    submitted = looked = 0
    while (now := time.monotonic() - began) < seconds:
        waiting = unfinished(ledger)
        while submitted < now * rate and waiting < BACKLOG:
            running.submit(f"source{submitted // EACH}", number=submitted)
            submitted += 1
            waiting += 1
        if now >= looked * SAMPLE_EVERY:
            looked += 1
            for name, megabytes in memory(running):
                samples[name].append(megabytes)
        time.sleep(0.2)
    with ledger.reading() as tables:
        counts = tables.jobs.counts()
        completed = counts[JobState.COMPLETED]
    size = size_of(ledger)
    ledger.close()
    spent = {name: cpu_seconds(process.pid) for name, process in running.processes.items()}
    errors = errors_in(running)
    processes = {name: judged(values) for name, values in sorted(samples.items())}
    return {
        "minutes": round(seconds / 60, 1),
        "jobs_submitted": submitted,
        "jobs_by_state": {str(state): count for state, count in counts.items() if count},
        "jobs_per_second": round(completed / seconds, 2),
        "cpu_ms_per_job": {name: round(1000 * used / max(completed, 1), 1) for name, used in spent.items()},
        "memory": processes,
        "flat": all(process["growth"] <= GROWTH for process in processes.values()),
        "messages_waiting": waiting_messages(running),
        "ledger_mb": round(size / 1e6, 1),
        "errors_in_logs": errors,
    }


def start(running: House) -> None:
    """Everything that runs on a server."""
    for lane in lanes.ALL:
        running.start_worker(lane, (lane,))
    running.start_beat()
    for name, command, port in (
        ("flower", (QCJOBS, "flower"), any_free()),
        ("metrics", (QCJOBS, "metrics"), any_free()),
    ):
        running.start(name, (*command, "--port", str(port)))
        page = {"flower": "/healthcheck", "metrics": "/metrics"}[name]
        deadline = time.monotonic() + 60
        while not answers_http(port, page):
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.1)
        os.environ[f"SOAK_{name.upper()}"] = f"http://127.0.0.1:{port}"


def unfinished(ledger: Ledger) -> int:
    """Jobs that wait or run."""
    with ledger.reading() as tables:
        counts = tables.jobs.counts()
    return counts[JobState.QUEUED] + counts[JobState.RUNNING]


def size_of(ledger: Ledger) -> int:
    """Bytes on the disk."""
    if not ledger.is_shared:
        return Path(str(ledger.engine.url.database)).stat().st_size
    with ledger.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def memory(running: House) -> Iterator[tuple[str, float]]:
    """Resident megabytes of every process, and what Redis counts itself. Scrapes the exporter on the way, as Prometheus
    would.
    """
    httpx.get(f"{os.environ['SOAK_METRICS']}/metrics", timeout=30)
    for name, process in running.processes.items():
        yield name, psutil.Process(process.pid).memory_info().rss / 1e6
    with redis.Redis.from_url(running.redis.url) as client:
        yield REDIS, client.info("memory")["used_memory"] / 1e6


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors since it started."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def waiting_messages(running: House) -> dict[str, int]:
    """Messages in Redis at the end, by lane, and those that workers hold."""
    with redis.Redis.from_url(running.redis.url) as client:
        return {lane: int(client.llen(f"qc:{lane}")) for lane in lanes.ALL} | {"held": int(client.hlen("qc:unacked"))}


def judged(values: list[float]) -> dict[str, float]:
    """How memory moved, in megabytes, and by which fraction it grew."""
    count = len(values)
    before = statistics.median(values[count // 6 : count // 2] or values)
    after = statistics.median(values[-(count // 3 or 1) :])
    return {
        "first": round(values[0], 1),
        "middle": round(before, 1),
        "end": round(after, 1),
        "peak": round(max(values), 1),
        "growth": round(after / before - 1, 4),
    }


def errors_in(running: House) -> dict[str, int]:
    """Lines of the logs that are errors, by process and text."""
    found: Counter[str] = Counter()
    for log in running.folder.rglob("*.log"):
        for line in log.read_text(errors="replace").splitlines():
            if (told := error_of(line)) is not None:
                found[f"{log.stem}: {told[:100]}"] += 1
    return dict(found)


def error_of(line: str) -> str | None:
    """What a line says that is an error: of our processes as JSON, of Flower and of Redis in words of their own."""
    if line.startswith("{"):
        told = json.loads(line)
        return str(told["event"]) if told["level"] in {"error", "critical"} else None
    return line if ERROR.search(line) else None


if __name__ == "__main__":
    main()
