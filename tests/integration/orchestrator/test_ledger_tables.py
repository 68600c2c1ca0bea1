"""The tables: made by migrations, the same as the schema says, by however many processes at once."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from orchestrator.errors import LedgerUnavailable
from orchestrator.ledger import Ledger, migrate
from orchestrator.ledger.schema import attempts, jobs, metadata
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT, add_job

PREPARE = """
import sys
from orchestrator.ledger import Ledger
ledger = Ledger(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
ledger.prepare()
ledger.close()
"""


def test_the_migrations_make_exactly_what_the_schema_says(ledger: Ledger) -> None:
    """Queries are written against the schema; the ledger in use was made by the migrations."""
    with ledger.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_preparing_again_changes_nothing(ledger: Ledger) -> None:
    """Every process does it when it starts."""
    job = add_job(ledger)

    ledger.prepare()

    with ledger.reading() as tables:
        assert tables.jobs.get(job.id) == job


def test_many_threads_may_prepare_an_empty_ledger_at_once(database_url: str) -> None:
    """`qcjobs submit` in five terminals of a fresh machine."""

    def prepare() -> None:
        ledger = Ledger(database_url)
        try:
            ledger.prepare()
            add_job(ledger)
        finally:
            ledger.close()

    at_once(8, prepare)

    ledger = Ledger(database_url)
    with ledger.reading() as tables:
        assert len(tables.jobs.newest()) == 8
    ledger.close()


def test_many_processes_may_prepare_an_empty_ledger_at_once(database_url: str) -> None:
    """Worker, beat and command line start together."""
    command = [sys.executable, "-c", PREPARE, database_url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    told = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0] * 3, told


def test_a_ledger_of_a_newer_qcjobs_is_left_alone(database_url: str) -> None:
    """Its tables mean something that this version does not know."""
    ledger = Ledger(database_url)
    ledger.prepare()
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(LedgerUnavailable, match="Update qcjobs"):
        ledger.prepare()
    ledger.close()


def test_a_ledger_in_use_is_brought_up_to_date(database_url: str) -> None:
    """Its jobs, their steps and results stay; SQLite must rebuild no table that others refer to."""
    ledger = Ledger(database_url)
    migrate.upgrade(ledger.engine, "0003")
    job_id, now = "0123456789abcdef", ledger.clock()
    columns = {
        "id": job_id,
        "kind": "backtest",
        "account": ACCOUNT,
        "name": "old",
        "source": "old",
        "details": {},
        "project_key": "id:1",
        "language": "Py",
        "parameters": {},
        "priority": 0,
        "replace": False,
        "state": "running",
        "run": 1,
        "has_slot": True,
        "cancel_requested": False,
        "recoveries": 0,
        "failures": 0,
        "compile_retries": 0,
        "requests": 3,
        "backtest_id": "b-1",
        "lease_until": now,
        "created_at": now,
    }
    attempt = {"job_id": job_id, "run": 1, "step": "upload", "started_at": now, "seconds": 1.0, "requests": 3}
    with ledger.writing() as tables:
        for table, values in ((jobs, columns), (attempts, {**attempt, "outcome": "advance"})):
            named = ", ".join(values)
            bound = sa.text(f"INSERT INTO {table.name} ({named}) VALUES ({', '.join(f':{name}' for name in values)})")
            typed = [sa.bindparam(name, type_=table.c[name].type) for name in values]
            tables._connection.execute(bound.bindparams(*typed), values)

    ledger.prepare()

    with ledger.reading() as tables:
        job = tables.jobs.get(job_id)
        (kept,) = tables.jobs.attempts_of(job_id)
    assert (job.name, job.paused, job.sweep_id, job.look_at) == ("old", False, None, now)
    assert (kept["requests"], kept["asked"]) == (3, None)
    ledger.close()
