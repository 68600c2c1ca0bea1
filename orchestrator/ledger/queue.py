"""The queue as the dispatcher reads it: in its order, and no more of it than will be started.

However long the queue is, a decision costs the same: every query here walks an index from its beginning and stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.jobs import Job
from orchestrator.kinds import URGENT, JobKind
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.jobs import SELECT_JOBS, job_from
from orchestrator.ledger.schema import compiles, jobs, projects, sweeps
from orchestrator.states import JobState

GOOD: Final = "BuildSuccess"

PATIENT: Final = tuple(kind for kind in JobKind if kind not in URGENT)
"""What the dispatcher begins; what is urgent has one of its own."""


class Queue:
    """The jobs that wait, within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def urgent(self, account: str, limit: int) -> list[Job]:
        """What begins at once."""
        query = self._in_order(limit, self._of(account, URGENT))
        return [job_from(row) for row in self._connection.execute(query)]

    def to_cancel(self, account: str, limit: int) -> list[Job]:
        """Jobs that somebody stopped while it was in doubt whether they have anything in the cloud."""
        stopped = sa.and_(self._of(account, PATIENT), jobs.c.cancel_requested == sa.true())
        return [job_from(row) for row in self._connection.execute(self._in_order(limit, stopped))]

    def deployments(self, account: str, limit: int) -> list[Job]:
        """Deployments: they need no backtest node."""
        query = self._in_order(limit, self._ready(account, JobKind.DEPLOY))
        return [job_from(row) for row in self._connection.execute(query)]

    def groups(self, account: str) -> list[str | None]:
        """The sweeps that have not ended; None stands for the backtests that belong to none, and is always there."""
        query = sa.select(sweeps.c.id).where(sweeps.c.account == account, sweeps.c.ended_at.is_(None))
        return [None, *self._connection.scalars(query)]

    def first_of(self, account: str, group: str | None, limit: int) -> list[Job]:
        """The first backtests of one group: by priority, age and their place in the sweep."""
        # Not "is not distinct from", for which PostgreSQL uses no index.
        in_group = jobs.c.sweep_id.is_(None) if group is None else jobs.c.sweep_id == group
        query = self._in_order(limit, sa.and_(self._ready(account, JobKind.BACKTEST), in_group))
        return [job_from(row) for row in self._connection.execute(query)]

    def most_nodes(self, sweep_ids: Iterable[str]) -> dict[str, int]:
        """How many nodes each of these sweeps may use at most, where somebody has said so."""
        query = sa.select(sweeps.c.id, sweeps.c.most_nodes).where(
            sweeps.c.id.in_(list(sweep_ids)), sweeps.c.most_nodes.is_not(None)
        )
        return {row.id: row.most_nodes for row in self._connection.execute(query)}

    def compiled(self, job: Job) -> dict[str, Any] | None:
        """`project_id` and `compile_id` of a good compile of the job's bundle in its project; None: none is known."""
        query = sa.select(compiles.c.project_id, compiles.c.compile_id).where(
            compiles.c.account == job.account, compiles.c.bundle == job.bundle, compiles.c.state == GOOD
        )
        if job.project_id is not None:
            query = query.where(compiles.c.project_id == job.project_id)
        else:
            of_its_name = sa.and_(projects.c.account == job.account, projects.c.key == job.project_key)
            query = query.join(projects, sa.and_(of_its_name, projects.c.project_id == compiles.c.project_id))
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)

    def length(self, account: str) -> int:
        """How many backtests wait for their turn."""
        query = sa.select(sa.func.count()).where(self._ready(account, JobKind.BACKTEST))
        return self._connection.scalar(query) or 0

    def _of(self, account: str, kinds: Sequence[JobKind]) -> sa.ColumnElement[bool]:
        return sa.and_(jobs.c.account == account, jobs.c.state == JobState.QUEUED, jobs.c.kind.in_(kinds))

    def _ready(self, account: str, kind: JobKind) -> sa.ColumnElement[bool]:
        # Every column of the index's beginning, compared by equality: so its order is the order wanted.
        neither = sa.and_(jobs.c.cancel_requested == sa.false(), jobs.c.paused == sa.false())
        return sa.and_(jobs.c.account == account, jobs.c.state == JobState.QUEUED, jobs.c.kind == kind, neither)

    def _in_order(self, limit: int, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
        due = sa.or_(jobs.c.not_before.is_(None), jobs.c.not_before <= self._clock())
        return (
            SELECT_JOBS.where(which, due)
            .order_by(jobs.c.priority.desc(), jobs.c.created_at, jobs.c.position, jobs.c.id)
            .limit(limit)
        )
