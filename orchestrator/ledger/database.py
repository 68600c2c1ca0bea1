"""The door to the ledger's database: SQLite by default, PostgreSQL by URL.

SQLite is used as it wants to be used by several processes: write-ahead log, a busy time-out, and writing transactions
that take the lock when they begin (`BEGIN IMMEDIATE`), so that none fails half-way because another wrote first. The
threads of one process wait for each other (`_turn`); processes ask SQLite, again and again (`_begin_writing`).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from orchestrator.errors import BadSettings, LedgerUnavailable

SQLITE_BUSY_SECONDS: Final = 30
SQLITE_ROUND_MILLISECONDS: Final = 5  # so long SQLite asks for its lock after 1 or 2 each; then the intervals grow
SQLITE_LOG_PAGES: Final = 10_000  # of 4 kB: a page that is written often comes into the file once per so many
POSTGRES_CONNECT_SECONDS: Final = 10
_READING: Final = "qcjobs_reading"
_DURABLE: Final = "qcjobs_durable"
_SYNCHRONOUS: Final = "qcjobs_synchronous"
_TURNS: Final[WeakKeyDictionary[sa.Engine, threading.Lock]] = WeakKeyDictionary()

EXAMPLES: Final = "Examples: sqlite:////path/ledger.db, postgresql://host/name."


def create_engine(url: str) -> sa.Engine:
    """An engine for `url`; nothing is opened yet.

    Raises:
        BadSettings: The URL is no database URL, or its driver is not installed.
        LedgerUnavailable: The folder of the database file cannot be made.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.drivername == "postgresql":  # psycopg 3 is the driver that the `postgres` extra brings
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.get_backend_name() != "postgresql":
            kind = parsed.get_backend_name()
            raise BadSettings(f"The ledger is SQLite or PostgreSQL, not {kind}. {EXAMPLES}")
        arguments = {}
        if parsed.drivername == "postgresql+psycopg" and "connect_timeout" not in parsed.query:
            arguments["connect_timeout"] = POSTGRES_CONNECT_SECONDS
        return sa.create_engine(
            parsed, connect_args=arguments, pool_pre_ping=True, pool_size=10, max_overflow=30, hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise BadSettings(f"The ledger's database needs {error.name!r}: pip install 'qcjobs[postgres]'.") from error
    except SQLAlchemyError as error:
        raise BadSettings(f"The ledger's URL is wrong. {EXAMPLES}") from error


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerUnavailable(f"The ledger's folder {folder} cannot be made: {error.strerror}.") from error
    # As many connections stay open as a worker has threads: opening one costs more than what it is opened for.
    engine = sa.create_engine(
        url, connect_args={"timeout": SQLITE_BUSY_SECONDS}, pool_size=20, max_overflow=20, hide_parameters=True
    )

    _TURNS[engine] = threading.Lock()

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver shall not begin transactions on its own
        cursor = connection.cursor()
        _use_write_ahead_log(cursor)
        cursor.execute(f"PRAGMA wal_autocheckpoint={SQLITE_LOG_PAGES}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(_READING):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)

    return engine


def _begin_writing(connection: sa.Connection) -> None:
    """Where another process writes, SQLite would come to ask once in 100 ms. A write takes a few: whoever asks so
    seldom finds somebody writing each time, and in between the file lies idle. So its asking begins anew each time.
    """
    _synchronize(connection)
    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_ROUND_MILLISECONDS}")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise
            else:
                return
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")


def _synchronize(connection: sa.Connection) -> None:
    """Whether the commit waits for the disk. A connection keeps this over its transactions."""
    wanted = "FULL" if connection.get_execution_options().get(_DURABLE, True) else "NORMAL"
    if connection.info.get(_SYNCHRONOUS) != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info[_SYNCHRONOUS] = wanted


def _use_write_ahead_log(cursor: Any) -> None:
    """Processes that open a new file at the same moment get in each other's way here, and SQLite's own busy time-out
    does not cover the change of mode.
    """
    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def writing(engine: sa.Engine, *, durable: bool = True) -> Iterator[sa.Connection]:
    """A transaction that is committed at the end, or leaves no trace.

    Args:
        engine: Of the database.
        durable: It survives a power cut, and so waits for the disk. Otherwise a power cut may undo it, unless something
            durable was written after it; a process that is killed undoes nothing.
    """
    with (
        _explained(engine),
        _turn(engine),
        engine.connect().execution_options(**{_DURABLE: durable}) as connection,
        connection.begin(),
    ):
        if not durable and engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
        yield connection


@contextmanager
def _turn(engine: sa.Engine) -> Iterator[None]:
    """SQLite lets one write at a time, and whoever waits asks it again in ever longer intervals: with many threads the
    file lies idle much of the time. So the threads of this process line up here.
    """
    turn = _TURNS.get(engine)
    if turn is None:
        yield
        return
    patient = turn.acquire(timeout=SQLITE_BUSY_SECONDS)  # otherwise SQLite says what is wrong
    try:
        yield
    finally:
        if patient:
            turn.release()


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A consistent view that takes no write lock."""
    with _explained(engine), engine.connect().execution_options(**{_READING: True}) as connection:
        yield connection


@contextmanager
def alone(engine: sa.Engine) -> Iterator[Callable[[str], object]]:
    """Run statements that allow no transaction around them."""
    with _explained(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            yield connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql
        else:  # the driver begins no transaction of its own
            cursor = connection.connection.cursor()
            yield cursor.execute
            cursor.close()


@contextmanager
def _explained(engine: sa.Engine) -> Iterator[None]:
    """Say what is wrong with the database in one line that carries no SQL, no values and no password."""
    try:
        yield
    except PoolExhausted as error:
        raise LedgerUnavailable("The ledger does not work: all of this process's connections are in use.") from error
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        advice = "Free some space; nothing was half-written." if _is_full(reason) else "Nothing was half-written."
        if "no such table" in reason or "UndefinedTable" in type(error.orig).__name__:
            advice = "Its tables are missing: start the services with `qcjobs up`, which creates them."
        raise LedgerUnavailable(f"The ledger ({where}) does not work: {reason}. {advice}") from error


def _is_full(reason: str) -> bool:
    """SQLite's and PostgreSQL's words for a full disk."""
    return "disk is full" in reason or "No space left" in reason
