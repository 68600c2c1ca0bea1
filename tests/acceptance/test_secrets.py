"""A secret is never written: searched for wherever a run leaves something."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import redis

from tests.support.eventually import eventually
from tests.support.house import CELERY, TOKEN, House, house
from workers.embedded.ports import any_free

FLOWER_PASSWORD = "flower-password-of-this-test"


def needles(running: House) -> dict[str, bytes]:
    """What must not be found, in the forms in which it could be written."""
    redis_password = running.redis.url.split(":")[2].split("@")[0]
    return {
        "the API token": TOKEN.encode(),
        "the API token in base64": base64.b64encode(TOKEN.encode()).rstrip(b"="),
        "the API token's hash": hashlib.sha256(TOKEN.encode()).hexdigest().encode(),
        "an Authorization header": b"Basic ",
        "the password of Redis": redis_password.encode(),
    }


def left_in_redis(url: str) -> Iterator[tuple[str, bytes]]:
    """Every key and value of every type."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            yield f"key {key!r}", key
            yield f"value of {key!r}", bytes(client.dump(key) or b"")


def test_no_secret_is_in_ledger_redis_logs_flower_or_process_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One backtest that completes, one that fails to build, one whose request broke: then look everywhere."""
    with house(tmp_path, monkeypatch.setenv) as running:
        port = any_free()
        monkeypatch.setenv("FLOWER_BASIC_AUTH", f"qcjobs:{FLOWER_PASSWORD}")
        running.start_worker()
        running.start_beat()
        running.start("flower", (*CELERY, "flower", "--address=127.0.0.1", f"--port={port}"))
        flower = httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=("qcjobs", FLOWER_PASSWORD))
        eventually(lambda: answers(flower), within=60, what="Flower")

        running.fault("projects/update", "error-500")
        broken = running.strategy("broken")
        (broken / "main.py").write_text("class Broken(QCAlgorithm)\n    pass\n")
        good, bad = running.submit("alpha", period=3), running.submit_folder(broken)
        running.wait([good])
        bad.wait(60)

        tasks = eventually(lambda: seen_tasks(flower), within=20, what="the steps in Flower")
        assert "backtest.poll_results" in tasks  # Flower shows the story, so its pages are worth searching
        commands = [" ".join(process.cmdline()) for process in psutil.Process(os.getpid()).children(recursive=True)]
        places: list[tuple[str, bytes]] = [
            *((str(path), path.read_bytes()) for path in tmp_path.glob("*.log")),
            *((str(path), path.read_bytes()) for path in (tmp_path / "home").glob("ledger.db*")),
            *left_in_redis(running.redis.url),
            *((f"Flower {page}", flower.get(page).content) for page in pages(tasks)),
            *(("a command line", command.encode()) for command in commands),
        ]
        assert len(places) > 20
        assert any(sys.executable in command for command in commands)
        secrets = needles(running).items()
        found = [f"{what} in {where}" for where, content in places for what, secret in secrets if secret in content]
        flower.close()
        assert found == []


def answers(flower: httpx.Client) -> bool:
    try:
        return flower.get("/healthcheck").is_success
    except httpx.HTTPError:
        return False


def seen_tasks(flower: httpx.Client) -> dict[str, str]:
    """Name → id of the tasks that Flower knows, once the last step is among them."""
    answer = flower.get("/api/tasks")
    names = {task["name"]: uuid for uuid, task in answer.json().items()} if answer.is_success else {}
    return names if "backtest.poll_results" in names else {}


def pages(tasks: dict[str, str]) -> list[str]:
    """Everything that Flower shows of them."""
    return [
        "/",
        "/workers",
        "/tasks",
        "/broker",
        "/metrics",
        "/api/workers",
        "/api/tasks",
        *(f"/api/task/info/{uuid}" for uuid in tasks.values()),
        *(f"/task/{uuid}" for uuid in tasks.values()),
    ]
