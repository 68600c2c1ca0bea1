"""Live: how soon a liquidation leaves while everything is busy, and what the watch over many deployments costs.

    .venv/bin/python -m benchmarks.live --queued 10000 --running 500 --liquidations 100
    .venv/bin/python -m benchmarks.live --watch 200 --minutes 12

Real: Redis with append-only file, a worker per lane and beat as processes, SQLite, HTTP. Emulated: the cloud. The floor
of the first is a request of the bare client in the same house. The floor of the second is one list a minute and one
portfolio per deployment every five minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.waking import wake_workers
from orchestrator import JobState, live, load_settings
from orchestrator.jobs import Submission
from orchestrator.ledger import Ledger
from orchestrator.runtime import open_runtime
from quantconnect import settings_for
from tasks import lanes
from tests.support.house import House, house

BUDGET = "QCJOBS_DISPATCH__REQUESTS_PER_MINUTE"


def main() -> None:
    """Run, measure, print JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--queued", type=int, default=10_000)
    arguments.add_argument("--running", type=int, default=500)
    arguments.add_argument("--liquidations", type=int, default=100)
    arguments.add_argument("--watch", type=int, default=0, help="deployments; instead of the liquidations")
    arguments.add_argument("--minutes", type=float, default=12.0)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = chosen.watch or chosen.liquidations
        options = {
            "nodes": chosen.running + 1,
            "live_nodes": count,
            "deploy_seconds": 0.0,
            "backtest_seconds": 3600.0,
            "live_refresh_seconds": 600.0,
        }
        os.environ[BUDGET] = "100000"  # for what is not measured, and for five hundred creations
        with house(Path(folder), os.environ.__setitem__, **options) as running:
            deployed = deploy_by_hand(count)
            if chosen.watch:
                del os.environ[BUDGET]
                print(json.dumps(watched(running, chosen.watch, chosen.minutes), indent=2))
            else:
                print(json.dumps(liquidated(running, deployed, chosen.queued, chosen.running), indent=2))


def deploy_by_hand(count: int) -> list[int]:
    """So many projects that trade paper money, made with the bare client: this is not what is measured."""
    runtime = open_runtime(load_settings())
    api = runtime.api
    projects = []
    for number in range(count):
        project = api.projects.create(f"live {number}", language="Py").project_id
        build = api.compiles.create(project)
        while api.compiles.read(project, build.compile_id).pending:
            time.sleep(0.05)
        nodes = [node for node in api.projects.nodes.read(project).nodes.live if not node.busy]
        api.live.create(project, build.compile_id, nodes[0].id, settings_for("Paper", {"cash": 100_000.0}))
        projects.append(int(project))
    runtime.close()
    return projects


# ── liquidate ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def liquidated(running: House, projects: list[int], queued: int, busy: int) -> dict[str, Any]:
    """Fill the house with backtests, then liquidate one project after the other, and look when each request arrived."""
    os.environ["QCJOBS_LIVE__WATCH"] = "false"
    running.start_worker("worker", lanes.BUT_CONTROL)
    running.start_worker("control", (lanes.CONTROL,))
    running.start_beat()
    fill(running.ledger, running, queued + busy)
    wait_until(lambda: len(running.created("backtest")) >= busy, 1200, f"{busy} backtests under way")
    by_lane, by_command = projects[::2], projects[1::2]
    asked = {project: ask_for(project) for project in by_lane} | {project: type_for(project) for project in by_command}
    wait_until(lambda: len(reached(running)) == len(projects), 300, "every liquidation")
    took = {project: reached(running)[project] - asked[project] for project in projects}
    with running.ledger.reading() as tables:
        counts = {str(state): count for state, count in tables.jobs.counts().items()}
        errors = Counter(job.error for job in tables.jobs.newest(states=[JobState.FAILED], limit=1000))
    return {
        "jobs_by_state": counts,
        "errors": dict(errors.most_common(5)),
        "backtests_under_way": len(running.created("backtest")),
        "liquidations": len(projects),
        "seconds_from_live_liquidate_by_the_lane_to_the_api_call": percentiles(took[project] for project in by_lane),
        "seconds_from_the_typed_command_to_the_api_call": percentiles(took[project] for project in by_command),
        "floor_seconds_of_a_bare_request": percentiles(bare()),
        "load_average": os.getloadavg(),
    }


def ask_for(project: int) -> float:
    """From Python, by the lane: accepted, and a worker woken. Returns when it was asked (unix seconds)."""
    settings = load_settings()
    asked = time.time()
    live.liquidate(project, settings=settings)
    wake_workers(settings, urgent=True)
    time.sleep(0.3)
    return asked


def type_for(project: int) -> float:
    """By the command, as a process of its own, until it is confirmed. Returns when it was started (unix seconds)."""
    asked = time.time()
    command = (sys.executable, "-m", "cli.main", "live", "liquidate", str(project), "--yes", "--json")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return asked


def fill(ledger: Ledger, running: House, count: int) -> None:
    """So many queued backtests of one source."""
    first = running.submit("alpha", period=0)
    with ledger.writing() as tables:
        job = tables.jobs.get(first.id)
        files = tables.jobs.files_of(job.bundle or "")
    for begin in range(1, count, 500):
        with ledger.writing() as tables:
            for number in range(begin, min(begin + 500, count)):
                tables.jobs.add(
                    job.account,
                    Submission(
                        name=f"alpha {number}",
                        source=job.source,
                        project_key=job.project_key,
                        project_id=None,
                        language="Py",
                        files=files,
                        parameters={"period": number},
                    ),
                )


def reached(running: House) -> dict[int, float]:
    """When the first liquidation of each project arrived (unix seconds)."""
    found: dict[int, float] = {}
    for entry in running.journal():
        if entry["path"] == "live/update/liquidate":
            found.setdefault(int(entry["project"]), datetime.fromisoformat(entry["time"]).timestamp())
    return found


def bare(count: int = 50) -> list[float]:
    """Seconds of a request of the same client in the same house, from call to arrival and back."""
    runtime = open_runtime(load_settings())
    took = []
    for _ in range(count):
        began = time.monotonic()
        runtime.api.authenticate()
        took.append(time.monotonic() - began)
    runtime.close()
    return took


def percentiles(taken: Iterable[float]) -> dict[str, float]:
    """Median, p95, p99 and the largest, in seconds."""
    values = sorted(taken)
    ranks = {name: math.ceil(share * len(values)) - 1 for name, share in (("p95", 0.95), ("p99", 0.99), ("max", 1.0))}
    return {
        "median": round(statistics.median(values), 3),
        **{name: round(values[rank], 3) for name, rank in ranks.items()},
    }


# ── watch ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def watched(running: House, count: int, minutes: float) -> dict[str, Any]:
    """Let the watch run with its default intervals, and count what it asks."""
    runtime = open_runtime(load_settings())
    runtime.api.authenticate()
    with running.ledger.writing() as tables:
        tables.accounts.accept(runtime.account, runtime.fingerprint)
    runtime.close()
    running.start_worker()
    running.start_beat()
    wait_until(lambda: running.asked()["live/list"] > 0, 60, "the first look")
    began, before = datetime.now(UTC), running.asked()
    time.sleep(minutes * 60)
    took = (datetime.now(UTC) - began).total_seconds()
    asked = running.asked() - before
    per_minute = Counter(
        int((datetime.fromisoformat(entry["time"]) - began).total_seconds() // 60)
        for entry in running.journal()
        if datetime.fromisoformat(entry["time"]) >= began
    )
    floor = 60 + count * 12
    with running.ledger.reading() as tables:
        rows = sum(
            len(tables.deployments.history(account(), known.deploy_id)) for known in tables.deployments.of(account())
        )
    per_hour = sum(asked.values()) / took * 3600
    return {
        "deployments": count,
        "minutes": round(took / 60, 1),
        "requests": dict(asked),
        "requests_per_hour": round(per_hour),
        "over_floor": round(per_hour / floor, 3),
        "most_requests_in_a_minute": max(per_minute.values()),
        "budget_per_minute": load_settings().dispatch.requests_per_minute,
        "history_rows": rows,
    }


def account() -> str:
    """Whose house this is."""
    return load_settings().account


def wait_until(condition: Any, within: float, what: str) -> None:
    """Poll with a deadline."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
