"""Errors as a user sees them."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli.failures import told_plainly
from orchestrator.errors import BadSource, CredentialsRefused, LedgerUnavailable, NotFinished, QcjobsError
from quantconnect import MissingCredentials, ServerError
from workers.embedded.errors import AlreadyUp

TOKEN = "c0ffee-the-token-of-this-test"


def raising(error: BaseException) -> Callable[[], None]:
    @told_plainly
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QcjobsError("the job failed"), 1),
        (BadSource("no folder"), 2),
        (MissingCredentials(), 2),
        (LedgerUnavailable(), 3),
        (CredentialsRefused(), 3),
        (NotFinished(), 3),
        (ServerError(), 3),
        (AlreadyUp(), 3),
        (OSError(28, "No space left on device", "/data/ledger.db"), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("division by zero"), 1),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """What scripts and people rely on; a traceback helps neither."""
    with pytest.raises(SystemExit) as ended:
        raising(error)()
    told = capsys.readouterr()
    assert ended.value.code == code
    assert (told.out, told.err.count("\n"), told.err[:7]) == ("", 1, "error: ")
    assert "Traceback" not in told.err


@pytest.mark.parametrize("value", ["\udcff", ("fine", "a=\udcff")])
def test_a_byte_that_is_no_text_is_wrong_use(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    """It can be kept nowhere; so nobody begins anything with it."""
    begun: list[object] = []
    with pytest.raises(SystemExit) as ended:
        told_plainly(begun.append)(value)
    assert (ended.value.code, begun) == (2, [])
    assert "no UTF-8" in capsys.readouterr().err


def test_a_message_of_several_lines_becomes_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A server's text may bring its own line breaks."""
    with pytest.raises(SystemExit):
        raising(BadSource("first\n  second [line]"))()
    assert capsys.readouterr().err == "error: first second [line]\n"


@pytest.mark.parametrize("ending", [click.UsageError("--name?"), click.Abort(), click.exceptions.Exit(4)])
def test_the_ways_of_click_are_left_to_click(ending: Exception) -> None:
    """It prints the usage and answers a refused question by itself."""
    with pytest.raises(type(ending)):
        raising(ending)()


def test_the_traceback_of_a_bug_is_kept_in_a_file_without_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what a report needs, and people paste it where others read it."""
    for name, value in {"QCJOBS_HOME": str(tmp_path), "QC_USER_ID": "7", "QC_API_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        raising(ZeroDivisionError(f"divided {TOKEN}"))()
    path = tmp_path / "logs" / "cli-error.log"
    kept, told = path.read_text(), capsys.readouterr().err
    assert "this is a bug" in told
    assert str(path) in told
    assert "Traceback (most recent call last)" in kept
    assert "ZeroDivisionError: divided •••" in kept
    assert TOKEN not in kept + told


def test_a_bug_is_told_even_where_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first error is the one that matters."""
    monkeypatch.setenv("QCJOBS_HOME", "/dev/null/home")
    with pytest.raises(SystemExit):
        raising(ZeroDivisionError())()
    assert "could not be written" in capsys.readouterr().err
