"""Who asked for what trades, and what came of it. Rows are only ever added."""

from __future__ import annotations

import getpass
import socket
from typing import Any

import sqlalchemy as sa

from orchestrator.jobs import Job
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import audit


class Audit:
    """The table `audit` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, job: Job, phase: str, what: str) -> None:
        """Write down that this happened now, by this process's user on this machine.

        Args:
            job: What it is about.
            phase: `requested`, `confirmed`, `failed` or `cancelled`.
            what: In words.
        """
        self._connection.execute(
            sa.insert(audit).values(
                at=self._clock(),
                account=job.account,
                action=job.kind,
                phase=phase,
                job_id=job.id,
                project_id=job.project_id,
                deploy_id=job.deploy_id,
                who=login_name(),
                host=socket.gethostname()[:255],
                what=what,
            )
        )

    def newest(
        self, project_id: int | None = None, limit: int = 100, account: str | None = None
    ) -> list[dict[str, Any]]:
        """The latest rows first, of an account or of all."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if project_id is not None:
            query = query.where(audit.c.project_id == project_id)
        if account is not None:
            query = query.where(audit.c.account == account)
        return [dict(row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001 (SQLAlchemy's public name)

    def of(self, job_id: str) -> list[dict[str, Any]]:
        """What is written about one job, oldest first."""
        query = sa.select(audit).where(audit.c.job_id == job_id).order_by(audit.c.id)
        return [dict(row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001 (as above)


def login_name() -> str:
    """Who runs this process."""
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError):  # a container whose user has no name
        return "unknown"
