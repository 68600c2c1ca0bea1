"""What the ledger knows of an account: whether its credentials were refused, and how many nodes it has."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import accounts
from orchestrator.ledger.upsert import upsert


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
