"""The exporter as Prometheus sees it."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families

from orchestrator.events import EventType
from orchestrator.ledger import Ledger
from orchestrator.presence import Presence, tell, withdraw
from orchestrator.request_counts import RequestCounter
from orchestrator.settings import load_settings
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.workbench import ACCOUNT, add_job
from workers import metrics
from workers.embedded.ports import answers_http, any_free

Samples = dict[str, dict[tuple[str, ...], float]]


def samples(text: str) -> Samples:
    """Name → label values → value; fails on what Prometheus could not parse."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(f"sqlite:///{tmp_path / 'home' / 'ledger.db'}")
    ledger.prepare()
    add_job(ledger)
    ledger.close()
    return ledger


def test_a_scrape_tells_of_ledger_and_redis(tmp_path: Path, ledger: Ledger, redis_url: str) -> None:
    """Every figure with its labels, and nothing of it from this process's memory."""
    with redis.Redis.from_url(redis_url) as client:
        RequestCounter(client, ACCOUNT)("backtests/list", None)
    settings = load_settings({"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url})

    seen = samples(metrics.text(settings))

    assert seen["qcjobs_jobs"][ACCOUNT, "backtest", "queued"] == 1
    assert seen["qcjobs_jobs"][ACCOUNT, "backtest", "failed"] == 0
    assert 0 <= seen["qcjobs_oldest_queued_seconds"][ACCOUNT, "backtest"] < 60
    assert seen["qcjobs_requests_total"][ACCOUNT, "backtests/list", "ok"] == 1
    assert seen["qcjobs_request_budget_per_minute"][ACCOUNT,] == 120
    assert seen["qcjobs_request_budget_left"][ACCOUNT, "all"] == 100
    assert seen["qcjobs_request_budget_left"][ACCOUNT, "control"] == 20
    assert seen["qcjobs_beat_last_tick_seconds"][()] == float("inf")
    assert seen["qcjobs_up"] == {("ledger",): 1, ("redis",): 1}


def test_an_account_that_works_behind_another_prefix_is_left_to_the_exporter_there(
    tmp_path: Path, ledger: Ledger, redis_url: str
) -> None:
    """Its budget would look untouched here, and its workers dead."""
    settings = load_settings({"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url})
    assert "qcjobs_request_budget_left" not in samples(metrics.text(settings))

    me = Presence(worker="a:1", machine="A", account=ACCOUNT, requests_per_minute=120, ledger="sqlite")
    with redis.Redis.from_url(redis_url) as client:
        tell(client, "qc", me)
        tell(client, "qc", replace(me, worker="a:2"))
        seen = samples(metrics.text(settings))
        assert seen["qcjobs_workers"] == {(ACCOUNT,): 2}
        assert seen["qcjobs_request_budget_left"][ACCOUNT, "all"] == 100

        RequestCounter(client, ACCOUNT)("live/list", None)
        for worker in ("a:1", "a:2"):
            withdraw(client, "qc", worker)
        assert samples(metrics.text(settings))["qcjobs_workers"] == {(ACCOUNT,): 0}


def test_what_never_happened_is_told_as_zero(tmp_path: Path, ledger: Ledger, redis_url: str) -> None:
    """Prometheus cannot see a first time rise from nothing."""
    settings = load_settings({"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url})
    with ledger.writing() as tables:
        event = tables.outbox.record(EventType.CREDENTIALS_REFUSED, ACCOUNT)
        tables.outbox.announce(event, ["log"])

    seen = samples(metrics.text(settings))

    assert seen["qcjobs_recoveries"] == {("backtest",): 0, ("live",): 0}
    assert seen["qcjobs_deliveries"] == {("log", "delivered"): 0, ("log", "due"): 1, ("log", "given up"): 0}
    assert {seen["qcjobs_events"][event_type,] for event_type in EventType} == {0, 1}


def test_nodes_that_are_set_by_hand_are_told_as_set(tmp_path: Path, ledger: Ledger, redis_url: str) -> None:
    """As the dispatcher uses them."""
    env = {"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url, "QCJOBS_DISPATCH__BACKTEST_NODES": "3"}

    seen = samples(metrics.text(load_settings(env)))

    assert seen["qcjobs_backtest_nodes"] == {(ACCOUNT,): 3}
    assert seen["qcjobs_backtest_nodes_used"] == {(ACCOUNT,): 0}


@pytest.mark.parametrize("away", ["redis", "ledger"])
def test_what_is_away_is_told_and_the_rest_is_still_there(
    tmp_path: Path, ledger: Ledger, redis_url: str, away: str
) -> None:
    """An alarm needs figures most of all when something is broken."""
    env = {"QCJOBS_HOME": str(tmp_path / "home"), "QCJOBS_REDIS_URL": redis_url}
    if away == "redis":
        env["QCJOBS_REDIS_URL"] = f"redis://127.0.0.1:{any_free()}/0"
    else:
        env["QCJOBS_DATABASE_URL"] = "sqlite:////proc/nowhere/ledger.db"

    seen = samples(metrics.text(load_settings(env)))

    assert seen["qcjobs_up"][away,] == 0
    assert ("qcjobs_jobs" in seen, "qcjobs_beat_last_tick_seconds" in seen) == (away == "redis", away == "ledger")


def test_the_command_serves_them_on_loopback_until_it_is_told_to_end(
    tmp_path: Path, ledger: Ledger, redis_url: str
) -> None:
    """As a service of a process manager."""
    desk = Desk(tmp_path, QCJOBS_REDIS_URL=redis_url)
    port = any_free()
    with desk.start("metrics", "--port", str(port)) as process:
        eventually(lambda: answers_http(port, "/metrics"), within=30, what="the exporter")
        assert samples(httpx.get(f"http://127.0.0.1:{port}/metrics").text)["qcjobs_up"][("redis",)] == 1
        assert desk.run("health", "metrics", "--port", str(port)).returncode == 0
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path, redis_url: str) -> None:
    """Never a traceback."""
    desk = Desk(tmp_path, QCJOBS_REDIS_URL=redis_url)
    port = redis_url.rsplit(":", 1)[1].partition("/")[0]
    done = desk.run("metrics", "--port", port)
    assert done.returncode == 3
    assert "in use" in done.stderr
