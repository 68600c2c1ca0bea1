"""When the database is in trouble: one line that says what to do, no values, no password, nothing half-written."""

import secrets
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.errors import BadSettings, LedgerUnavailable
from orchestrator.ledger import Ledger, database
from tests.support.at_once import at_once
from tests.support.eventually import eventually
from tests.support.workbench import ACCOUNT, HandMovedClock, add_job

SECRET = "parameter-that-nobody-else-may-read"
PASSWORD = "database-password-4711"


def told(error: BaseException) -> str:
    """The message; its traceback, which ends up in logs, carries no value either."""
    assert SECRET not in "".join(traceback.format_exception(error))
    message = str(error)
    assert "\n" not in message
    for word in ("SELECT", "INSERT", "UPDATE", PASSWORD):
        assert word not in message
    return message


def test_missing_tables_are_told_how_they_are_made(database_url: str) -> None:
    """Somebody named an empty database."""
    ledger = Ledger(database_url)

    with pytest.raises(LedgerUnavailable) as caught, ledger.writing() as tables:
        tables.accounts.refuse(ACCOUNT, "f1n9e2", SECRET)

    assert "Its tables are missing" in told(caught.value)
    ledger.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path, clock: HandMovedClock) -> None:
    """A job that was not accepted must not be there; one that was accepted must."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    accepted = add_job(ledger)
    with ledger.engine.connect() as connection:
        pages = connection.execute(sa.text("PRAGMA page_count")).scalar_one()
    ledger.close()

    @sa.event.listens_for(ledger.engine, "connect")
    def fill_the_disk(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(LedgerUnavailable) as caught:
        _fill(ledger)

    assert "Free some space" in told(caught.value)
    with ledger.reading() as tables:
        jobs = tables.jobs.newest(limit=1000)
        assert accepted in jobs
        assert all(tables.jobs.files_of(job.bundle or "") for job in jobs)
    ledger.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """A wrong path, most likely."""
    (tmp_path / "notes.db").write_text("this is a list of things to buy, and no database at all\n" * 100)
    ledger = Ledger(f"sqlite:///{tmp_path / 'notes.db'}")

    with pytest.raises(LedgerUnavailable, match="not a database") as caught:
        ledger.prepare()
    assert "notes.db" in told(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file is in the way."""
    (tmp_path / "file").write_text("x")

    with pytest.raises(LedgerUnavailable, match="cannot be made"):
        Ledger(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


def test_an_unreachable_server_is_told_without_the_password() -> None:
    """Port 9 of this machine answers nobody."""
    ledger = Ledger(f"postgresql://user:{PASSWORD}@127.0.0.1:9/jobs")

    with pytest.raises(LedgerUnavailable) as caught:
        ledger.prepare()

    message = told(caught.value)
    assert "127.0.0.1" in message
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in ledger.url


def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    """The server answers, the name is wrong."""
    url = sa.make_url(postgres_url).set(database="gone").render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match="gone"):
        Ledger(url).prepare()


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite:/relative", "nosuchdatabase://host/name"])
def test_a_wrong_url_is_a_wrong_setting(url: str) -> None:
    """Told with examples of right ones."""
    with pytest.raises(BadSettings, match="Examples"):
        Ledger(url)


def test_a_ledger_whose_connections_are_all_in_use_is_unavailable(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same error as every other trouble: whoever bears one bears all."""
    monkeypatch.setattr(ledger.engine.pool, "_timeout", 0.05)
    with pytest.raises(LedgerUnavailable, match="in use"), _all_connections(ledger):
        add_job(ledger)


def _fill(ledger: Ledger) -> None:
    for _ in range(500):
        add_job(ledger, files={"main.py": secrets.token_hex(5000)}, parameters={"x": SECRET})


def _all_connections(ledger: Ledger) -> ExitStack:
    stack = ExitStack()
    for _ in range(40):
        stack.enter_context(ledger.engine.connect())
    return stack


def test_sixteen_threads_write_at_once(ledger: Ledger) -> None:
    """SQLite has one writer at a time; the others wait their turn instead of failing."""

    def write() -> None:
        for _ in range(10):
            with ledger.reading() as tables:
                tables.jobs.counts()
            add_job(ledger)

    at_once(16, write)

    with ledger.reading() as tables:
        assert len(tables.jobs.newest(limit=1000)) == 160


def test_threads_ask_sqlite_for_its_lock_one_after_the_other(tmp_path: Path, clock: HandMovedClock) -> None:
    """Whoever asks it while another writes, sleeps, and may sleep long after the other is done."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    asked = _asked_for_the_lock(ledger)
    second = threading.Thread(target=add_job, args=(ledger,))

    def fail_meanwhile() -> None:
        with ledger.writing():
            second.start()
            second.join(timeout=0.5)
            assert len(asked) == 1
            raise ZeroDivisionError  # a write that fails gives its turn back, too

    with pytest.raises(ZeroDivisionError):
        fail_meanwhile()
    second.join(timeout=30)
    assert len(asked) == 2
    ledger.close()


def test_a_writer_asks_again_and_again_while_another_process_writes(tmp_path: Path, clock: HandMovedClock) -> None:
    """SQLite alone would ask ever more seldom. What else waits for it is as patient as before."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    asked = _asked_for_the_lock(ledger)
    writer = threading.Thread(target=add_job, args=(ledger,))

    with _another_process_writes(tmp_path / "ledger.db"):
        writer.start()
        eventually(lambda: len(asked) > 3, within=30, what="asking more than three times")
        with ledger.reading() as tables:
            assert not tables.jobs.newest()
    writer.join(timeout=30)

    with ledger.reading() as tables:
        assert len(tables.jobs.newest()) == 1
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30_000
    ledger.close()


def test_a_ledger_that_another_process_never_leaves_is_unavailable(
    tmp_path: Path, clock: HandMovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that somebody has open on it, perhaps."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    monkeypatch.setattr(database, "SQLITE_BUSY_SECONDS", 0)

    with _another_process_writes(tmp_path / "ledger.db"), pytest.raises(LedgerUnavailable, match="locked") as caught:
        add_job(ledger, parameters={"x": SECRET})

    told(caught.value)
    add_job(ledger)  # it is free again
    ledger.close()


def _asked_for_the_lock(ledger: Ledger) -> list[str]:
    """Grows with each time that SQLite is asked."""
    asked: list[str] = []

    @sa.event.listens_for(ledger.engine, "before_cursor_execute")
    def note(_connection: sa.Connection, _cursor: object, statement: str, *_more: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            asked.append(statement)

    return asked


@contextmanager
def _another_process_writes(file: Path) -> Iterator[None]:
    """Another connection does, which is the same to SQLite."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
