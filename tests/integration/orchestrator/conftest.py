"""One suite, every database: each test that asks for `ledger` runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import metadata
from tests.support.workbench import HandMovedClock, Workbench


@pytest.fixture
def clock() -> HandMovedClock:
    """Stands still until the test moves it."""
    return HandMovedClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def postgres_ledger_url(_new_database: Callable[[str], sa.URL]) -> str:
    """One database with tables for all tests: making and dropping one takes PostgreSQL longer than most tests."""
    url = _new_database("ledgers").render_as_string(hide_password=False)
    ledger = Ledger(url)
    ledger.prepare()
    ledger.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: HandMovedClock) -> Iterator[Ledger]:
    """An empty ledger with its tables."""
    if request.param == "sqlite":
        ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
        ledger.prepare()
    else:
        ledger = Ledger(request.getfixturevalue("postgres_ledger_url"), clock)
        with ledger.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {', '.join(metadata.tables)}"))
    yield ledger
    ledger.close()


@pytest.fixture
def bench(ledger: Ledger, clock: HandMovedClock) -> Iterator[Workbench]:
    """Two nodes, and an API that answers what the test prepares."""
    bench = Workbench(ledger, clock)
    yield bench
    bench.close()
