"""What the ledger knows of an account: whether its credentials were refused, and how many nodes it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import accounts
from orchestrator.ledger.upsert import upsert


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is known since QuantConnect had no node for a backtest although one was counted."""

    slots: int  #: so many of ours ran then
    until: datetime  #: from then on, one more may be tried
    times: int  #: tries in a row that were refused


class Accounts:
    """The table `accounts` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def refused(self, account: str, fingerprint: str) -> str | None:
        """Why these credentials must not be used again, or None."""
        query = sa.select(accounts.c.refused_because).where(
            accounts.c.account == account, accounts.c.refused_fingerprint == fingerprint
        )
        return self._connection.scalar(query)

    def refuse(self, account: str, fingerprint: str, because: str) -> None:
        """Remember that QuantConnect said no: repeated bad logins would lock the account."""
        values = {"proven_fingerprint": None, "refused_fingerprint": fingerprint, "refused_because": because}
        upsert(self._connection, accounts, {"account": account}, values)

    def proven(self, account: str, fingerprint: str) -> bool:
        """Whether these credentials were seen to work."""
        query = sa.select(accounts.c.account).where(
            accounts.c.account == account, accounts.c.proven_fingerprint == fingerprint
        )
        return self._connection.scalar(query) is not None

    def accept(self, account: str, fingerprint: str) -> None:
        """These credentials were seen to work."""
        if not self.proven(account, fingerprint):
            values = {"proven_fingerprint": fingerprint, "refused_fingerprint": None, "refused_because": None}
            upsert(self._connection, accounts, {"account": account}, values)

    def nodes(self, account: str) -> tuple[int | None, datetime | None]:
        """How many backtest nodes there are, and when that was read."""
        query = sa.select(accounts.c.nodes, accounts.c.nodes_read_at).where(accounts.c.account == account)
        row = self._connection.execute(query).first()
        return (None, None) if row is None else (row.nodes, row.nodes_read_at)

    def write_nodes(self, account: str, nodes: int) -> None:
        """Note how many backtest nodes there are."""
        upsert(self._connection, accounts, {"account": account}, {"nodes": nodes, "nodes_read_at": self._clock()})

    def doubt_nodes(self, account: str, older_than: timedelta) -> None:
        """The number of nodes is to be read again, unless that was done just now."""
        old = sa.and_(accounts.c.account == account, accounts.c.nodes_read_at < self._clock() - older_than)
        self._connection.execute(sa.update(accounts).where(old).values(nodes_read_at=None))

    def crowd(self, account: str) -> Crowd | None:
        """Whether nodes were refused, and what follows from it."""
        columns = (accounts.c.crowded_slots, accounts.c.crowded_until, accounts.c.crowded_times)
        row = self._connection.execute(sa.select(*columns).where(accounts.c.account == account)).first()
        if row is None or row.crowded_slots is None:
            return None
        return Crowd(row.crowded_slots, row.crowded_until, row.crowded_times)

    def note_crowd(self, account: str, slots: int, until: datetime, times: int) -> None:
        """A node was refused, or one more than before was given."""
        values = {"crowded_slots": slots, "crowded_until": until, "crowded_times": times}
        upsert(self._connection, accounts, {"account": account}, values)

    def forget_crowd(self, account: str) -> None:
        """Every node is ours again."""
        values = {"crowded_slots": None, "crowded_until": None, "crowded_times": None}
        self._connection.execute(sa.update(accounts).where(accounts.c.account == account).values(**values))

    def settling(self, account: str) -> timedelta | None:
        """How long statistics take after a backtest has ended, by experience."""
        seconds = self._connection.scalar(sa.select(accounts.c.settling_seconds).where(accounts.c.account == account))
        return None if seconds is None else timedelta(seconds=seconds)

    def note_settling(self, account: str, settling: timedelta) -> None:
        """Note that experience."""
        values = {"settling_seconds": settling / timedelta(seconds=1)}
        upsert(self._connection, accounts, {"account": account}, values)
