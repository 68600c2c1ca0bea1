"""The timetable with everything real: beats, workers, Redis, the emulator, and the command."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from orchestrator import live
from orchestrator.kinds import JobKind
from orchestrator.states import JobState
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.house import House, house

EVERY = timedelta(seconds=2)


@pytest.fixture
def scheduled_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose configuration says: this strategy, every two seconds."""
    with house(tmp_path, monkeypatch.setenv, nodes=4, backtest_seconds=0.5) as running:
        often = {
            "every": "2s",
            "misfire": "all",
            "backtest": {"source": str(running.strategy("alpha")), "parameters": {"period": 3}},
        }
        config = tmp_path / "qcjobs.yaml"
        config.write_text(yaml.safe_dump({"schedules": {"often": often}}))
        monkeypatch.setenv("QCJOBS_CONFIG", str(config))
        yield running


def occurrences(running: House) -> list[datetime]:
    """Of every job that was accepted for the schedule, as its event says; in their order."""
    with running.ledger.reading() as tables:
        told = tables.outbox.of_schedule(running.account, "often", limit=1000)
    return sorted(datetime.fromisoformat(event.data["occurrence"]) for event in told if event.data.get("occurrence"))


def at_least(running: House, count: int) -> Callable[[], bool]:
    return lambda: len(occurrences(running)) >= count


def completed(running: House) -> int:
    with running.ledger.reading() as tables:
        return tables.jobs.counts()[JobState.COMPLETED]


def assert_each_once(running: House) -> None:
    run = occurrences(running)
    assert {later - earlier for earlier, later in pairwise(run)} == {EVERY}
    with running.ledger.reading() as tables:
        jobs = tables.jobs.newest(limit=1000)
    assert len(jobs) == len(run)
    created = Counter(entry["id"] for entry in running.created("backtest"))
    assert all(job.backtest_id in created for job in jobs if job.state is JobState.COMPLETED)
    assert len(created) <= len(jobs)


def test_a_schedule_runs_its_backtest_once_at_each_time(scheduled_house: House) -> None:
    """Two beats and two workers look at one timetable; each time is one backtest in the cloud."""
    for name in ("first", "second"):
        scheduled_house.start_worker(f"worker-{name}")
        scheduled_house.start_beat(f"beat-{name}")

    eventually(lambda: completed(scheduled_house) >= 4, within=120, what="four backtests")

    assert_each_once(scheduled_house)


def test_a_killed_beat_and_a_killed_worker_cost_no_time_of_the_timetable(scheduled_house: House) -> None:
    """What was due while nobody looked is run when somebody does."""
    scheduled_house.start_worker("worker-first")
    scheduled_house.start_beat("beat-first")
    eventually(at_least(scheduled_house, 2), within=90, what="two times")
    scheduled_house.start_worker("worker-second")
    scheduled_house.start_beat("beat-second")
    scheduled_house.kill("beat-first")
    scheduled_house.kill("worker-first")
    before = len(occurrences(scheduled_house))

    eventually(at_least(scheduled_house, before + 4), within=90, what="four times more")

    assert_each_once(scheduled_house)


def test_the_command_shows_pauses_and_runs_it(scheduled_house: House, tmp_path: Path) -> None:
    """From a terminal beside the services."""
    desk = Desk(tmp_path, **{name: value for name, value in os.environ.items() if name.startswith("QC")})
    scheduled_house.start_worker()
    scheduled_house.start_beat()
    eventually(at_least(scheduled_house, 1), within=90, what="its first time")

    paused = desk.json("schedules", "pause", "often")
    assert paused["paused"] is True
    until = len(occurrences(scheduled_house))
    job = desk.json("schedules", "run", "often")
    done = desk.json("wait", job["job_id"])
    assert done[0]["state"] == "completed"

    assert len(occurrences(scheduled_house)) == until  # by hand is no time of the timetable
    (listed,) = desk.json("schedules", "list")
    assert (listed["paused"], listed["next"]) == (True, None)
    desk.json("schedules", "resume", "often")
    eventually(at_least(scheduled_house, until + 1), within=60, what="the time after the pause")


def test_a_liquidation_by_schedule_sells_what_is_live_and_says_on_whose_behalf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is at the desk at 15:55 on a Friday."""
    with house(tmp_path, monkeypatch.setenv) as running:
        running.start_worker("worker-first")
        running.start_beat()
        deployed = live.deploy(running.strategy("alpha")).wait(90)
        assert deployed.state is JobState.COMPLETED, deployed.error
        project = deployed.project_id
        config = tmp_path / "qcjobs.yaml"
        config.write_text(yaml.safe_dump({"schedules": {"close": {"every": "2s", "liquidate": {"project": project}}}}))
        monkeypatch.setenv("QCJOBS_CONFIG", str(config))
        running.kill("worker-first")
        running.start_worker("worker-second")  # settings are read at the start

        def sold() -> bool:
            with running.ledger.reading() as tables:
                return any(
                    job.kind is JobKind.LIQUIDATE and job.state is JobState.COMPLETED for job in tables.jobs.newest()
                )

        eventually(sold, within=90, what="the liquidation")
        assert running.asked()["live/update/liquidate"] >= 1
        with running.ledger.reading() as tables:
            audit = tables.audit.newest(project)
        assert any(line["phase"] == "requested" and "schedule close" in line["what"] for line in audit)
        assert any(line["phase"] == "confirmed" and line["action"] == "liquidate" for line in audit)
