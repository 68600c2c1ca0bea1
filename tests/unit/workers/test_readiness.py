"""How the supervisor learns that the worker takes tasks."""

from pathlib import Path

import pytest

from workers.embedded.readiness import leave_file


def test_a_ready_worker_leaves_the_file_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`qcjobs up` must not return before submitted work is taken."""
    monkeypatch.setenv("QCJOBS_READY_FILE", str(tmp_path / "ready"))
    leave_file()
    assert (tmp_path / "ready").exists()


def test_a_worker_without_a_supervisor_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`celery -A workers worker` is an ordinary command and litters no folder."""
    monkeypatch.chdir(tmp_path)
    leave_file()
    assert list(tmp_path.iterdir()) == []
