"""What the ledger knows of what trades: each deployment as last seen, and the history of its equity and holdings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import deployments, holdings_snapshots, live_snapshots
from orchestrator.ledger.upsert import upsert
from quantconnect.models.ids import DeployId, ProjectId
from quantconnect.models.live import ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A deployment as last seen."""

    deploy_id: DeployId
    project_id: ProjectId
    status: str | None  #: QuantConnect's word
    brokerage: str | None
    environment: str | None  #: `paper` or `live`, as QuantConnect says
    launched_at: datetime | None
    stopped_at: datetime | None
    error: str | None
    equity: float | None  #: account currency
    highest_equity: float | None
    alarms: list[str]  #: limits that are exceeded now, so that each is told once
    first_seen_at: datetime
    seen_at: datetime  #: when QuantConnect last showed it
    changed_at: datetime  #: when anything of it last changed, equity and holdings included
    holdings_due_at: datetime | None
    holdings_digest: str | None
    status_kept_at: datetime | None  #: when the latest row of its history was written
    holdings_kept_at: datetime | None  #: … of its holdings

    @property
    def is_running(self) -> bool:
        """Whether it trades."""
        return self.status == "Running"

    @property
    def has_ended(self) -> bool:
        """Whether it trades no more, and will not again."""
        return self.status in ENDED


_COLUMNS: Final = [deployments.c[name] for name in Known.__dataclass_fields__]
_HISTORIES: Final = (live_snapshots, holdings_snapshots)


class Deployments:
    """The tables `deployments`, `live_snapshots` and `holdings_snapshots` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def of(self, account: str, project_id: int | None = None) -> list[Known]:
        """Every deployment of the account, or of one of its projects, the latest first."""
        query = sa.select(*_COLUMNS).where(deployments.c.account == account)
        if project_id is not None:
            query = query.where(deployments.c.project_id == project_id)
        rows = self._connection.execute(
            query.order_by(deployments.c.first_seen_at.desc(), deployments.c.launched_at.desc())
        )
        return [Known(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)

    def get(self, account: str, deploy_id: str) -> Known | None:
        """One deployment."""
        query = sa.select(*_COLUMNS).where(deployments.c.account == account, deployments.c.deploy_id == deploy_id)
        row = self._connection.execute(query).first()
        return None if row is None else Known(**row._mapping)  # noqa: SLF001 (as above)

    def write(self, account: str, deploy_id: str, **values: Any) -> None:
        """Note what became known of it; a new one needs every column that may not be empty."""
        mine = sa.and_(deployments.c.account == account, deployments.c.deploy_id == deploy_id)
        if self._connection.execute(sa.update(deployments).where(mine).values(**values)).rowcount == 0:
            upsert(self._connection, deployments, {"account": account, "deploy_id": deploy_id}, values)

    def take_holdings_due(self, account: str, limit: int, again_at: datetime) -> list[Known]:
        """Running deployments whose holdings are to be read now; they are due again at `again_at`."""
        due = (
            sa.select(*_COLUMNS)
            .where(deployments.c.account == account, deployments.c.holdings_due_at <= self._clock())
            .order_by(deployments.c.holdings_due_at)
            .limit(limit)
        )
        found = [Known(**row._mapping) for row in self._connection.execute(due)]  # noqa: SLF001 (as above)
        return [known for known in found if self._claim(account, known, again_at)]

    def _claim(self, account: str, known: Known, again_at: datetime) -> bool:
        statement = (
            sa.update(deployments)
            .where(deployments.c.account == account, deployments.c.deploy_id == known.deploy_id)
            .where(deployments.c.holdings_due_at == known.holdings_due_at)
            .values(holdings_due_at=again_at)
        )
        return self._connection.execute(statement).rowcount == 1

    # ── history ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_status(self, account: str, deploy_id: str, status: str | None, equity: float | None) -> None:
        """One more row of the history."""
        self._keep(live_snapshots, "status_kept_at", account, deploy_id, status=status, equity=equity)

    def keep_holdings(self, account: str, deploy_id: str, holdings: Mapping[str, Any], cash: Mapping[str, Any]) -> None:
        """One more row of what it holds."""
        holds = {"holdings": dict(holdings), "cash": dict(cash)}
        self._keep(holdings_snapshots, "holdings_kept_at", account, deploy_id, **holds)

    def _keep(self, table: sa.Table, noted_in: str, account: str, deploy_id: str, **values: Any) -> None:
        now = self._clock()
        self._connection.execute(sa.insert(table).values(account=account, deploy_id=deploy_id, at=now, **values))
        self._connection.execute(
            sa.update(deployments)
            .where(deployments.c.account == account, deployments.c.deploy_id == deploy_id)
            .values({noted_in: now})
        )

    def history(self, account: str, deploy_id: str, since: datetime | None = None) -> list[dict[str, Any]]:
        """`at`, `status`, `equity` of every row, oldest first."""
        return self._rows(live_snapshots, account, deploy_id, since)

    def holdings_history(self, account: str, deploy_id: str, since: datetime | None = None) -> list[dict[str, Any]]:
        """`at`, `holdings`, `cash` of every row, oldest first."""
        return self._rows(holdings_snapshots, account, deploy_id, since)

    def holdings_of(self, account: str, deploy_id: str) -> dict[str, Any] | None:
        """The latest row of what it holds."""
        table = holdings_snapshots
        query = (
            sa.select(table.c.at, table.c.holdings, table.c.cash)
            .where(table.c.account == account, table.c.deploy_id == deploy_id)
            .order_by(table.c.at.desc(), table.c.id.desc())
            .limit(1)
        )
        row = self._connection.execute(query).first()
        return None if row is None else dict(row._mapping)  # noqa: SLF001 (as above)

    def thin(self, account: str, older_than: datetime, step: timedelta) -> int:
        """Of the rows older than that, keep the first of each `step` and deployment. Returns how many went."""
        gone = 0
        for table in _HISTORIES:
            rows = self._connection.execute(
                sa.select(table.c.id, table.c.deploy_id, table.c.at)
                .where(table.c.account == account, table.c.at < older_than)
                .order_by(table.c.deploy_id, table.c.at)
            )
            kept: set[tuple[str, int]] = set()
            superfluous = []
            for row in rows:
                slot = (row.deploy_id, int(row.at.timestamp() // step.total_seconds()))
                if slot in kept:
                    superfluous.append(row.id)
                kept.add(slot)
            for begin in range(0, len(superfluous), 500):
                self._connection.execute(sa.delete(table).where(table.c.id.in_(superfluous[begin : begin + 500])))
            gone += len(superfluous)
        return gone

    def forget(self, account: str, older_than: datetime) -> int:
        """Delete history that is older than that. Returns how many rows went."""
        return sum(
            self._connection.execute(
                sa.delete(table).where(table.c.account == account, table.c.at < older_than)
            ).rowcount
            for table in _HISTORIES
        )

    def _rows(self, table: sa.Table, account: str, deploy_id: str, since: datetime | None) -> list[dict[str, Any]]:
        columns = [column for column in table.c if column.name not in {"id", "account", "deploy_id"}]
        query = sa.select(*columns).where(table.c.account == account, table.c.deploy_id == deploy_id)
        if since is not None:
            query = query.where(table.c.at >= since)
        return [dict(row._mapping) for row in self._connection.execute(query.order_by(table.c.at, table.c.id))]  # noqa: SLF001
