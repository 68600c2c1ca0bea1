"""Who may upgrade a ledger, and what is told to those who may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from orchestrator.errors import LedgerOutdated, LedgerUnavailable
from orchestrator.ledger import Ledger, migrate
from orchestrator.ledger.migrate import Age, revision, upgrade


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    ledger = Ledger(database_url)
    yield ledger
    ledger.close()


def age(ledger: Ledger) -> Age:
    return revision(ledger.engine).age


def test_an_empty_ledger_gets_its_tables_from_whoever_comes_first(ledger: Ledger) -> None:
    """There is nothing in it that could be harmed."""
    assert age(ledger) is Age.EMPTY

    ledger.make_ready()

    assert age(ledger) is Age.CURRENT


def test_an_older_ledger_is_upgraded_where_it_is_ones_own_and_left_alone_where_it_is_shared(ledger: Ledger) -> None:
    """A new command line on somebody's laptop must not change the tables under the workers of a team."""
    upgrade(ledger.engine, "0001")
    assert age(ledger) is Age.OLDER

    if ledger.is_shared:
        with pytest.raises(LedgerOutdated, match="qcjobs migrate"):
            ledger.make_ready()
        assert age(ledger) is Age.OLDER
        ledger.prepare()
    else:
        ledger.make_ready()

    assert age(ledger) is Age.CURRENT


def test_a_newer_ledger_is_refused(ledger: Ledger) -> None:
    """Its tables mean something that this version does not know."""
    ledger.prepare()
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    assert age(ledger) is Age.NEWER
    with pytest.raises(LedgerUnavailable, match="Update qcjobs"):
        ledger.make_ready()


def test_the_files_of_the_migrations_are_numbered_in_alembics_order() -> None:
    """Which schema is the newest is told by their names alone."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert migrate.known_revisions() == walked[::-1]
