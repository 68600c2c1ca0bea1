"""The composed system on this machine: a real Redis, a served emulator, real worker and beat processes.

Tests kill what they started, by its process, and read the truth from two outside witnesses: the ledger's file and the
emulator's journal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from orchestrator import Job, JobHandle, JobState, SweepHandle, load_settings, submit_backtest, submit_sweep
from orchestrator.ledger import Ledger
from tests.support.eventually import eventually
from workers.embedded.home import Home
from workers.embedded.redis_server import RedisServer

TOKEN = "3f1c9a77e5d24b60-acceptance-token"
TIMEOUT = 3  # seconds per request; keeps the wait after a doubt short
CELERY = (sys.executable, "-m", "celery", "-A", "workers")

STRATEGY = """from AlgorithmImports import *


class {name}(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2023, 1, 1)
        self.set_end_date(2023, 6, 30)
        self.set_cash(100000)
        self.period = int(self.get_parameter("period", 14))
        self.add_equity("SPY")
"""


class House:
    """Everything that runs for one test."""

    def __init__(self, folder: Path, emulator: RunningEmulator, redis: RedisServer) -> None:
        self.folder = folder
        self.emulator = emulator
        self.redis = redis
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def ledger(self) -> Ledger:
        """The truth."""
        ledger = Ledger(load_settings().ledger_url)
        ledger.prepare()
        return ledger

    @property
    def account(self) -> str:
        """Whose jobs these are."""
        return load_settings().account

    # ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def start_worker(
        self, name: str = "worker", lanes: Iterable[str] = (), include: str | None = None, threads: int = 16
    ) -> None:
        """Start a worker as its own process; it serves all lanes unless some are named. `include`: a further module."""
        pool = ("worker", "-P", "threads", "-c", str(threads), "-E", "-n", f"{name}@%h", "--loglevel", "INFO")
        only = ("-Q", ",".join(lanes)) if lanes else ()
        more = ("-I", include) if include else ()
        self.start(name, (*CELERY, *pool, *only, *more, "--without-mingle", "--without-gossip"))

    def start_beat(self, name: str = "beat") -> None:
        """Start beat as its own process."""
        self.start(name, (*CELERY, "beat", "--pidfile", "", "--loglevel", "INFO"))

    def kill(self, name: str) -> None:
        """SIGKILL: no time to say anything."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End every process that this house started."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def start(self, name: str, argv: Sequence[str]) -> None:
        """Start a process; its output goes to `<name>.log`."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                argv, stdout=output, stderr=subprocess.STDOUT, cwd=self.folder, env=dict(os.environ)
            )

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def strategy(self, name: str) -> Path:
        """A strategy's folder; each name is different code."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(STRATEGY.format(name=name.capitalize()))
        return folder

    def submit(self, name: str = "alpha", **parameters: int) -> JobHandle:
        """Submit a backtest of that strategy."""
        return self.submit_folder(self.strategy(name), **parameters)

    def submit_folder(self, folder: Path, **parameters: int) -> JobHandle:
        """Submit a backtest of a folder."""
        return submit_backtest(folder, parameters=parameters)

    def sweep(self, code: str, points: int, **options: Any) -> SweepHandle:
        """Submit a sweep of that strategy; its points differ in `period`."""
        return submit_sweep(self.strategy(code), {"grid": {"period": f"1:{points}"}}, **options)

    def change_nodes(self, **changes: int) -> None:
        """`count=3`: so many backtest nodes; `taken=2, seconds=30`: people run something on two free ones."""
        httpx.post(f"{self.emulator.url}/emulator/nodes", json=changes).raise_for_status()

    def wait(self, handles: Sequence[JobHandle], within: float = 90.0) -> list[Job]:
        """Wait until every job has ended, and check that all completed."""
        jobs = [handle.wait(within) for handle in handles]
        assert [job.state for job in jobs] == [JobState.COMPLETED] * len(jobs), [job.error for job in jobs]
        return jobs

    def wait_for_step(self, handle: JobHandle, step: str, within: float = 40.0) -> Job:
        """Wait until that step has begun."""

        def begun() -> Job | None:
            job = handle.job
            return job if job.step == step and job.state is JobState.RUNNING else None

        job = eventually(begun, within=within, what=f"step {step}")
        assert job is not None
        return job

    # ── the emulator's side ─────────────────────────────────────────────────────────────────────────────────────────

    def end_deployment(self, deploy_id: str, status: str, message: str = "") -> None:
        """Let a deployment end as if from outside: a crash, or somebody on the web page."""
        told = {"deployId": deploy_id, "status": status, "message": message}
        assert httpx.post(f"{self.emulator.url}/emulator/live", json=told).is_success

    def news(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of every event of what trades, oldest first."""
        with self.ledger.reading() as tables:
            return [
                (str(event.type), event.data)
                for event in tables.outbox.live_since(self.account, datetime.min.replace(tzinfo=UTC))
            ]

    def fired(self, endpoint: str) -> int:
        """How many requests have run into a fault of an endpoint, those included that are still under way."""
        rules = httpx.get(f"{self.emulator.url}/emulator/faults").json()["faults"]
        return sum(rule["fired"] for rule in rules if rule["endpoint"] == endpoint)

    def mend(self) -> None:
        """Let every fault be over."""
        httpx.delete(f"{self.emulator.url}/emulator/faults")

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        """Let the next request to an endpoint fail."""
        httpx.post(f"{self.emulator.url}/emulator/faults", json={"endpoint": endpoint, "kind": kind, **more})

    def journal(self) -> list[dict[str, Any]]:
        """Every request that the emulator got."""
        requests: list[dict[str, Any]] = httpx.get(f"{self.emulator.url}/emulator/journal").json()["requests"]
        return requests

    def created(self, kind: str) -> list[dict[str, Any]]:
        """What was created, from the emulator's own journal."""
        return [entry["created"] for entry in self.journal() if (entry["created"] or {}).get("kind") == kind]

    def asked(self) -> Counter[str]:
        """How often each endpoint was asked."""
        return Counter(entry["path"] for entry in self.journal())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def house(folder: Path, set_variable: Callable[[str, str], object], **options: Any) -> Iterator[House]:
    """A house whose processes find Redis, the emulator and the ledger through the environment.

    Args:
        folder: For its files.
        set_variable: Sets an environment variable of this process, and so of its children.
        **options: Of the emulator.
    """
    with ExitStack() as stack:
        settings = EmulatorOptions(api_token=TOKEN, compile_seconds=0.5, backtest_seconds=2, statistics_lag=0.3)
        emulator = stack.enter_context(running(replace(settings, **options)))
        redis = RedisServer(Home(folder / "redis-home"))
        redis.start()
        stack.callback(redis.stop)
        for name, value in {
            "QC_USER_ID": "1",
            "QC_API_TOKEN": TOKEN,
            "QC_BASE_URL": emulator.base_url,
            "QCJOBS_HOME": str(folder / "home"),
            "QCJOBS_REDIS_URL": redis.url,
            "QCJOBS_PLATFORMS__QUANTCONNECT__TIMEOUT": str(TIMEOUT),
        }.items():
            set_variable(name, value)
        yield stack.enter_context(House(folder, emulator, redis))
