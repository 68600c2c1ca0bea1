"""`qcjobs health` and `qcjobs migrate`: what an operator's machine asks, and what it is told."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
import redis

from tests.support.command import Desk
from workers.embedded.ports import any_free
from workers.pulse import FRESH_FOR


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_worker_is_healthy_while_its_heartbeat_is_young(desk: Desk) -> None:
    """The file's age is all there is to see from outside."""
    assert desk.run("health", "worker").returncode == 3
    pulse = desk.home / "run" / "worker.pulse"
    pulse.touch()
    assert desk.run("health", "worker").returncode == 0
    old = time.time() - FRESH_FOR - 10
    os.utime(pulse, (old, old))
    done = desk.run("health", "worker")
    assert done.returncode == 3
    assert "heartbeat is 4" in done.stderr


def test_beat_is_healthy_while_somebody_ticks(desk: Desk, redis_url: str) -> None:
    """A second beat that stands by is as healthy as the one that ticks."""
    environment = {"QCJOBS_REDIS_URL": redis_url}
    done = desk.run("health", "beat", environment=environment)
    assert done.returncode == 3
    assert "No beat has sent a tick for 30 s." in done.stderr
    with redis.Redis.from_url(redis_url) as client:
        client.set("qc:beat-ticked", "1", px=int(FRESH_FOR * 1000))
    assert desk.run("health", "beat", environment=environment).returncode == 0


def test_redis_and_ledger_are_asked_themselves(desk: Desk, redis_url: str) -> None:
    """With the settings that a worker would use."""
    assert desk.run("health", "redis", environment={"QCJOBS_REDIS_URL": redis_url}).returncode == 0
    away = {"QCJOBS_REDIS_URL": f"redis://127.0.0.1:{any_free()}/0"}
    assert desk.run("health", "redis", environment=away).returncode == 3
    assert desk.run("health", "beat", environment=away).returncode == 3
    assert desk.run("health", "ledger").returncode == 0
    assert desk.run("health", "ledger", environment={"QCJOBS_DATABASE_URL": "sqlite:////proc/x.db"}).returncode == 3


def test_what_answers_http_is_asked_for_a_page(desk: Desk) -> None:
    """Nobody listens there."""
    done = desk.run("health", "flower", "--port", str(any_free()))
    assert done.returncode == 3
    assert "flower does not answer" in done.stderr


def test_migrate_says_what_it_did(desk: Desk) -> None:
    """Once it has something to do, then never again."""
    assert desk.run("migrate", "--check").returncode == 1
    first = desk.json("migrate")
    assert (first["from"], first["changed"]) == (None, True)
    assert desk.json("migrate")["changed"] is False
    assert desk.run("migrate", "--check").stdout == f"The ledger is up to date (schema {first['to']}).\n"


def test_migrate_leaves_a_newer_ledger_alone(desk: Desk) -> None:
    """In one line, with what to do."""
    desk.run("migrate")
    with closing(sqlite3.connect(desk.home / "ledger.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = desk.run("migrate")
    assert done.returncode == 3
    assert "Update qcjobs" in done.stderr


def test_flower_refuses_a_password_that_can_be_guessed(desk: Desk) -> None:
    """The dashboard shows every job and can stop workers."""
    done = desk.run("flower", environment={"QCJOBS_FLOWER_PASSWORD": "short", "QCJOBS_REDIS_URL": "redis://x/0"})
    assert done.returncode == 2
    assert "shorter than 8 characters" in done.stderr
    assert "short:" not in done.stderr
