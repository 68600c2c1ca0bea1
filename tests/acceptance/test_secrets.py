"""A secret is never written: searched for wherever a run leaves something."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import redis

from orchestrator import JobState, live
from tests.support.eventually import eventually
from tests.support.house import CELERY, TOKEN, House, house
from workers.embedded.ports import any_free

FLOWER_PASSWORD = "flower-password-of-this-test"
BROKERAGE_TOKEN = "b20ke2age-t0ken-of-this-test"
TELEGRAM_TOKEN = "te1eg2am-t0ken-of-this-test"


def needles(running: House) -> dict[str, bytes]:
    """What must not be found, in the forms in which it could be written."""
    redis_password = running.redis.url.split(":")[2].split("@")[0]
    return {
        "the API token": TOKEN.encode(),
        "the API token in base64": base64.b64encode(TOKEN.encode()).rstrip(b"="),
        "the API token's hash": hashlib.sha256(TOKEN.encode()).hexdigest().encode(),
        "an Authorization header": b"Basic ",
        "the password of Redis": redis_password.encode(),
        "the brokerage's token": BROKERAGE_TOKEN.encode(),
        "the notification's token": TELEGRAM_TOKEN.encode(),
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
    """One backtest that completes, one that fails to build, one whose request broke, and two deployments, one of which
    the brokerage refuses: then look everywhere.
    """
    configure_brokerage(tmp_path, monkeypatch)
    with house(tmp_path, monkeypatch.setenv, deploy_seconds=1.0) as running:
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
        trading = live.deploy(running.strategy("gamma"), brokerage="mine", notification="ops").wait(60)
        assert trading.state is JobState.COMPLETED, trading.error
        running.fault("live/create", "reject", text="Invalid brokerage settings")
        assert live.deploy(running.strategy("delta"), brokerage="mine").wait(60).state is JobState.FAILED
        assert live.liquidate(int(trading.project_id or 0)).wait(60).state is JobState.COMPLETED

        tasks = eventually(lambda: seen_tasks(flower), within=20, what="the steps in Flower")
        assert {
            "backtest.poll_results",
            "live.deploy",
            "live.liquidate",
        } <= tasks.keys()  # Flower shows the story, so its pages are worth searching
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
    return names if {"backtest.poll_results", "live.liquidate"} <= names.keys() else {}


def configure_brokerage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account at a brokerage whose token is in a file, and a bot whose token is in the environment."""
    (folder / "alpaca-token").write_text(BROKERAGE_TOKEN)
    config = {
        "brokerages": {
            "mine": {
                "brokerage": "Alpaca",
                "settings": {"environment": "live"},
                "secrets": {"access-token": {"file": str(folder / "alpaca-token")}},
            }
        },
        "notifications": {"ops": {"targets": [{"type": "telegram", "id": "1", "token": {"env": "BOT_TOKEN"}}]}},
    }
    (folder / "config.yaml").write_text(json.dumps(config))  # JSON is YAML
    monkeypatch.setenv("QCJOBS_CONFIG", str(folder / "config.yaml"))
    monkeypatch.setenv("BOT_TOKEN", TELEGRAM_TOKEN)


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
