"""A fresh ledger, a clock and a workbench for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.ledger import Ledger
from tests.support.workbench import HandMovedClock, Workbench


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


@pytest.fixture
def bench(ledger: Ledger, clock: HandMovedClock) -> Iterator[Workbench]:
    """Two nodes, and an API that answers what the test prepares."""
    bench = Workbench(ledger, clock)
    yield bench
    bench.close()
