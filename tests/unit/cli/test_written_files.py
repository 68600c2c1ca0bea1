"""Commands that write a file put a whole one in its place: whatever stands there must be a file."""

import os
from pathlib import Path

import pytest

from cli.export import require_file, write_rows
from orchestrator.errors import WrongUse
from tests.support.command import Desk


@pytest.mark.parametrize("name", ["pipe.csv", "folder.csv"])
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path, name: str) -> None:
    """Root could: `--file /dev/null` would leave the machine without it."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(WrongUse, match="is no file"):
        write_rows(tmp_path / name, [{"a": 1}])
    assert not (tmp_path / name).is_file()


def test_a_file_and_a_place_where_nothing_is_may_be_written(tmp_path: Path) -> None:
    """The usual cases."""
    (tmp_path / "there").touch()
    require_file(tmp_path / "there")
    require_file(tmp_path / "not yet")


def test_a_backup_replaces_no_device(tmp_path: Path) -> None:
    """Also where it may replace a file."""
    os.mkfifo(tmp_path / "pipe")
    done = Desk(tmp_path).run("ledger", "export", str(tmp_path / "pipe"), "--overwrite")
    assert done.returncode == 2
    assert "is no file" in done.stderr
    assert (tmp_path / "pipe").is_fifo()
