"""Keeping the ledger small: jobs that ended long ago go, and the database gives back their room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.ledger import database
from orchestrator.ledger.ledger import Ledger
from orchestrator.ledger.schema import audit, bundles, events, jobs, metadata
from orchestrator.states import JobState

ENDED: Final = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)
BATCH: Final = 200
"""Jobs that go in one transaction: writers wait for no longer than these take."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or would go."""

    jobs: int
    bundles: int


def prune(ledger: Ledger, older_than: timedelta, account: str | None = None, *, only_count: bool = False) -> Pruned:
    """Delete jobs that ended so long ago, with everything that belongs to them, and bundles that nobody needs any more.

    What was asked of live algorithms stays, for the audit's sake: rows of `audit` are never deleted, nor are the jobs
    that they are about. A bundle stays while the cloud project may still hold it.

    Args:
        ledger: To be made smaller.
        older_than: Since their end.
        account: Only its jobs; None: those of all accounts that share the ledger.
        only_count: Delete nothing.

    Raises:
        LedgerUnavailable: The database does not answer; what was deleted before stays deleted.
    """
    until = ledger.clock() - older_than
    if only_count:
        with database.reading(ledger.engine) as connection:
            gone = connection.scalar(sa.select(sa.func.count()).select_from(_old(until, account).subquery())) or 0
            return Pruned(gone, 0)
    gone = 0
    while True:
        with database.writing(ledger.engine) as connection:
            ids = list(connection.scalars(_old(until, account).limit(BATCH)))
            _delete(connection, ids)
            gone += len(ids)
        if len(ids) < BATCH:
            break
    with database.writing(ledger.engine) as connection:
        return Pruned(gone, connection.execute(_unneeded_bundles(until)).rowcount)


def vacuum(ledger: Ledger) -> None:
    """Give the room of deleted rows back to the disk, and renew what the planner knows. With SQLite, writers wait.

    Raises:
        LedgerUnavailable: The database does not answer, or has no room for the copy that this takes.
    """
    with database.alone(ledger.engine) as run:
        if ledger.engine.dialect.name == "postgresql":
            run("VACUUM (ANALYZE)")
        else:
            run("VACUUM")
            run("PRAGMA optimize")
            run("PRAGMA wal_checkpoint(TRUNCATE)")


def size(ledger: Ledger) -> int:
    """Bytes that the database takes on disk."""
    with database.reading(ledger.engine) as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
        pages = connection.scalar(sa.text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
        return int(pages or 0)


def _old(until: datetime, account: str | None) -> sa.Select[Any]:
    of = sa.true() if account is None else jobs.c.account == account
    return (
        sa.select(jobs.c.id)
        .where(jobs.c.state.in_(ENDED), jobs.c.ended_at < until, of)
        .where(~sa.exists().where(audit.c.job_id == jobs.c.id))
        .order_by(jobs.c.ended_at)
    )


def _delete(connection: sa.Connection, ids: list[str]) -> None:
    """The jobs and every row that refers to them, children first."""
    of_events = sa.select(events.c.id).where(events.c.job_id.in_(ids))
    for column in _referring_to(events):
        connection.execute(sa.delete(column.table).where(column.in_(of_events)))
    for column in _referring_to(jobs):
        connection.execute(sa.delete(column.table).where(column.in_(ids)))
    connection.execute(sa.delete(jobs).where(jobs.c.id.in_(ids)))


def _referring_to(parent: sa.Table) -> Iterator[sa.Column[Any]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if table is not audit and any(key.column.table is parent for key in column.foreign_keys):
                yield column


def _unneeded_bundles(until: datetime) -> sa.Delete:
    statement = sa.delete(bundles).where(bundles.c.created_at < until)
    for column in _referring_to(bundles):
        statement = statement.where(~sa.exists().where(column == bundles.c.hash))
    return statement
