"""Numbers and files that options take."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.amounts import DAYS, PROJECT, SECONDS, SOME_DAYS
from cli.paths import FilePath


def said(kind: click.ParamType[object], value: str) -> tuple[int, str]:
    """What an option of this kind makes of it."""

    @click.command()
    @click.option("--it", type=kind)
    def command(it: object) -> None:
        click.echo(repr(it))

    done = CliRunner().invoke(command, ["--it", value])
    return done.exit_code, done.output


@pytest.mark.parametrize("kind", [SECONDS, DAYS, SOME_DAYS])
@pytest.mark.parametrize("value", ["nan", "-nan", "inf", "1e999", "1e300", "9" * 400, "-1", "x", ""])
def test_no_option_lasts_for_ever_or_cannot_be_compared(kind: click.ParamType[object], value: str) -> None:
    """`nan` is neither above nor below any limit: whoever waits for so long waits for ever."""
    code, output = said(kind, value)
    assert (code, "Usage:" in output) == (2, True)


@pytest.mark.parametrize(("kind", "value"), [(SECONDS, "0"), (SECONDS, "1e9"), (DAYS, "0.5"), (SOME_DAYS, "36500")])
def test_what_can_be_meant_is_taken(kind: click.ParamType[object], value: str) -> None:
    """Up to a hundred years."""
    assert said(kind, value) == (0, f"{float(value)}\n")


@pytest.mark.parametrize("value", ["0", "-1", "9" * 19, "9" * 400])
def test_an_id_that_no_project_can_have_is_wrong_use(value: str) -> None:
    """The ledger could not even ask for it."""
    assert said(PROJECT, value)[0] == 2


@pytest.mark.parametrize("value", ["", " ", "."])
def test_a_file_without_a_name_is_wrong_use(value: str) -> None:
    """A script's variable was not set."""
    assert said(FilePath(), value)[0] == 2


def test_a_file_is_a_path(tmp_path: Path) -> None:
    """There or not; where it has to be there, it is looked for."""
    there, missing = tmp_path / "there", tmp_path / "missing"
    there.touch()
    assert said(FilePath(), str(missing)) == (0, f"{missing!r}\n")
    assert said(FilePath(exists=True), str(there)) == (0, f"{there!r}\n")
    assert said(FilePath(exists=True), str(missing))[0] == 2
