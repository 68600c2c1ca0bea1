"""The whole ledger in one file, and a ledger made from such a file: backup, restore, and the way to PostgreSQL.

The file is gzipped text, one JSON value a line: a head (`schema`, and what kind of value each column holds), then
`[table, [values …]]` for every row, parents before children, then an end with the number of rows, by which a file that
was cut off is noticed. Tables are taken as the database has them, not as this version knows them, so that a file of an
older schema can be read: it becomes a ledger of that schema, which is then upgraded.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.errors import BadArchive
from orchestrator.ledger import database, migrate
from orchestrator.ledger.ledger import Ledger
from orchestrator.ledger.migrate import Age

FORMAT: Final = 1
_BATCH: Final = 500  # rows
_VERSION_TABLE: Final = "alembic_version"

Progress = Callable[[int], object]
"""Told of the number of rows so far, now and then."""


def export(ledger: Ledger, target: Path, progress: Progress = lambda _: None) -> int:
    """Write every row to a file, as of one moment; others may go on writing meanwhile. Returns the number of rows.

    The file is there whole or not at all, and only its owner can read it: it holds strategies.

    Raises:
        LedgerUnavailable: The database does not answer.
        BadArchive: The ledger has no tables yet.
        OSError: The file cannot be written.
    """
    schema = migrate.revision(ledger.engine)
    if schema.found is None:
        raise BadArchive("There is nothing to export: the ledger has no tables yet.")
    rows = 0
    with _snapshot(ledger) as connection, _whole(target) as file:
        tables = _tables(connection)
        columns = {table.name: [[column.name, _kind(column)] for column in table.columns] for table in tables}
        head = {"qcjobs_ledger": FORMAT, "schema": schema.found, "exported_at": _now(), "columns": columns}
        _write(file, head)
        for table in tables:
            kinds = [kind for _, kind in columns[table.name]]
            order = list(table.primary_key.columns)
            for row in connection.execute(sa.select(table).order_by(*order).execution_options(yield_per=_BATCH)):
                _write(file, [table.name, [_encoded(value, kind) for value, kind in zip(row, kinds, strict=True)]])
                rows += 1
                if rows % _BATCH == 0:
                    progress(rows)
        _write(file, {"rows": rows})
    return rows


def restore(ledger: Ledger, source: Path, progress: Progress = lambda _: None) -> int:
    """Fill an empty ledger from a file, and bring it to the present schema. Returns the number of rows.

    All of it is one transaction: a file that turns out to be broken leaves the ledger without any row.

    Raises:
        BadArchive: The file is none of ours, is cut off or of a newer qcjobs, or there are jobs in the ledger already.
        LedgerUnavailable: The database does not answer.
        OSError: The file cannot be read.
    """
    lines = _lines(source)
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("qcjobs_ledger") != FORMAT:
        raise BadArchive(f"{source} is no export of a ledger that this qcjobs can read.")
    _make_empty(ledger, str(head["schema"]))
    with database.writing(ledger.engine) as connection:
        tables = {table.name: table for table in _tables(connection)}
        if connection.scalar(sa.select(sa.func.count()).select_from(tables["jobs"])):
            raise BadArchive("There are jobs in this ledger already: import into an empty one (QCJOBS_DATABASE_URL).")
        rows = _fill(connection, tables, head["columns"], lines, source, progress)
        _continue_numbering(connection, tables)
    ledger.prepare()
    return rows


def _make_empty(ledger: Ledger, schema: str) -> None:
    """Tables of the file's schema, where there are none yet."""
    known = migrate.known_revisions()
    if schema not in known:
        raise BadArchive(f"The export has schema {schema}, which this qcjobs does not know: update it.")
    if migrate.revision(ledger.engine).age is Age.EMPTY:
        migrate.upgrade(ledger.engine, schema)
    found = migrate.revision(ledger.engine)
    if found.found != schema:
        raise BadArchive(
            f"The ledger has schema {found.found}, the export {schema}: import into a database without tables."
        )


def _fill(
    connection: sa.Connection,
    tables: dict[str, sa.Table],
    columns: dict[str, list[list[str]]],
    lines: Iterator[Any],
    source: Path,
    progress: Progress,
) -> int:
    batch, name = list[dict[str, Any]](), ""
    for rows, line in enumerate(lines):
        if isinstance(line, dict):
            _insert(connection, tables, name, batch)
            if line.get("rows") != rows or next(lines, None) is not None:
                break
            return rows
        if line[0] != name or len(batch) >= _BATCH:
            _insert(connection, tables, name, batch)
            batch, name = [], line[0]
            progress(rows)
        batch.append(
            {column: _decoded(value, kind) for (column, kind), value in zip(columns[name], line[1], strict=True)}
        )
    raise BadArchive(f"{source} is cut off or damaged; nothing was imported.")


def _insert(connection: sa.Connection, tables: dict[str, sa.Table], name: str, batch: list[dict[str, Any]]) -> None:
    if batch:
        connection.execute(sa.insert(tables[name]), batch)


def _continue_numbering(connection: sa.Connection, tables: dict[str, sa.Table]) -> None:
    """PostgreSQL counts apart from the rows; without this the next row would get a number that is taken."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.values():
        for column in table.primary_key.columns:
            sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
            highest = connection.scalar(sa.select(sa.func.max(column))) if sequence else None
            if highest is not None:
                connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """As they are in the database, parents before children."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _VERSION_TABLE]


@contextmanager
def _snapshot(ledger: Ledger) -> Iterator[sa.Connection]:
    if ledger.engine.dialect.name == "postgresql":
        with database.reading(ledger.engine.execution_options(isolation_level="REPEATABLE READ")) as connection:
            yield connection
    else:
        with database.reading(ledger.engine) as connection:
            yield connection


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.DateTime):
        return "time"
    return "bytes" if isinstance(column.type, sa.LargeBinary) else "plain"


def _encoded(value: Any, kind: str) -> Any:
    if value is None or kind == "plain":
        return value
    if kind == "bytes":
        return base64.b64encode(value).decode()
    moment: datetime = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat()


def _decoded(value: Any, kind: str) -> Any:
    if value is None or kind == "plain":
        return value
    return base64.b64decode(value) if kind == "bytes" else datetime.fromisoformat(value)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(file: gzip.GzipFile, value: Any) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


@contextmanager
def _whole(target: Path) -> Iterator[gzip.GzipFile]:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
                yield file
            raw.flush()
            os.fsync(raw.fileno())
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _lines(source: Path) -> Iterator[Any]:
    try:
        with gzip.open(source, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise BadArchive(f"{source} is cut off or damaged, or no export; nothing was imported.") from error
