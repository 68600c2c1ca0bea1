"""`qcjobs demo`: what `make demo` runs, and the first thing that a new user sees."""

import re
import time
from pathlib import Path

import pytest

from tests.acceptance.test_cli_up_down import left_running
from tests.support.command import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A new machine; the demo leaves its ledger on it."""
    return Desk(tmp_path_factory.mktemp("desk"))


def test_the_demo_runs_three_strategies_and_leaves_nothing_running(desk: Desk) -> None:
    """Two results, a compile error with file and line, and where everything is."""
    done = desk.run("demo")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if re.match(r"[0-9a-f]{8}  ", line)]
    assert [row.split()[1:3] for row in rows] == [
        ["rsi", "completed"],
        ["moving_average_cross", "completed"],
        ["broken", "failed"],
    ]
    number = r"-?[\d.]+%? +"
    assert all(re.search(rf"completed +{number * 4}\d+ +[\d.]+ s +http://", row) for row in rows[:2])
    assert re.search(r"^broken: Build Error: File: main\.py Line:14 ", done.stdout, re.MULTILINE)
    assert "The results are synthetic" in done.stdout
    assert re.search(r"^  Flower +http://127\.0\.0\.1:\d+ ", done.stdout, re.MULTILINE)
    assert f"sqlite:///{desk.home}/demo/ledger.db" in done.stdout
    assert left_running(desk.home / "demo") == []


def test_a_second_demo_takes_seconds(desk: Desk) -> None:
    """Nothing of the first is in its way."""
    begun = time.monotonic()
    assert desk.run("demo").returncode == 0
    assert time.monotonic() - begun < 60
    assert Path(desk.home / "demo" / "ledger.db").is_file()
