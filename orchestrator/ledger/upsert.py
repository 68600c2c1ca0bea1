"""Insert a row, or change the one that is there: one statement, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    only_if: sa.ColumnElement[bool] | None = None,
) -> bool:
    """Insert `key` and `values`; where `key` exists, set `values` (leave the row alone when there are none).

    Args:
        connection: Of the transaction.
        table: Where.
        key: The primary key's columns.
        values: The other columns.
        only_if: A condition that the existing row must meet to be changed.

    Returns:
        Whether a row was inserted or changed.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**key, **(values or {}))
    if values:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=dict(values), where=only_if)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    # SQLAlchemy keeps the count of an INSERT only when asked to; PostgreSQL would answer -1.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount > 0
