"""From every earlier schema to the present one, with the jobs in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from orchestrator.ledger import Ledger
from orchestrator.ledger.archive import export, restore
from orchestrator.ledger.migrate import known_revisions, upgrade
from orchestrator.ledger.schema import metadata
from orchestrator.states import JobState
from tests.support.stored import STORED, load_stored


def counted(ledger: Ledger) -> dict[str, int]:
    """Rows by table, as the database has them."""
    with ledger.engine.connect() as connection:
        return {
            name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0
            for name in sa.inspect(connection).get_table_names()
        }


def differences(ledger: Ledger) -> list[object]:
    with ledger.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_ledger_of_an_earlier_version_keeps_its_jobs(
    tmp_path: Path, request: pytest.FixtureRequest, stored: str, database: str
) -> None:
    """Made by that version itself. To PostgreSQL it comes by way of an export, at its own schema."""
    ledger = Ledger(load_stored(stored, tmp_path / "old.db", host="cloud.test"))
    before = counted(ledger)
    if database == "postgresql":
        export(ledger, tmp_path / "file")
        ledger.close()
        ledger = Ledger(request.getfixturevalue("postgres_url"))
        restore(ledger, tmp_path / "file")
    else:
        ledger.make_ready()

    assert differences(ledger) == []
    after = counted(ledger)
    assert {name: after[name] for name in before} == before
    with ledger.reading() as tables:
        jobs = {job.name.split()[0]: job for job in tables.jobs.newest()}
        assert {name: job.state for name, job in jobs.items()} == {
            "completed": JobState.COMPLETED,
            "failed": JobState.FAILED,
            "begun": JobState.RUNNING,
            "waiting": JobState.QUEUED,
            "cancelled": JobState.CANCELLED,
        }
        result = tables.jobs.result(jobs["completed"].id)
        assert result is not None
        assert result.numbers["sharpe_ratio"] is not None
        assert tables.jobs.files_of(jobs["waiting"].bundle or "")["main.py"].startswith("class Waiting")
        assert jobs["failed"].error_kind == "build_error"
    ledger.close()


@pytest.mark.parametrize("start", known_revisions())
def test_the_way_from_every_schema_leads_to_the_present_one(database_url: str, start: str) -> None:
    """Also from those that were never released: somebody's workers run them."""
    ledger = Ledger(database_url)
    upgrade(ledger.engine, start)

    ledger.prepare()

    assert differences(ledger) == []
    ledger.close()


def test_there_is_a_stored_ledger_of_the_first_schema_and_none_of_an_unknown_one() -> None:
    """`tests/data/ledgers/make.py` makes one of the present schema, before the next migration is written."""
    assert STORED[0] == known_revisions()[0]
    assert set(STORED) <= set(known_revisions())
