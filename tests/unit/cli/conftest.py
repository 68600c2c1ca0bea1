"""A fresh ledger whose clock the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.ledger import Ledger
from tests.support.workbench import HandMovedClock


@pytest.fixture
def clock() -> HandMovedClock:
    """Stands still until the test moves it."""
    return HandMovedClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: HandMovedClock) -> Iterator[Ledger]:
    """An empty ledger in SQLite."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    yield ledger
    ledger.close()
