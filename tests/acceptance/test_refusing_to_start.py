"""A worker that would do harm does not start, and says why; and two accounts side by side do each their own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from orchestrator import load_settings
from orchestrator.ledger import Ledger
from orchestrator.ledger.migrate import upgrade
from orchestrator.presence import Presence, tell
from tests.support.command import Desk
from tests.support.house import House, house


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
