"""Brings a ledger to the current schema, with Alembic. Safe to call from several processes at once.

Which schema a ledger has is asked whenever one is opened, by every command: that is answered without Alembic, whose
import takes longer than the rest of the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from orchestrator.errors import LedgerUnavailable
from orchestrator.ledger.database import reading, writing

_LOCK = 7_263_548  # any number, the same in every process: PostgreSQL's advisory lock for migrations

_MIGRATIONS: Final = Path(__file__).parent / "migrations"

_VERSION: Final = sa.table("alembic_version", sa.column("version_num"))
"""Where Alembic notes the schema."""


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Create or upgrade the tables; does nothing where they are current.

    Raises:
        LedgerUnavailable: The database does not answer, or a newer qcjobs has made it.
    """
    if revision == "head" and is_current(engine):
        return
    from alembic import command  # noqa: PLC0415 (see above)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
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
        has_any = sa.inspect(connection).has_table(_VERSION.name)
        found = connection.scalar(sa.select(_VERSION.c.version_num)) if has_any else None
    known = known_revisions()
    if found is None:
        return Revision(None, known[-1], Age.EMPTY)
    if found == known[-1]:
        return Revision(found, known[-1], Age.CURRENT)
    return Revision(found, known[-1], Age.OLDER if found in known else Age.NEWER)


def known_revisions() -> list[str]:
    """Every schema there has been, the oldest first: the files of the migrations begin with their numbers."""
    return sorted(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def is_current(engine: sa.Engine) -> bool:
    """Whether the ledger has every migration."""
    return revision(engine).age is Age.CURRENT
