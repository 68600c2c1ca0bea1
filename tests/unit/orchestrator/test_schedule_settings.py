"""`schedules:` in the configuration: what is taken, and what a wrong entry gets."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from orchestrator.errors import BadSettings
from orchestrator.settings import load_settings
from orchestrator.timetable import Cron, Every, Misfire

GOOD: dict[str, Any] = {"every": "6h", "backtest": {"source": "/strategies/rsi"}}


def configured(tmp_path: Path, schedules: object) -> Any:
    """What a configuration with these schedules comes to."""
    path = tmp_path / "qcjobs.yaml"
    path.write_text(schedules if isinstance(schedules, str) else yaml.safe_dump({"schedules": schedules}))
    return load_settings({"QCJOBS_CONFIG": str(path)}).schedules


def test_the_examples_of_the_pages_are_taken(tmp_path: Path) -> None:
    """A backtest by cron, a backtest by interval, a stop."""
    text = """
    schedules:
      nightly-rsi:
        cron: "30 22 * * 1-5"
        timezone: America/New_York
        misfire: skip
        misfire_window: 2h
        backtest: {source: /path/strategy, parameters: {period: 14}, priority: 3, name: nightly}
      often:
        every: 6h
        backtest: {source: 12345678}
      before-the-weekend:
        cron: "55 15 * * 5"
        timezone: America/New_York
        stop: {project: 12345678}
    """
    told = configured(tmp_path, dedent(text))

    nightly, often, weekend = told["nightly-rsi"], told["often"], told["before-the-weekend"]
    assert nightly.timetable == Cron("30 22 * * 1-5", "America/New_York")
    assert (nightly.misfire, nightly.misfire_window) == (Misfire.SKIP, timedelta(hours=2))
    assert (nightly.action, nightly.backtest.parameters) == ("backtest", {"period": 14})
    assert often.timetable == Every(timedelta(hours=6))
    assert (weekend.action, weekend.stop.project, weekend.misfire) == ("stop", 12345678, Misfire.ONCE)
    assert [each.in_words for each in told.values()] == [
        "backtest of /path/strategy period=14",
        "backtest of project 12345678",
        "stop project 12345678",
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD | {"cron": "0 0 * * *"}, "either cron or every"),
        ({"backtest": {"source": "/x"}}, "either cron or every"),
        ({"every": "6h"}, "one of backtest, stop and liquidate"),
        (GOOD | {"stop": {"project": 5}}, "one of backtest, stop and liquidate"),
        (GOOD | {"every": 30}, "number with a unit"),
        (GOOD | {"every": "100ms"}, "number with a unit"),
        (GOOD | {"every": "0s"}, "between 1s and 31d"),
        (GOOD | {"misfire_window": "90d"}, "between 1s and 31d"),
        (GOOD | {"misfire": "sometimes"}, "'skip', 'once' or 'all'"),
        (GOOD | {"timezone": "New York"}, "no such time zone; examples"),
        (GOOD | {"timezone": "../../etc/passwd"}, "no such time zone; examples"),
        ({"cron": "0 25 * * *", "stop": {"project": 5}}, r"no cron expression \(bad hour\)"),
        ({"cron": "0 0 31 2 *", "stop": {"project": 5}}, "bad day-of-month"),
        (GOOD | {"backtest": {"source": "strategies/rsi"}}, "absolute path"),
        (GOOD | {"backtest": {"source": "/x", "parameters": {"levels": [1]}}}, "'levels' is a list"),
        (GOOD | {"backtest": {"source": "/x", "parameters": {"x": float("nan")}}}, "not a finite number"),
        (GOOD | {"backtest": {"source": "/x", "priority": 10**9}}, "priority"),
        ({"every": "6h", "liquidate": {"project": True}}, "valid integer"),
        ({"every": "6h", "stop": {"project": 0}}, "greater than 0"),
        ("nothing", "a is wrong"),
    ],
)
def test_a_wrong_entry_is_refused_in_one_line_that_names_its_place(tmp_path: Path, wrong: object, says: str) -> None:
    """When the file is read: in the night when the time comes nobody looks."""
    with pytest.raises(BadSettings, match=says) as caught:
        configured(tmp_path, {"a": wrong})
    assert "schedules.a" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (GOOD | {"misfyre": "once"}, "misfire"),
        (GOOD | {"time_zone": "UTC"}, "timezone"),
        ({"every": "6h", "backtest": {"sauce": "/x"}}, "source"),
        ({"every": "6h", "liquidate": {"projekt": 5}}, "project"),
        ({"every": "6h", "bactest": {"source": "/x"}}, "backtest"),
    ],
)
@pytest.mark.parametrize("name", ["a", "cron"])
def test_a_misspelled_key_is_told_the_nearest_right_one(tmp_path: Path, name: str, wrong: object, right: str) -> None:
    """Whatever the schedule is called."""
    with pytest.raises(BadSettings, match=f"Did you mean '{right}'"):
        configured(tmp_path, {name: wrong})


@pytest.mark.parametrize("name", ["a b", "", "-a", "x" * 101, "a/b", "naïve"])
def test_a_name_that_nobody_could_type_is_refused(tmp_path: Path, name: str) -> None:
    """It is an argument of the command line."""
    with pytest.raises(BadSettings, match="name has up to 100 letters"):
        configured(tmp_path, {name: GOOD})
