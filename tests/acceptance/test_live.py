"""What trades, under fire: real Redis, real workers, an emulated brokerage. Money moves once, and stops when told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestrator import JobState, live, load_settings
from orchestrator.ledger.deployments import Known
from tasks import lanes
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.house import House, house

ENVIRONMENT = {
    "QCJOBS_LIVE__STATUS_SECONDS": "1",
    "QCJOBS_LIVE__HOLDINGS_SECONDS": "2",
    "QCJOBS_BROKERAGES__LOCKED_OUT__BROKERAGE": "Alpaca",
    "QCJOBS_BROKERAGES__LOCKED_OUT__SETTINGS": "{environment: paper}",
    "QCJOBS_BROKERAGES__LOCKED_OUT__SECRETS": "{token: {env: ALPACA}}",
    "ALPACA": "fail",  # the emulator's word for a login that the brokerage refuses
}
OPTIONS: dict[str, Any] = {"deploy_seconds": 2.0, "live_refresh_seconds": 5.0, "live_nodes": 3}


@pytest.fixture
def running_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A worker for what is urgent, one for the rest, beat; the watch looks every second."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with house(tmp_path, monkeypatch.setenv, **OPTIONS) as running:
        monkeypatch.setenv("QC_ORGANIZATION_ID", running.emulator.options.organization_id)
        running.start_worker("worker", lanes.BUT_CONTROL)
        running.start_worker("control", (lanes.CONTROL,))
        running.start_beat()
        yield running


def deployed(running: House, name: str = "alpha") -> Known:
    """Something that trades paper money, and that the watch has seen."""
    handle = live.deploy(running.strategy(name))
    job = handle.wait(60)
    assert job.state is JobState.COMPLETED, job.error
    assert job.deploy_id is not None
    return seen(running, job.deploy_id, "Running")


def seen(running: House, deploy_id: str, status: str, within: float = 30) -> Known:
    """The deployment, once the ledger knows that it has this status."""

    def look() -> Known | None:
        with running.ledger.reading() as tables:
            known = tables.deployments.get(account(), deploy_id)
        return known if known is not None and known.status == status else None

    known = eventually(look, within=within, what=f"status {status}")
    assert known is not None
    return known


def account() -> str:
    """Whose house this is."""
    return load_settings().account


def told(running: House, event: str) -> dict[str, Any]:
    """The data of an event, once it was recorded."""
    data = eventually(lambda: next((data for name, data in running.news() if name == event), None), what=event)
    assert data is not None
    return data


def asked_at(running: House, endpoint: str) -> list[datetime]:
    """When an endpoint was asked with success."""
    return [
        datetime.fromisoformat(one["time"]) for one in running.journal() if one["path"] == endpoint and one["success"]
    ]


# ── transitions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deployment_starts_trades_is_watched_and_is_liquidated(running_house: House) -> None:
    """The whole life, in the order in which people live it."""
    known = deployed(running_house)
    held = eventually(lambda: holdings(running_house, known.deploy_id), within=30, what="the first holdings")
    assert held is not None
    assert held["cash"]["USD"]["amount"] is not None
    assert [name for name, _ in running_house.news()][:2] == ["LiveDeployRequested", "LiveStatusChanged"]
    assert told(running_house, "LiveDeployed")["deploy_id"] == known.deploy_id

    job = live.liquidate(known.project_id).wait(30)

    assert (job.state, job.details["confirmed"]["status"]) == (JobState.COMPLETED, "Liquidated")
    seen(running_house, known.deploy_id, "Liquidated")
    assert told(running_house, "LiveLiquidated")["project_id"] == known.project_id
    assert "LiveStoppedOutside" not in [name for name, _ in running_house.news()]
    with running_house.ledger.reading() as tables:
        phases = [(row["action"], row["phase"]) for row in tables.audit.newest(known.project_id)]
    assert phases[:2] == [("liquidate", "confirmed"), ("liquidate", "requested")]


def holdings(running: House, deploy_id: str) -> dict[str, Any] | None:
    """What the ledger knows that it holds."""
    with running.ledger.reading() as tables:
        return tables.deployments.holdings_of(account(), deploy_id)


def test_a_stop_leaves_what_is_held_and_a_second_deployment_may_follow(running_house: House) -> None:
    """The node is free again."""
    known = deployed(running_house)
    assert live.stop(known.project_id).wait(30).details["confirmed"]["status"] == "Stopped"
    again = live.deploy(known.project_id).wait(60)
    assert (again.state, again.project_id) == (JobState.COMPLETED, known.project_id)
    assert again.deploy_id != known.deploy_id


@pytest.mark.parametrize(
    ("status", "event"),
    [("RuntimeError", "LiveRuntimeError"), ("Stopped", "LiveStoppedOutside"), ("Liquidated", "LiveStoppedOutside")],
)
def test_what_ends_without_us_is_noticed_and_told(running_house: House, status: str, event: str) -> None:
    """A crash, or somebody on the web page."""
    known = deployed(running_house)
    running_house.end_deployment(known.deploy_id, status, "Division by zero")
    seen(running_house, known.deploy_id, status)
    assert told(running_house, event)["deploy_id"] == known.deploy_id
    if status == "RuntimeError":
        assert told(running_house, event)["error"] == "Division by zero"


def test_a_login_that_the_brokerage_refuses_fails_the_deployment(running_house: House) -> None:
    """With the reason, and no second try."""
    job = live.deploy(running_house.strategy("alpha"), brokerage="locked_out").wait(60)
    assert (job.state, job.error_kind) == (JobState.FAILED, "deploy_error")
    assert "refused the login" in (job.error or "")
    assert len(running_house.created("deployment")) == 1


def test_commands_reach_the_algorithm_once(running_house: House) -> None:
    """Its log shows them."""
    known = deployed(running_house)
    job = live.command(known.project_id, {"$type": "Rebalance", "weight": 0.5}).wait(30)
    assert job.state is JobState.COMPLETED
    everybody = live.command(None, {"$type": "Report"}).wait(30)
    assert everybody.state is JobState.COMPLETED
    asked = running_house.asked()
    assert (asked["live/commands/create"], asked["live/commands/broadcast"]) == (1, 1)


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_answer_makes_exactly_one_deployment(running_house: House) -> None:
    """It was carried out; asking again would trade twice."""
    running_house.fault("live/create", "drop-after")
    job = live.deploy(running_house.strategy("alpha")).wait(90)
    assert job.state is JobState.COMPLETED, job.error
    assert [created["id"] for created in running_house.created("deployment")] == [job.deploy_id]


@pytest.mark.parametrize(("step", "endpoint"), [("deploy", "live/create"), ("confirm", "live/read")])
def test_a_worker_killed_while_it_deploys_makes_exactly_one_deployment(
    running_house: House, step: str, endpoint: str
) -> None:
    """Whichever instruction was the last."""
    running_house.fault(endpoint, "slow", seconds=2)
    handle = live.deploy(running_house.strategy("alpha"))
    running_house.wait_for_step(handle, step)
    running_house.kill("worker")
    running_house.start_worker("replacement", lanes.BUT_CONTROL)
    job = handle.wait(120)
    assert job.state is JobState.COMPLETED, job.error
    assert job.run > 1
    assert [created["id"] for created in running_house.created("deployment")] == [job.deploy_id]


def test_a_worker_killed_while_it_liquidates_costs_seconds(running_house: House) -> None:
    """Another one goes on."""
    known = deployed(running_house)
    running_house.fault("live/update/liquidate", "hang", seconds=2)
    handle = live.liquidate(known.project_id)
    running_house.wait_for_step(handle, "liquidate")
    running_house.kill("control")
    running_house.start_worker("replacement", (lanes.CONTROL,))
    assert handle.wait(60).details["confirmed"]["status"] == "Liquidated"


def test_a_minute_of_503_delays_a_liquidation_by_that_minute_and_no_more(running_house: House) -> None:
    """It is asked again every second or two, so it goes through as soon as QuantConnect answers."""
    known = deployed(running_house)
    running_house.fault("*", "error-502", status=503, times=0)
    broken_at = datetime.now(UTC)
    handle = live.liquidate(known.project_id)
    eventually(lambda: (datetime.now(UTC) - broken_at).total_seconds() > 60, within=90, what="the minute to pass")
    assert handle.state is JobState.RUNNING
    running_house.mend()
    mended_at = datetime.now(UTC)

    assert handle.wait(60).details["confirmed"]["status"] == "Liquidated"

    went_through = asked_at(running_house, "live/update/liquidate")[0]
    assert (went_through - mended_at).total_seconds() < 5
    assert handle.job.run == 1  # by patience, not by accident


def test_an_emptied_redis_loses_no_liquidation(running_house: House) -> None:
    """The ledger has it."""
    known = deployed(running_house)
    running_house.fault("live/update/liquidate", "error-502", times=3)
    handle = live.liquidate(known.project_id)
    running_house.wait_for_step(handle, "liquidate")
    running_house.redis.kill()
    shutil.rmtree(running_house.redis.data)
    running_house.redis.data.mkdir()
    running_house.redis.start()
    assert handle.wait(60).details["confirmed"]["status"] == "Liquidated"


def test_with_no_worker_at_all_the_command_does_it_itself(running_house: House, tmp_path: Path) -> None:
    """Redis and the workers may be the very reason why somebody wants out."""
    known = deployed(running_house)
    running_house.stop()
    running_house.redis.stop()
    desk = Desk(tmp_path, **environment())
    desk.environment["QCJOBS_HOME"] = str(tmp_path / "home")
    done = desk.run("live", "liquidate", str(known.project_id), "--yes")
    assert done.returncode == 0, done.stderr
    assert "confirmed: Liquidated" in done.stdout


def environment() -> dict[str, str]:
    """What the house told its processes."""
    return {name: value for name, value in os.environ.items() if name.startswith(("QC_", "QCJOBS_"))}


# ── ahead of everything ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_liquidation_does_not_stand_behind_backtests(running_house: House) -> None:
    """Hundreds are queued, and every thread of the other worker is busy with a slow API."""
    known = deployed(running_house)
    running_house.fault("backtests/read", "slow", times=0, seconds=2)
    running_house.fault("backtests/list", "slow", times=0, seconds=2)
    for number in range(200):
        running_house.submit("alpha", period=number)
    eventually(lambda: len(running_house.created("backtest")) >= 2, within=60, what="two backtests under way")
    asked = datetime.now(UTC)
    handle = live.liquidate(known.project_id)
    assert handle.wait(30).state is JobState.COMPLETED
    reached = (asked_at(running_house, "live/update/liquidate")[0] - asked).total_seconds()
    assert reached < 10  # the figures are the benchmark's business; behind the backtests it would be minutes
