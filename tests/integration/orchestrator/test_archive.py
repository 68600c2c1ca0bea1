"""Backup and restore of a ledger: whatever the database, the same rows come out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator.errors import BadArchive
from orchestrator.ledger import Ledger
from orchestrator.ledger.archive import export, restore
from orchestrator.ledger.migrate import Age, revision
from orchestrator.ledger.schema import metadata
from orchestrator.states import JobState
from tests.support import cloud
from tests.support.stored import load_stored
from tests.support.workbench import HandMovedClock, Workbench, add_job


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to restore to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def other(other_url: str) -> Iterator[Ledger]:
    other = Ledger(other_url, HandMovedClock())
    yield other
    other.close()


@pytest.fixture
def full(bench: Workbench) -> Workbench:
    """A ledger with a completed job, a failed one, one in flight and one in the queue."""
    bench.cloud.answers("backtests/read", {"backtest": cloud.completed("b-1")})
    job = bench.created("b-1", "completed ✓ –")
    bench.perform("poll_results", job)
    assert bench.job(job).state is JobState.COMPLETED
    bench.running("in flight", parameters={"period": 14, "name": "x", "on": True, "ratio": 0.25})
    add_job(bench.ledger, "queued", files={"main.py": "ä\n", "a/b.py": "x = 1\n"})
    with bench.ledger.writing() as tables:
        for event in tables.outbox.unannounced():
            tables.outbox.announce(event.id, ["log"])
    return bench


def content(file: Path) -> list[Any]:
    """What is in an export, without the moment at which it was made."""
    head, *rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    return [head["schema"], *rows]


def test_what_is_restored_exports_to_the_same_rows(full: Workbench, other: Ledger, tmp_path: Path) -> None:
    """From each database to each: the strongest sense in which two ledgers are equal."""
    first, second = tmp_path / "first.qcjobs", tmp_path / "second.qcjobs"
    rows = export(full.ledger, first)

    assert restore(other, first) == rows

    assert export(other, second) == rows > 10
    assert content(second) == content(first)


def test_the_same_questions_get_the_same_answers(full: Workbench, other: Ledger, tmp_path: Path) -> None:
    """Jobs, results, files of bundles, events; times with their zone."""
    export(full.ledger, tmp_path / "file")
    restore(other, tmp_path / "file")

    with full.ledger.reading() as before, other.reading() as after:
        jobs = before.jobs.newest()
        assert jobs == after.jobs.newest()
        for job in jobs:
            assert before.jobs.result(job.id) == after.jobs.result(job.id)
            assert before.outbox.events_of(job.id) == after.outbox.events_of(job.id)
            assert before.outbox.deliveries_of(job.id) == after.outbox.deliveries_of(job.id)
            assert before.jobs.files_of(job.bundle or "") == after.jobs.files_of(job.bundle or "")


def test_work_goes_on_in_a_restored_ledger(full: Workbench, other: Ledger, tmp_path: Path) -> None:
    """New rows get numbers that are free: PostgreSQL counts them apart from the rows."""
    export(full.ledger, tmp_path / "file")
    restore(other, tmp_path / "file")
    bench = Workbench(other, full.clock)
    bench.cloud.answers("projects/read", {"projects": []})

    job = bench.running("new")
    bench.perform("upload", job)

    with other.reading() as tables:
        assert len(tables.jobs.attempts_of(job.id)) == 1
    bench.close()


def test_a_ledger_with_jobs_is_not_overwritten(full: Workbench, other: Ledger, tmp_path: Path) -> None:
    """Whoever restores into the wrong place loses nothing."""
    export(full.ledger, tmp_path / "file")
    other.prepare()
    kept = add_job(other, "kept")

    with pytest.raises(BadArchive, match="jobs in this ledger already"):
        restore(other, tmp_path / "file")

    with other.reading() as tables:
        assert [job.id for job in tables.jobs.newest()] == [kept.id]


@pytest.mark.parametrize("damage", ["cut off", "shortened", "flipped", "of a newer qcjobs", "no export", "empty"])
def test_a_damaged_file_leaves_an_empty_ledger(full: Workbench, other: Ledger, tmp_path: Path, damage: str) -> None:
    """All or nothing, and one line that says so."""
    file = tmp_path / "file"
    export(full.ledger, file)
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    broken = {
        "cut off": file.read_bytes()[:-40],
        "shortened": gzip.compress(b"".join([*lines[:4], *lines[5:]])),
        "flipped": file.read_bytes()[:200] + b"\0\0\0\0" + file.read_bytes()[204:],
        "of a newer qcjobs": gzip.compress(b"".join([lines[0].replace(b'"schema":"', b'"schema":"9'), *lines[1:]])),
        "no export": gzip.compress(b'{"some": "json"}\n'),
        "empty": b"",
    }
    file.write_bytes(broken[damage])

    with pytest.raises(BadArchive) as caught:
        restore(other, file)

    assert "\n" not in str(caught.value)
    if revision(other.engine).age is not Age.EMPTY:
        with other.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM jobs")) == 0


def test_an_export_can_be_read_by_its_owner_only(full: Workbench, tmp_path: Path) -> None:
    """It holds strategies."""
    export(full.ledger, tmp_path / "file")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_empty_database_has_nothing_to_export(other: Ledger, tmp_path: Path) -> None:
    """An empty backup would be a nasty surprise."""
    with pytest.raises(BadArchive, match="no tables yet"):
        export(other, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_an_export_of_the_oldest_schema_becomes_a_ledger_of_the_newest(other: Ledger, tmp_path: Path) -> None:
    """Backups outlive versions."""
    old = Ledger(load_stored("0001", tmp_path / "old.db", host="cloud.test"))
    export(old, tmp_path / "file")
    old.close()

    restore(other, tmp_path / "file")

    assert revision(other.engine).age is Age.CURRENT
    with other.reading() as tables:
        assert sorted(str(job.state) for job in tables.jobs.newest()) == [
            "cancelled",
            "completed",
            "failed",
            "queued",
            "running",
        ]


def test_every_table_of_the_schema_is_in_an_export(full: Workbench, tmp_path: Path) -> None:
    """A table that is forgotten is data that is lost."""
    export(full.ledger, tmp_path / "file")
    head = json.loads(gzip.decompress((tmp_path / "file").read_bytes()).splitlines()[0])
    assert set(head["columns"]) == set(metadata.tables)
