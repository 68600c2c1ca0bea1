"""What a service gets from us: an environment, a log, and someone who reads its last words."""

import sys
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from workers.embedded.home import Home
from workers.embedded.processes import Child, Service, child_environment, tail


def test_relative_paths_in_the_environment_keep_their_meaning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Services run in the home folder; the user set the variables standing elsewhere."""
    monkeypatch.chdir(tmp_path)
    environment = {"QCJOBS_CONFIG": "my.yaml", "QC_API_TOKEN_FILE": "token", "QC_USER_ID": "7", "EDITOR": "vi"}
    assert child_environment(environment, Home(tmp_path / "home")) == {
        "QCJOBS_CONFIG": str(tmp_path / "my.yaml"),
        "QC_API_TOKEN_FILE": str(tmp_path / "token"),
        "QC_USER_ID": "7",
        "EDITOR": "vi",
        "QCJOBS_HOME": str(tmp_path / "home"),
    }


def test_an_empty_variable_stays_empty() -> None:
    """Empty means "not set", not "the current folder"."""
    assert child_environment({"QC_API_TOKEN_FILE": ""}, Home(Path("/h")))["QC_API_TOKEN_FILE"] == ""


def test_the_last_words_are_the_last_lines_as_one(tmp_path: Path) -> None:
    """An error is one line; the log has the rest."""
    log = tmp_path / "a.log"
    log.write_text("old\n" * 5000 + "Traceback:\n\n  in f\nValueError: no\n")
    assert tail(log) == "Traceback: | in f | ValueError: no"


def test_words_of_a_former_life_do_not_count(tmp_path: Path) -> None:
    """Quoting yesterday's error for today's failure misleads."""
    log = tmp_path / "a.log"
    log.write_text("yesterday\n")
    assert tail(log, since=log.stat().st_size) == ""


def test_a_large_log_is_put_aside_when_the_service_starts(tmp_path: Path) -> None:
    """A worker that runs for months must not fill the disk with what nobody reads."""
    home = Home(tmp_path)
    with home.log("echo").open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    child = Child(Service("echo", ("echo", "new"), ready=lambda: True), home)
    child.start()
    child.end(10)
    assert home.log("echo").read_text() == "new\n"
    assert (home.logs / "echo.log.1").stat().st_size == 11 * 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere `start` itself raises")
def test_a_program_that_does_not_exist_says_so(tmp_path: Path) -> None:
    """The message ends up before the user."""
    child = Child(Service("ghost", ("/no/such/program",), ready=lambda: True), Home(tmp_path))
    child.start()
    eventually(lambda: child.exit_status() is not None, what="its end")
    assert child.last_words() == "cannot start /no/such/program: No such file or directory"
