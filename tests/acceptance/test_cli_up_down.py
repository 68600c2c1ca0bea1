"""`qcjobs up` and `qcjobs down`, on a machine without an account."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.command import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A new machine."""
    desk = Desk(tmp_path)
    yield desk
    desk.json("down")


def left_running(home: Path) -> list[str]:
    """Processes that work for this home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("QCJOBS_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def test_up_and_down_may_be_said_twice(desk: Desk) -> None:
    """Nobody remembers what runs; saying it again is no mistake, and starts and stops nothing a second time."""
    first = desk.json("up")
    again = desk.json("up")
    assert (first.pop("started"), again.pop("started")) == (True, False)
    assert first == again
    assert first["emulator"].startswith("http://127.0.0.1:")
    assert "were up already" in desk.run("up").stdout
    assert sorted(desk.json("down")["stopped"]) == ["beat", "control", "emulator", "flower", "redis", "worker"]
    assert left_running(desk.home) == []
    assert desk.json("down")["stopped"] == []
    assert desk.run("down").stdout == "Nothing was running.\n"


def test_without_services_the_doctor_says_what_to_start(desk: Desk) -> None:
    """The first thing a new user may type."""
    told = desk.run("doctor")
    assert told.returncode == 2
    assert "`qcjobs up` starts an emulator" in told.stdout
    assert "`qcjobs up` has started nothing on this machine" in told.stdout
