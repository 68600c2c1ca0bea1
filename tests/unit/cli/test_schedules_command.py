"""`qcjobs schedules`: what it says, and what it writes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from cli.main import main
from cli.schedules import schedules
from orchestrator.firing import run_due
from orchestrator.runtime import open_ledger, open_runtime
from orchestrator.settings import load_settings

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command, of somebody with four schedules."""
    strategy = tmp_path / "rsi"
    strategy.mkdir()
    (strategy / "main.py").write_text("class Strategy(QCAlgorithm):\n    pass\n")
    nightly = {"cron": "30 22 * * 1-5", "timezone": "America/New_York", "backtest": {"source": str(strategy)}}
    told = {
        "nightly-rsi": nightly,
        "often": {"every": "1s", "backtest": {"source": str(strategy), "parameters": {"period": 3}}},
        "broken": {"every": "1s", "backtest": {"source": str(tmp_path / "gone")}},
        "before-the-weekend": {"cron": "55 15 * * 5", "timezone": "America/New_York", "stop": {"project": 77}},
    }
    (tmp_path / "qcjobs.yaml").write_text(yaml.safe_dump({"schedules": told}))
    for name, value in {
        "QCJOBS_CONFIG": str(tmp_path / "qcjobs.yaml"),
        "QCJOBS_HOME": str(tmp_path / "home"),
        "QC_USER_ID": "7",
        "QC_API_TOKEN": "the-token-of-this-test",
        "QC_BASE_URL": "http://127.0.0.1:9/api/v2",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(main, ["schedules", *arguments])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def listed(call: Call) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in told(call("list", "--json"))}


def a_worker_runs_them() -> None:
    """A look that notes them, and one a second later."""
    runtime = open_runtime(load_settings())
    run_due(runtime)
    time.sleep(1.1)
    assert len(run_due(runtime)) >= 1
    runtime.close()


@pytest.mark.parametrize("name", schedules.commands)
def test_every_help_ends_with_lines_to_copy(call: Call, name: str) -> None:
    """People learn a command from its examples."""
    lines = [line.strip() for line in call(name, "--help").output.splitlines()]
    assert lines[lines.index("Examples:") + 1].startswith(f"qcjobs schedules {name}")


def test_before_a_worker_has_run_the_list_says_what_will_be(call: Call) -> None:
    """The first thing that one wants to see after writing it down."""
    nightly = listed(call)["nightly-rsi"]
    assert (nightly["timetable"], nightly["seen"], nightly["job_id"]) == ("30 22 * * 1-5 America/New_York", False, None)
    assert "T22:30:00-0" in nightly["next_there"]
    shown = call("list")
    assert shown.exit_code == 0
    assert "no worker has seen it yet" in shown.output


def test_after_a_worker_has_run_it_says_what_became_of_them(call: Call) -> None:
    """A job, or the reason why there is none."""
    a_worker_runs_them()
    now = listed(call)
    assert (now["often"]["job_state"], now["often"]["error"]) == ("queued", None)
    assert "There is no folder" in now["broken"]["error"]
    shown = call("list").output
    assert now["often"]["job_id"][:8] in shown
    assert "There is no folder" in shown


def test_the_built_in_ticks_are_shown_on_request(call: Call) -> None:
    """Who wonders what beat does all day."""
    ticks = {each["name"]: each for each in told(call("list", "--all", "--json")) if each["kind"] == "tick"}
    assert ticks["reconcile"] == {
        "kind": "tick",
        "name": "reconcile",
        "action": "jobs.reconcile",
        "timetable": "every 2s",
    }
    assert "jobs.reconcile" in call("list", "--all").output
    assert "jobs.reconcile" not in call("list").output


def test_show_tells_the_next_times_and_the_last_ones(call: Call) -> None:
    """Of one schedule."""
    a_worker_runs_them()
    often = told(call("show", "often", "--json"))
    assert len(often["coming"]) == 5
    assert often["history"][0]["job_id"] == often["job_id"]
    broken = told(call("show", "broken", "--json"))
    assert (broken["history"][0]["type"], broken["history"][0]["error"]) == ("ScheduleFailed", broken["error"])
    assert "There is no folder" in call("show", "broken").output
    assert "Monday through Friday" in call("show", "nightly-rsi").output


def test_a_pause_is_kept_with_who_and_when_until_it_is_resumed(call: Call) -> None:
    """In the ledger, for every worker to see."""
    paused = told(call("pause", "often", "--json"))
    assert (paused["paused"], paused["changed"], paused["next"]) == (True, True, None)
    assert "@" in paused["changed_by"]
    assert paused["changed_at"] is not None
    again = told(call("pause", "often", "--json"))
    assert (again["changed"], again["changed_at"]) == (False, paused["changed_at"])
    assert f"paused by {paused['changed_by']}" in call("list").output

    resumed = told(call("resume", "often", "--json"))
    assert (resumed["paused"], resumed["changed"]) == (False, True)
    assert resumed["next"] is not None


def test_a_schedule_that_does_not_exist_is_wrong_use_and_the_nearest_is_named(call: Call) -> None:
    """Of every command that takes a name."""
    for command in ("show", "run", "pause", "resume"):
        result = call(command, "nightly")
        assert result.exit_code == 2
        assert "Did you mean 'nightly-rsi'?" in result.stderr


def test_run_asks_before_something_that_trades_is_stopped(call: Call) -> None:
    """And takes no answer for a no."""
    result = call("run", "before-the-weekend")
    assert result.exit_code == 1
    assert "Stop project 77, now?" in result.stderr
    with open_ledger(load_settings()).reading() as tables:
        assert tables.jobs.newest() == []


@pytest.mark.parametrize("name", ["often", "before-the-weekend"])
def test_run_without_redis_accepts_nothing(call: Call, name: str) -> None:
    """A job that nobody would start should not look accepted."""
    result = call("run", name, "--yes")
    assert (result.exit_code, "qcjobs up" in result.stderr) == (3, True)
    with open_ledger(load_settings()).reading() as tables:
        assert tables.jobs.newest() == []


def test_without_schedules_the_list_says_where_they_would_stand(call: Call, tmp_path: Path) -> None:
    """An empty table teaches nothing."""
    (tmp_path / "qcjobs.yaml").write_text("{}")
    result = call("list")
    assert result.exit_code == 0
    assert "`schedules:` in" in result.output
    assert told(call("list", "--json")) == []


def test_without_credentials_the_timetable_can_still_be_read(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not changed: whose would it be?"""
    monkeypatch.delenv("QC_API_TOKEN")
    monkeypatch.delenv("QC_USER_ID")
    assert listed(call)["often"]["next"] is not None
    assert call("pause", "often").exit_code == 2
