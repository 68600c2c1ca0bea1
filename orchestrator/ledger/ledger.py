"""The ledger as the rest of the house sees it: transactions over typed tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from orchestrator.errors import LedgerOutdated
from orchestrator.ledger import database, migrate
from orchestrator.ledger.accounts import Accounts
from orchestrator.ledger.audit import Audit
from orchestrator.ledger.clock import Clock, utc_now
from orchestrator.ledger.deployments import Deployments
from orchestrator.ledger.jobs import Jobs
from orchestrator.ledger.migrate import Age
from orchestrator.ledger.outbox import Outbox
from orchestrator.ledger.projects import Projects
from orchestrator.ledger.queue import Queue
from orchestrator.ledger.schedules import Schedules
from orchestrator.ledger.sweeps import Sweeps


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables, bound to one transaction."""

    jobs: Jobs
    queue: Queue
    sweeps: Sweeps
    projects: Projects
    outbox: Outbox
    accounts: Accounts
    audit: Audit
    deployments: Deployments
    schedules: Schedules
    _connection: sa.Connection

    def alone(self, purpose: str) -> None:
        """Wait until no other transaction has the same purpose. SQLite's writers are alone in any case."""
        if self._connection.dialect.name == "postgresql":
            lock = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(purpose, 0)))
            self._connection.execute(lock)


class Ledger:
    """One database.

    with ledger.writing() as tables:      # committed at the end, or no trace
        tables.jobs.add(...)
        tables.outbox.record(...)
    """

    def __init__(self, url: str, clock: Clock = utc_now) -> None:
        self.engine = database.create_engine(url)
        self.clock = clock

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    def prepare(self) -> None:
        """Create or upgrade the tables where needed."""
        migrate.upgrade(self.engine)

    def make_ready(self) -> None:
        """What every process does when it starts: create missing tables, and upgrade a ledger that is this machine's
        own file. One that several machines share is upgraded by `qcjobs migrate` only, when somebody means it to be.

        Raises:
            LedgerOutdated: The shared ledger is of an older qcjobs.
            LedgerUnavailable: The database does not answer, or a newer qcjobs has made it.
        """
        found = migrate.revision(self.engine)
        if found.age is Age.OLDER and self.is_shared:
            raise LedgerOutdated(
                f"The ledger has schema {found.found}, this qcjobs needs {found.wanted}: run `qcjobs migrate` once."
            )
        if found.age is not Age.CURRENT:
            self.prepare()

    @property
    def is_shared(self) -> bool:
        """Whether processes on other machines may use it, too."""
        return self.engine.dialect.name != "sqlite"

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Tables]:
        """A transaction.

        Args:
            durable: It survives a power cut. False is for what would simply be done again: a lease, a claim, a step
                that has begun. The disk takes longer than all the rest of such a transaction.

        Raises:
            LedgerUnavailable: The database does not answer, is full, or lacks its tables; nothing was written.
        """
        with database.writing(self.engine, durable=durable) as connection:
            yield self._tables(connection)

    @contextmanager
    def reading(self) -> Iterator[Tables]:
        """A consistent view; locks out no writer."""
        with database.reading(self.engine) as connection:
            yield self._tables(connection)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _tables(self, connection: sa.Connection) -> Tables:
        return Tables(
            jobs=Jobs(connection, self.clock),
            queue=Queue(connection, self.clock),
            sweeps=Sweeps(connection, self.clock),
            projects=Projects(connection, self.clock),
            outbox=Outbox(connection, self.clock),
            accounts=Accounts(connection, self.clock),
            audit=Audit(connection, self.clock),
            deployments=Deployments(connection, self.clock),
            schedules=Schedules(connection, self.clock),
            _connection=connection,
        )
