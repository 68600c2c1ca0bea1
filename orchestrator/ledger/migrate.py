"""Brings a ledger to the current schema, with Alembic. Safe to call from several processes at once."""

from __future__ import annotations

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


def is_current(engine: sa.Engine) -> bool:
    """Whether the ledger has every migration."""
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()
