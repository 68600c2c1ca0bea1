"""Two accounts side by side, on one Redis and one PostgreSQL: nothing of the one reaches the other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from orchestrator.ledger import Ledger
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.house import CELERY
from tests.support.receiver import Receiver, receiver
from workers.embedded.home import Home
from workers.embedded.redis_server import RedisServer

QUICK = EmulatorOptions(compile_seconds=0.3, backtest_seconds=1, statistics_lag=0.1)


@dataclass
class Tenant:
    """One account: its cloud, its receiver of events, its command line and its processes."""

    cloud: RunningEmulator
    told: Receiver
    desk: Desk
    account: str
    processes: list[subprocess.Popen[bytes]]

    @property
    def log(self) -> Path:
        return self.desk.folder / "processes.log"

    def start(self, *celery: str) -> subprocess.Popen[bytes]:
        """Start a worker or a beat in this account's environment."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                (*CELERY, *celery), stdout=log, stderr=log, env=self.desk.environment, cwd=self.desk.folder
            )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """End every process of this account."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=40)

    def submit(self, name: str) -> str:
        """Submit a backtest by the command; returns its id."""
        return str(self.desk.json("submit", str(self.desk.strategy(name)))["job_id"])

    def listed(self, *arguments: str) -> dict[str, str]:
        """What `qcjobs jobs` shows: account by job."""
        return {job["job_id"]: job["account"] for job in self.desk.json("jobs", *arguments)}


def tenant(folder: Path, stack: ExitStack, user: int, services: Mapping[str, str]) -> Tenant:
    """An account of its own, at an emulator of its own, that shares these services."""
    folder.mkdir()
    token = f"{user}" * 32
    cloud = stack.enter_context(running(replace(QUICK, user_id=user, api_token=token)))
    told = stack.enter_context(receiver())
    desk = Desk(
        folder,
        QC_USER_ID=str(user),
        QC_API_TOKEN=token,
        QC_BASE_URL=cloud.base_url,
        QCJOBS_EVENTS__WEBHOOKS=json.dumps([{"url": told.url}]),
        **services,
    )
    account = f"{user}@{cloud.base_url.partition('//')[2].partition('/')[0]}"
    made = Tenant(cloud, told, desk, account, [])
    stack.callback(made.stop)
    return made


@pytest.fixture
def services(tmp_path: Path, postgres_url: str) -> Iterator[dict[str, str]]:
    """One Redis and one ledger."""
    ledger = Ledger(postgres_url)
    ledger.prepare()
    ledger.close()
    server = RedisServer(Home(tmp_path / "redis-home"))
    server.start()
    yield {"QCJOBS_REDIS_URL": server.url, "QCJOBS_DATABASE_URL": postgres_url}
    server.stop()


def heard(told: Receiver) -> set[str]:
    """The jobs whose end a receiver was told of."""
    bodies: list[dict[str, Any]] = [json.loads(body) for _, body in list(told.heard)]
    return {body["job_id"] for body in bodies if body["type"] == "BacktestCompleted"}


def test_two_accounts_share_redis_and_ledger_and_nothing_else(tmp_path: Path, services: dict[str, str]) -> None:
    """Each job runs once, signed by its own account; lists, events and messages stay apart."""
    with ExitStack() as stack:
        first = tenant(tmp_path / "first", stack, 1, services)
        second = tenant(tmp_path / "second", stack, 2, services | {"QCJOBS_REDIS_PREFIX": "second"})
        tenants = (first, second)
        for one in tenants:
            one.start("worker")
            one.start("beat", "--pidfile", "")
        jobs = [{one.submit(name) for name in ("alpha", "beta")} for one in tenants]

        for one, mine in zip(tenants, jobs, strict=True):
            done = one.desk.json("wait", *mine, "--timeout", "120")
            assert [(job["state"], job["account"]) for job in done] == [("completed", one.account)] * 2, one.log
            eventually(lambda one=one, mine=mine: heard(one.told) >= mine, within=30, what="the news of both")  # type: ignore[misc] # mypy infers no lambda defaults

        for one, mine in zip(tenants, jobs, strict=True):
            assert heard(one.told) == mine
            assert one.listed() == dict.fromkeys(mine, one.account)
            assert one.desk.json("show")["job_id"] in mine
            assert len(one.listed("--all-accounts")) == 4
            assert "2 of other accounts" in one.desk.run("jobs").stdout
            requests = httpx.get(f"{one.cloud.url}/emulator/journal").json()["requests"]
            assert [request for request in requests if not request["success"]] == []
            created = [
                request["created"] for request in requests if (request["created"] or {}).get("kind") == "backtest"
            ]
            assert len(created) == 2
        with redis.Redis.from_url(services["QCJOBS_REDIS_URL"]) as server:
            assert {key.decode().partition(":")[0] for key in server.scan_iter()} == {"qc", "second"}


def test_a_second_account_behind_the_prefix_of_the_first_does_not_start(
    tmp_path: Path, services: dict[str, str]
) -> None:
    """And says which setting keeps them apart."""
    with ExitStack() as stack:
        first = tenant(tmp_path / "first", stack, 1, services)
        second = tenant(tmp_path / "second", stack, 2, services)
        first.start("worker")
        eventually(lambda: "ready" in first.log.read_text(), within=60, what="the first worker")
        with redis.Redis.from_url(services["QCJOBS_REDIS_URL"]) as server:
            eventually(lambda: server.hlen("qc:presence") == 1, within=60, what="its word that it is there")

        assert second.start("worker").wait(timeout=60) == 2
        assert "QCJOBS_REDIS_PREFIX" in second.log.read_text()
        told = second.desk.run("doctor")
        assert told.returncode == 2
        assert "QCJOBS_REDIS_PREFIX" in told.stdout

        elsewhere = dict(second.desk.environment, QC_USER_ID="1", QC_API_TOKEN="1" * 32, QC_ORGANIZATION_ID="f" * 32)
        second.desk.environment = elsewhere | {"QC_BASE_URL": first.cloud.base_url}
        assert second.start("worker").wait(timeout=60) == 2
        assert "work for other organizations" in second.log.read_text()
