"""The same sweep by four runners on the same emulator: what each asks, how long it takes, when one knows the result.

    .venv/bin/python -m benchmarks.peers --jobs 100 --nodes 10
    .venv/bin/python -m benchmarks.peers --jobs 20 --nodes 2

The LEAN CLI's own runner (`lean cloud backtest --push`, package `lean` unmodified, in an environment of its own that is
made here) in a shell loop and under `xargs -P`; a plain Celery chain (`benchmarks.celery_chain`); and qcjobs. The
emulator is its own process on port 5612, where the CLI looks with QC_API=local. Prints JSON, and keeps it in
benchmarks/results.

The floor is what the nodes need: ⌈jobs/nodes⌉ · D + C, with C one compile and the last statistics. Every runner has its
project made and pushed once before it is measured.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator
from orchestrator import SweepHandle
from orchestrator.states import JobState
from tests.support.house import STRATEGY, TOKEN, House
from workers.embedded.home import Home
from workers.embedded.redis_server import RedisServer

COMPILE: Final = 2.0  # seconds
LAG: Final = 1.0  # seconds from "completed" to the statistics
PORT: Final = 5612
HERE: Final = Path(__file__).parent
PEERS: Final = HERE / ".peers"
LEAN: Final = PEERS / "bin" / "lean"

LOOP_JOBS: Final = 6
"""One after the other, a hundred would take an hour and show the same: its figures are per backtest."""

Ends = dict[str, datetime]
"""When the runner knew the result, by the backtest's name in the cloud."""


def main() -> None:
    """Run every candidate, print and keep JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=20)
    arguments.add_argument("--nodes", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=20.0, help="of one backtest")
    arguments.add_argument(
        "--only", action="append", choices=list(CANDIDATES), help="these; the kept figures of the others stay"
    )
    chosen = arguments.parse_args()
    names = chosen.only or list(CANDIDATES)
    path = HERE / "results" / f"sweep-{chosen.jobs}-on-{chosen.nodes}.json"
    if any(name.startswith("lean") for name in names):
        install_lean()
    told: dict[str, Any] = {
        "jobs": chosen.jobs,
        "nodes": chosen.nodes,
        "backtest_seconds": chosen.seconds,
        "compile_seconds": COMPILE,
        "statistics_lag_seconds": LAG,
        "cpus": os.cpu_count(),
        "runners": json.loads(path.read_text())["runners"] if chosen.only and path.exists() else {},
    }
    for name in names:
        with tempfile.TemporaryDirectory() as folder, served(chosen.nodes, chosen.seconds) as emulator:
            jobs = min(chosen.jobs, LOOP_JOBS) if name == "lean, shell loop" else chosen.jobs
            before = os.getloadavg()[0]
            measured = CANDIDATES[name](Path(folder), emulator, jobs, chosen.nodes)
            figures = summary(emulator, *measured, jobs=jobs, nodes=chosen.nodes, seconds=chosen.seconds)
            load = {"load_before": round(before, 2), "load_after": round(os.getloadavg()[0], 2)}
            told["runners"][name] = {**figures, **load, "at": datetime.now(UTC).isoformat(timespec="seconds")}
            print(name, json.dumps(told["runners"][name]), file=sys.stderr, flush=True)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


# ── the stage ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def install_lean() -> None:
    """Make the LEAN CLI's environment, once."""
    if not LEAN.exists():
        subprocess.run((sys.executable, "-m", "venv", str(PEERS)), check=True)
        subprocess.run((str(PEERS / "bin" / "pip"), "install", "--quiet", "lean"), check=True)
    # At its start the CLI downloads a list of brokerages; where it cannot, an empty one does: backtests use none.
    (package,) = PEERS.glob("lib/python*/site-packages/lean")
    if not any(package.glob("modules-*.json")):
        lines = (package / "models" / "__init__.py").read_text().splitlines()
        version = next(line.split('"')[1] for line in lines if "modules-" in line)
        (package / version).write_text('{"modules": []}')


@contextmanager
def served(nodes: int, seconds: float) -> Iterator[RunningEmulator]:
    """A fresh emulator as its own process."""
    options = EmulatorOptions(
        port=PORT, nodes=nodes, backtest_seconds=seconds, compile_seconds=COMPILE, statistics_lag=LAG, api_token=TOKEN
    )
    command = [str(Path(sys.executable).with_name("qcjobs")), "emulator", "--port", str(PORT), "--nodes", str(nodes)]
    command += ["--backtest-seconds", str(seconds), "--compile-seconds", str(COMPILE), "--statistics-lag", str(LAG)]
    environment = dict(os.environ) | {"QC_EMULATOR_TOKEN": TOKEN}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("emulator ready")
        try:
            yield RunningEmulator(f"http://127.0.0.1:{PORT}", options)
        finally:
            process.terminate()


def journal(emulator: RunningEmulator) -> list[dict[str, Any]]:
    """Every request so far."""
    requests: list[dict[str, Any]] = httpx.get(f"{emulator.url}/emulator/journal").json()["requests"]
    return requests


def summary(
    emulator: RunningEmulator, skipped: int, began: datetime, ends: Ends, *, jobs: int, nodes: int, seconds: float
) -> dict[str, Any]:
    """The figures of one runner, from the emulator's journal and from when results were known."""
    asked = journal(emulator)[skipped:]
    created = {
        entry["created"]["name"]: datetime.fromisoformat(entry["time"])
        for entry in asked
        if (entry["created"] or {}).get("kind") == "backtest"
    }
    late = sorted((ends[name] - at).total_seconds() - seconds - LAG for name, at in created.items() if name in ends)
    makespan = (max(ends.values()) - began).total_seconds()
    floor = math.ceil(jobs / nodes) * seconds + COMPILE + LAG
    by_endpoint = Counter(entry["path"] for entry in asked)
    minutes = Counter(entry["time"][:16] for entry in asked)
    return {
        "jobs": jobs,
        "finished": len(late),
        "backtests_made": len(created),
        "requests_per_finished_backtest": round(len(asked) / max(len(late), 1), 2),
        "requests_by_endpoint": dict(by_endpoint.most_common()),
        "most_requests_in_a_minute": max(minutes.values()),
        "refused_creations": by_endpoint["backtests/create"] - len(created),
        "compiles": by_endpoint["compile/create"],
        "pushes": by_endpoint["projects/update"],
        "makespan_seconds": round(makespan, 1),
        "makespan_over_floor": round(makespan / floor, 3),
        "node_use": round(len(created) * seconds / (nodes * makespan), 3),
        "finish_to_event_seconds": {
            "median": round(statistics.median(late), 2),
            "p95": round(late[math.ceil(0.95 * len(late)) - 1], 2),
        },
    }


# ── the runners ───────────────────────────────────────────────────────────────────────────────────────────────────────

Measured = tuple[int, datetime, Ends]
"""Requests before it began, when it began, when results were known."""


def workspace(folder: Path, emulator: RunningEmulator) -> dict[str, str]:
    """A LEAN CLI workspace with one project, which is in the cloud already; returns the environment."""
    project = folder / "alpha"
    for path in (project, folder / "data", folder / ".lean", folder / "ends"):
        path.mkdir(parents=True)
    organization = emulator.options.organization_id
    (folder / ".lean" / "credentials").write_text(json.dumps({"user-id": "1", "api-token": TOKEN}))
    (folder / "lean.json").write_text(json.dumps({"data-folder": "data", "organization-id": organization}))
    (project / "config.json").write_text(json.dumps({"algorithm-language": "Python", "parameters": {}}))
    (project / "main.py").write_text(STRATEGY.format(name="Alpha"))
    environment = dict(os.environ) | {"HOME": str(folder), "QC_API": "local"}
    push = (str(LEAN), "cloud", "push", "--project", "alpha")
    subprocess.run(push, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    return environment


def lean_runner(parallel: int) -> Callable[[Path, RunningEmulator, int, int], Measured]:
    """`lean cloud backtest --push` for each point, so many at once; one that exits for want of a node tries again."""

    def run(folder: Path, emulator: RunningEmulator, jobs: int, nodes: int) -> Measured:
        environment = workspace(folder, emulator)
        skipped, began = len(journal(emulator)), datetime.now(UTC)
        one = (
            f"until {LEAN} cloud backtest alpha --push --name 'run {{}}' --parameter period {{}}; do sleep 10; done; "
            "date +%s.%N > ends/{}"
        )
        numbers = "\n".join(map(str, range(1, jobs + 1)))
        at_once = str(nodes if parallel == 0 else parallel)
        command = ("xargs", "-P", at_once, "-I{}", "sh", "-c", one)
        subprocess.run(
            command, input=numbers, text=True, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL
        )
        times = {path.name: float(path.read_text()) for path in (folder / "ends").iterdir()}
        return skipped, began, {f"run {number}": datetime.fromtimestamp(at, UTC) for number, at in times.items()}

    return run


@contextmanager
def furnished(folder: Path, emulator: RunningEmulator) -> Iterator[House]:
    """Redis, and an environment by which processes find it and the emulator."""
    with ExitStack() as stack:
        redis = RedisServer(Home(folder / "redis-home"))
        redis.start()
        stack.callback(redis.stop)
        os.environ |= {
            "QC_USER_ID": "1",
            "QC_API_TOKEN": TOKEN,
            "QC_BASE_URL": emulator.base_url,
            "QCJOBS_HOME": str(folder / "home"),
            "QCJOBS_REDIS_URL": redis.url,
        }
        yield stack.enter_context(House(folder, emulator, redis))


def celery_chain(folder: Path, emulator: RunningEmulator, jobs: int, _nodes: int) -> Measured:
    """Push → compile → wait → create → wait, one chain per point, retried by Celery: what one writes in an hour."""
    with furnished(folder, emulator) as house:
        os.environ["CHAIN_ENDS"] = str(folder / "ends.txt")
        command = (
            sys.executable,
            "-m",
            "celery",
            "-A",
            "benchmarks.celery_chain",
            "worker",
            "-P",
            "threads",
            "-c",
            "32",
        )
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=HERE.parent, **quiet) as process:  # type: ignore[call-overload]
            try:
                from benchmarks import celery_chain as chain  # noqa: PLC0415 (it reads the environment)

                project = chain.make_project(STRATEGY.format(name="Alpha"))
                skipped, began = len(journal(emulator)), datetime.now(UTC)
                for number in range(1, jobs + 1):
                    chain.send(project, number)
                path, deadline = Path(os.environ["CHAIN_ENDS"]), time.monotonic() + 3600
                while time.monotonic() < deadline:
                    lines = path.read_text().splitlines() if path.exists() else []
                    if len(lines) == jobs:
                        break
                    time.sleep(0.5)
                ends = dict(line.rsplit("\t", 1) for line in path.read_text().splitlines())
            finally:
                process.terminate()
        del house
        return skipped, began, {name: datetime.fromisoformat(at) for name, at in ends.items()}


def qcjobs(folder: Path, emulator: RunningEmulator, jobs: int, _nodes: int) -> Measured:
    """`submit_sweep`, with one worker and beat."""
    with furnished(folder, emulator) as house:
        house.start_worker()
        house.start_beat()
        # The first job proves the credentials, makes the project and reads the number of nodes; its code is another.
        house.submit("warm", period=0).wait(120)
        skipped, began = len(journal(emulator)), datetime.now(UTC)
        sweep: SweepHandle = house.sweep("alpha", jobs, yes=True)
        sweep.wait(3600)
        done = [job for job, _ in sweep.results() if job.state is JobState.COMPLETED and job.ended_at is not None]
        return skipped, began, {job.backtest_name: job.ended_at for job in done if job.ended_at is not None}


CANDIDATES: Final[dict[str, Callable[[Path, RunningEmulator, int, int], Measured]]] = {
    "qcjobs": qcjobs,
    "celery chain": celery_chain,
    "lean, xargs -P": lean_runner(0),
    "lean, shell loop": lean_runner(1),
}

if __name__ == "__main__":
    shutil.rmtree(HERE / "__pycache__", ignore_errors=True)
    main()
