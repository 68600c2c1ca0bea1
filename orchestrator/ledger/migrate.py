"""Brings a ledger to the current schema, with Alembic. Safe to call from several processes at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from orchestrator.errors import LedgerUnavailable
from orchestrator.ledger.database import reading, writing

_LOCK = 7_263_548  # any number, the same in every process: PostgreSQL's advisory lock for migrations


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Create or upgrade the tables; does nothing where they are current.

    Raises:
        LedgerUnavailable: The database does not answer, or a newer qcjobs has made it.
    """
    if revision == "head" and is_current(engine):
        return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise LedgerUnavailable(f"The ledger cannot be brought up to date: {error} Update qcjobs.") from error


class Age(StrEnum):
    """How a ledger's tables compare to what this qcjobs works with."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"  #: made by a qcjobs that knows more than this one


@dataclass(frozen=True, slots=True)
class Revision:
    """The schema of a ledger, and the one that this qcjobs works with."""

    found: str | None  #: None: no tables yet
    wanted: str
    age: Age


def revision(engine: sa.Engine) -> Revision:
    """Look which schema a ledger has. Changes nothing."""
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    wanted = scripts.get_current_head() or ""
    if found is None:
        return Revision(None, wanted, Age.EMPTY)
    if found == wanted:
        return Revision(found, wanted, Age.CURRENT)
    return Revision(found, wanted, Age.OLDER if found in known_revisions() else Age.NEWER)


def known_revisions() -> list[str]:
    """Every schema there has been, the oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def is_current(engine: sa.Engine) -> bool:
    """Whether the ledger has every migration."""
    return revision(engine).age is Age.CURRENT
