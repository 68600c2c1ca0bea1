"""What the ledger knows of the cloud projects: which there are, what we put into them, which compiles are good.

And the leases that keep two bundles of one project apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from orchestrator.experience import LATEST
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import compiles, leases, projects, pushes
from orchestrator.ledger.upsert import upsert
from quantconnect.models.ids import CompileId, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProject:
    """A cloud project that jobs run in."""

    account: str
    key: str
    project_id: ProjectId | None  #: None: it is still to be made
    created_by_us: bool
    create_intent_at: datetime | None  #: when the request that makes it was about to leave


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompile:
    """A compile of one bundle in one project."""

    compile_id: CompileId
    state: str
    logs: str | None
    lean_version: str | None
    started_at: datetime
    ended_at: datetime | None


class Projects:
    """The tables `projects`, `pushes`, `compiles` and `leases` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, account: str, key: str) -> KnownProject:
        """What is known of a project; a project never heard of is one still to be made."""
        query = sa.select(projects).where(projects.c.account == account, projects.c.key == key)
        row = self._connection.execute(query).first()
        if row is None:
            return KnownProject(account=account, key=key, project_id=None, created_by_us=False, create_intent_at=None)
        return KnownProject(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)

    def write(self, account: str, key: str, **values: Any) -> None:
        """Note what became known of it."""
        upsert(self._connection, projects, {"account": account, "key": key}, values)

    def note_push(self, account: str, project_id: int, bundle: str) -> None:
        """From now on a file of this bundle, found in the cloud, may be ours."""
        key = {"account": account, "project_id": project_id, "bundle": bundle}
        upsert(self._connection, pushes, key, {"pushed_at": self._clock()})

    def pushed_bundles(self, account: str, project_id: int) -> list[str]:
        """Every bundle that we put into the project, or were about to."""
        query = sa.select(pushes.c.bundle).where(pushes.c.account == account, pushes.c.project_id == project_id)
        return list(self._connection.scalars(query))

    def compile_of(self, account: str, project_id: int, bundle: str) -> KnownCompile | None:
        """The latest compile of exactly this bundle."""
        columns = [compiles.c[name] for name in KnownCompile.__dataclass_fields__]
        query = sa.select(*columns).where(*self._is_compile(account, project_id, bundle))
        row = self._connection.execute(query).first()
        return None if row is None else KnownCompile(**row._mapping)  # noqa: SLF001 (as above)

    def write_compile(self, account: str, project_id: int, bundle: str, **values: Any) -> None:
        """Note a compile's beginning or end."""
        upsert(self._connection, compiles, {"account": account, "project_id": project_id, "bundle": bundle}, values)

    def shortest_compile(self, account: str) -> timedelta | None:
        """How long the shortest of the latest compiles took, until its end was seen; None: none has ended."""
        query = (
            sa.select(compiles.c.started_at, compiles.c.ended_at)
            .where(compiles.c.account == account, compiles.c.ended_at.is_not(None))
            .order_by(compiles.c.ended_at.desc())
            .limit(LATEST)
        )
        took = [row.ended_at - row.started_at for row in self._connection.execute(query)]
        return min(took, default=None)

    def forget_compile(self, account: str, project_id: int, bundle: str) -> None:
        """QuantConnect does not know it any more; the next passage compiles again."""
        self._connection.execute(sa.delete(compiles).where(*self._is_compile(account, project_id, bundle)))

    def lease(self, name: str, holder: str, duration: timedelta) -> bool:
        """Take a lease that is free, or has run out, or is ours. False: another holds it."""
        now = self._clock()
        values = {"holder": holder, "until": now + duration}
        free_or_ours = sa.or_(leases.c.holder == holder, leases.c.until < now)
        return upsert(self._connection, leases, {"name": name}, values, only_if=free_or_ours)

    def renew(self, name: str, holder: str, duration: timedelta) -> bool:
        """Prolong a lease that has been ours without a break. False: it was another's meanwhile, or is now."""
        statement = (
            sa.update(leases)
            .where(leases.c.name == name, leases.c.holder == holder)
            .values(until=self._clock() + duration)
        )
        return self._connection.execute(statement).rowcount == 1

    def release(self, name: str, holder: str) -> None:
        """Give a lease back."""
        self._connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))

    def end_lease(self, name: str) -> None:
        """End a lease, whoever holds it."""
        self._connection.execute(sa.delete(leases).where(leases.c.name == name))

    def release_all(self, holder: str) -> None:
        """Give every lease of this holder back."""
        self._connection.execute(sa.delete(leases).where(leases.c.holder == holder))

    def _is_compile(self, account: str, project_id: int, bundle: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (compiles.c.account == account, compiles.c.project_id == project_id, compiles.c.bundle == bundle)
