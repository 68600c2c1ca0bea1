"""A ledger outlives its machine and its version: backup and restore, and an upgrade with jobs in flight."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from orchestrator import JobState
from orchestrator.ledger import Ledger
from orchestrator.ledger.migrate import Age, revision
from tests.support.command import Desk
from tests.support.eventually import eventually
from tests.support.house import house
from tests.support.stored import STORED, load_stored


def test_a_backup_is_restored_to_another_database_with_the_same_results_and_work_goes_on_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    """From SQLite to PostgreSQL, with a job in flight: it completes in its new home, and runs there once."""
    with house(tmp_path, monkeypatch.setenv, backtest_seconds=3) as running:
        here = {name: value for name, value in os.environ.items() if name.startswith("QC")}
        desk = Desk(tmp_path, **here)
        running.start_worker()
        running.start_beat()
        done = [running.submit("alpha", period=period) for period in (7, 8)]
        running.wait(done)
        in_flight = running.submit("beta")
        running.wait_for_step(in_flight, "poll_results")
        running.stop()

        exported = desk.json("ledger", "export", str(tmp_path / "backup.qcjobs"))
        again = desk.run("ledger", "export", str(tmp_path / "backup.qcjobs"))
        assert (again.returncode, "--overwrite" in again.stderr) == (2, True)
        shown = {handle.id: desk.json("show", handle.id) for handle in done}
        monkeypatch.setenv("QCJOBS_DATABASE_URL", postgres_url)
        moved = Desk(tmp_path, **here, QCJOBS_DATABASE_URL=postgres_url)
        imported = moved.json("ledger", "import", str(tmp_path / "backup.qcjobs"))
        shutil.rmtree(tmp_path / "home")

        assert imported["rows"] == exported["rows"]
        assert {handle.id: moved.json("show", handle.id) for handle in done} == shown
        assert moved.run("ledger", "import", str(tmp_path / "backup.qcjobs")).returncode == 2

        running.start_worker()
        running.start_beat()
        ledger = Ledger(postgres_url)

        def completed() -> bool:
            with ledger.reading() as tables:
                return tables.jobs.get(in_flight.id).state is JobState.COMPLETED

        eventually(completed, within=90, every=0.2, what="the job in its new home")
        ledger.close()
        assert len(running.created("backtest")) == 3


@pytest.mark.parametrize("stored", STORED)
def test_jobs_that_were_in_flight_under_an_earlier_version_complete_under_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str
) -> None:
    """The ledger was made by that version; two workers of this one start on it at the same moment."""
    with house(tmp_path, monkeypatch.setenv) as running:
        url = load_stored(stored, tmp_path / "home" / "ledger.db", host=urlsplit(running.emulator.base_url).netloc)
        running.start_worker("first")
        running.start_worker("second")
        running.start_beat()
        ledger = Ledger(url)

        def states() -> dict[str, JobState]:
            with ledger.reading() as tables:
                return {job.name.split()[0]: job.state for job in tables.jobs.newest()}

        eventually(lambda: revision(ledger.engine).age is Age.CURRENT, within=60, what="the upgrade")
        eventually(
            lambda: {states()["begun"], states()["waiting"]} == {JobState.COMPLETED},
            within=90,
            every=0.2,
            what="the jobs of the earlier version",
        )
        assert states()["completed"] is JobState.COMPLETED
        assert (states()["failed"], states()["cancelled"]) == (JobState.FAILED, JobState.CANCELLED)
        assert len(running.created("backtest")) == 2
        assert running.processes["first"].poll() is running.processes["second"].poll() is None
        ledger.close()


def test_pruning_asks_first_and_vacuum_tells_what_it_gained(tmp_path: Path) -> None:
    """Nothing is deleted by a slip of the hand."""
    desk = Desk(tmp_path)
    load_stored("0001", desk.home / "ledger.db", host="cloud.test")
    old = ("ledger", "prune", "--older-than", "0.00001")

    assert desk.json(*old, "--dry-run") == {"jobs": 3, "bundles": 0, "deleted": False}
    assert desk.run(*old).returncode == 1  # nobody answers the question
    assert desk.accepted() == 5
    assert desk.json(*old, "--yes")["jobs"] == 3
    assert desk.accepted() == 2
    vacuumed = desk.json("ledger", "vacuum")
    assert vacuumed["bytes_before"] >= vacuumed["bytes_after"] > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ledger", "import", "/nowhere/file"), "does not exist"),
        (("ledger", "import", __file__), "damaged, or no export"),
        (("ledger", "export", "/nowhere/file"), "no tables yet"),
        (("ledger", "prune", "--older-than", "0"), "older-than"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """And changes nothing."""
    done = Desk(tmp_path).run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
