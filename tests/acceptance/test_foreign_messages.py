"""What does not belong there: malformed messages, those of another version, a poisoned handler, a hanging receiver."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.support.command import ROOT
from tests.support.eventually import eventually
from tests.support.house import House, house

POISON = '''"""A handler that always fails."""

from orchestrator.events import Event
from orchestrator.signals import any_event


def poisoned(event: Event) -> None:
    raise MemoryError(f"poisoned by {event.id}")


any_event.connect(poisoned, name="poisoned")
'''


def message(task: str, kwargs: Any, **changes: Any) -> str:
    """As kombu writes one; `changes` go before what is right."""
    body = base64.b64encode(json.dumps([[], kwargs, {}]).encode()).decode()
    headers = {"lang": "py", "task": task, "id": "by-hand", "root_id": "by-hand", "retries": 0, "ignore_result": True}
    delivery = {"exchange": "", "routing_key": "backtests"}
    properties = {"delivery_tag": f"by-hand-{task}-{len(body)}", "delivery_info": delivery, "body_encoding": "base64"}
    told = {"body": body, "content-encoding": "utf-8", "content-type": "application/json"}
    return json.dumps({**told, "headers": headers, "properties": {**properties, "priority": 0}, **changes})


STRANGERS = {
    "no JSON": "this is no message",
    "no envelope": "{}",
    "half an envelope": json.dumps({"body": "W10=", "headers": {}}),
    "no base64": message("backtest.upload", {}, body="%%%"),
    "a body that is no JSON": message("backtest.upload", {}, body=base64.b64encode(b"[[], {").decode()),
    "a pickle": message("backtest.upload", {}, **{"content-type": "application/x-python-serialize"}),
    "a task of another version": message("backtest.something_new", {"job_id": "j", "run": 1}),
    "an argument of another version": message("backtest.upload", {"job_id": "j", "run": 1, "hint": "new"}),
    "a missing argument": message("backtest.upload", {"job_id": "j"}),
    "an argument of the wrong type": message("backtest.upload", {"job_id": {"a": 1}, "run": "many"}),
    "a job that does not exist": message("backtest.upload", {"job_id": "0123456789abcdef", "run": 1}),
    "a body of 5 MB": message("backtest.upload", {"job_id": "x" * 5_000_000, "run": 1}),
}


@pytest.fixture
def running_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Redis, the emulator, nobody at work yet."""
    with house(tmp_path, monkeypatch.setenv) as running:
        yield running


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_worker_survives_what_somebody_puts_on_its_queue_by_hand(running_house: House, stranger: str) -> None:
    """It goes on, and the jobs behind the stranger are done, by the same process."""
    running_house.start_worker()
    running_house.start_beat()
    worker = running_house.processes["worker"]
    with redis.Redis.from_url(running_house.redis.url) as client:
        eventually(lambda: client.exists("qc:_kombu.binding_permanent.backtests"), within=40, what="the worker")
        for lane in ("backtests", "upkeep"):
            client.lpush(f"qc:{lane}", STRANGERS[stranger])

        (job,) = running_house.wait([running_house.submit()])

        assert worker.poll() is None
        assert job.run == 1
        eventually(lambda: not client.llen("qc:backtests"), what="the stranger to be gone")


def test_a_poisoned_handler_and_a_receiver_that_hangs_harm_neither_the_job_nor_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handlers are somebody else's code, and receivers somebody else's servers."""
    (tmp_path / "poison.py").write_text(POISON)
    released = threading.Event()

    class Hangs(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            released.wait(120)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with house(tmp_path, monkeypatch.setenv, nodes=6) as running, Server(("127.0.0.1", 0), Hangs) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
        monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{tmp_path}")
        monkeypatch.setenv("QCJOBS_EVENTS__HANDLERS", '["poison"]')
        monkeypatch.setenv("QCJOBS_EVENTS__WEBHOOKS", json.dumps([{"url": address, "secret_env": None}]))
        running.start_worker()
        running.start_beat()
        handles = [running.submit("alpha", period=period) for period in range(6)]
        running.wait(handles, within=120)

        with closing(running.ledger) as ledger:

            def heard_by(handler: str) -> list[dict[str, Any]]:
                with ledger.reading() as tables:
                    rows = [row for handle in handles for row in tables.outbox.deliveries_of(handle.id)]
                return [row for row in rows if row["handler"] == handler]

            eventually(lambda: all(row["delivered_at"] for row in heard_by("log")), within=60, what="the log")
            eventually(lambda: all(row["error"] for row in heard_by("poisoned")), within=60, what="its failures")
            assert all(row["delivered_at"] is None and row["due_at"] for row in heard_by("poisoned"))
        released.set()
        receiver.shutdown()


def test_a_worker_that_is_told_to_end_does_so_within_seconds_and_loses_nothing(running_house: House) -> None:
    """A deployment of a new version: the old workers go, the new ones come, and nobody notices."""
    running_house.start_worker("old")
    running_house.start_beat()
    running_house.fault("*", "slow", seconds=0.5, times=0)
    handles = [running_house.submit("alpha", period=period) for period in range(4)]
    handles += [running_house.submit(f"other{number}") for number in range(2)]
    running_house.wait_for_step(handles[0], "compile", within=60)
    old = running_house.processes.pop("old")
    began = time.monotonic()
    old.terminate()
    running_house.start_worker("new")

    assert old.wait(timeout=60) == 0
    assert time.monotonic() - began < 25  # ten are allowed for the steps under way; the rest is a slow machine's
    running_house.wait(handles, within=150)

    assert len(running_house.created("backtest")) == len(handles)
