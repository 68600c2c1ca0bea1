"""A worker that would do harm does not start, and says why; and two accounts side by side do each their own."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from emulator.options import EmulatorOptions
from emulator.server import running as emulator_running
from orchestrator import JobState, load_settings, submit_backtest
from orchestrator.ledger import Ledger
from orchestrator.ledger.migrate import upgrade
from orchestrator.presence import Presence, others, tell
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.house import TOKEN, House, house


def refused(running: House, name: str = "worker") -> str:
    """Start a worker that must not start; returns what it said."""
    running.start_worker(name)
    assert running.processes.pop(name).wait(timeout=60) == 2
    lines = [json.loads(line) for line in (running.folder / f"{name}.log").read_text().splitlines() if line[:1] == "{"]
    (reason,) = [line["error"] for line in lines if line["event"] == "the worker does not start"]
    return str(reason)


def test_a_redis_that_evicts_is_refused_and_the_doctor_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways to hear of it, one text."""
    with house(tmp_path, monkeypatch.setenv) as running, redis.Redis.from_url(running.redis.url) as server:
        server.config_set("maxmemory", "100mb")
        server.config_set("maxmemory-policy", "allkeys-lru")

        assert "maxmemory-policy noeviction" in refused(running)

        here = {name: value for name, value in os.environ.items() if name.startswith("QC")}
        answer = Desk(tmp_path).json("doctor", code=2, environment=here)
        (finding,) = [finding for finding in answer["findings"] if "throws keys away" in finding["text"]]
        assert (finding["level"], finding["advice"]) == ("wrong", "Set maxmemory-policy noeviction.")


def test_a_shared_ledger_of_an_older_version_is_refused_until_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    """And then the same worker starts."""
    with house(tmp_path, monkeypatch.setenv) as running:
        monkeypatch.setenv("QCJOBS_DATABASE_URL", postgres_url)
        ledger = Ledger(postgres_url)
        upgrade(ledger.engine, "0001")
        assert "qcjobs migrate" in refused(running)

        ledger.prepare()
        running.start_worker()
        running.start_beat()
        running.wait([running.submit()])

        running.kill("worker")
        with ledger.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        ledger.close()
        assert "newer qcjobs" in refused(running, "older")


def test_a_worker_on_another_machine_keeps_one_with_a_file_as_ledger_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is only told of here; what it says is what a real one would say."""
    with house(tmp_path, monkeypatch.setenv) as running, redis.Redis.from_url(running.redis.url) as server:
        elsewhere = Presence(
            worker="far-away:1",
            machine="another",
            account=load_settings().account,
            requests_per_minute=120,
            ledger="sqlite",
        )
        tell(server, "qc", elsewhere)
        assert "far-away:1" in refused(running)


def test_two_accounts_with_prefixes_of_their_own_share_redis_and_ledger_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job runs once, with its own account's login; without prefixes the second set does not even start."""
    options = EmulatorOptions(api_token=TOKEN, compile_seconds=0.3, backtest_seconds=1, statistics_lag=0.1)
    with (
        house(tmp_path, monkeypatch.setenv) as running,
        emulator_running(replace(options, user_id=2)) as second_cloud,
    ):
        first = load_settings()
        accounts = [first.account]
        running.start_worker("first")
        running.start_beat()
        with redis.Redis.from_url(running.redis.url) as server:
            eventually(lambda: len(others(server, "qc")) == 1, within=60, what="the first worker")

        monkeypatch.setenv("QC_USER_ID", "2")
        monkeypatch.setenv("QC_BASE_URL", second_cloud.base_url)
        assert "QCJOBS_REDIS_PREFIX" in refused(running, "without a prefix")

        monkeypatch.setenv("QCJOBS_REDIS_PREFIX", "second")
        second = load_settings()
        accounts.append(second.account)
        running.start_worker("second")
        running.start_beat("beat of the second")

        handles = [submit_backtest(running.strategy("beta"), parameters={"n": n}, settings=second) for n in range(3)]
        monkeypatch.setenv("QC_USER_ID", "1")
        handles += [submit_backtest(running.strategy("alpha"), parameters={"n": n}, settings=first) for n in range(3)]
        jobs = [handle.wait(120) for handle in handles]

        assert [job.state for job in jobs] == [JobState.COMPLETED] * 6
        assert [job.account for job in jobs] == [accounts[1]] * 3 + [accounts[0]] * 3
        assert len(running.created("backtest")) == 3
        assert len(created_in(second_cloud.url)) == 3
        assert [job.recoveries for job in jobs] == [0] * 6
        with redis.Redis.from_url(running.redis.url) as server:
            prefixes = {key.decode().partition(":")[0] for key in server.scan_iter()}
        assert prefixes == {"qc", "second"}


def created_in(url: str) -> list[dict[str, Any]]:
    """The backtests that an emulator was told to create."""
    import httpx

    requests = httpx.get(f"{url}/emulator/journal").json()["requests"]
    return [entry["created"] for entry in requests if (entry["created"] or {}).get("kind") == "backtest"]
