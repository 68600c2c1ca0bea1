"""Ledgers of earlier schemas, as the qcjobs of their time made them: `tests/data/ledgers/<revision>.sql`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent / "data" / "ledgers"

STORED: Final = sorted(path.stem for path in FOLDER.glob("*.sql"))
"""The revisions of which there is one."""


def load_stored(revision: str, path: Path, host: str) -> str:
    """Make an SQLite file of it, for the account `1@<host>`; returns its URL."""
    text = (FOLDER / f"{revision}.sql").read_text("utf-8").replace("ACCOUNT-HOST", host)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(text)
    return f"sqlite:///{path}"
