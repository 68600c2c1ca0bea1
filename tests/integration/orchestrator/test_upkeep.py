"""What goes from a ledger, and what must stay."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator.jobs import Job
from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import audit, deliveries, events, metadata
from orchestrator.ledger.upkeep import BATCH, Pruned, prune, size, vacuum
from orchestrator.outcomes import Fail
from orchestrator.settlement import settle
from tests.support.workbench import ACCOUNT, Workbench, add_job

MONTH = timedelta(days=30)


def ended(bench: Workbench, name: str, **more: Any) -> Job:
    """A job that failed now, with an attempt, an event and a delivery."""
    job = bench.running(name, **more)
    with bench.ledger.writing() as tables:
        tables.jobs.keep_attempt(job, "upload", bench.clock(), {"files/read": 1}, "fail", "it broke")
    settle(bench.runtime, job, Fail("invalid", "it broke"))
    with bench.ledger.writing() as tables:
        for event in tables.outbox.unannounced():
            tables.outbox.announce(event.id, ["log"])
    return job


def rows(ledger: Ledger) -> dict[str, int]:
    """By table; only those that have any."""
    with ledger.engine.connect() as connection:
        counts = {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


def names(ledger: Ledger) -> set[str]:
    with ledger.reading() as tables:
        return {job.name for job in tables.jobs.newest()}


def test_what_ended_long_ago_goes_with_everything_that_belongs_to_it(bench: Workbench) -> None:
    """Nothing of it is left behind to grow for ever."""
    ended(bench, "old", files={"main.py": "old"})
    bench.clock.advance(hours=24 * 31)

    assert prune(bench.ledger, MONTH) == Pruned(jobs=1, bundles=1)

    assert rows(bench.ledger) == {}


def test_what_ended_lately_or_has_not_ended_stays(bench: Workbench) -> None:
    """However old it is."""
    ended(bench, "old")
    bench.running("old but running")
    add_job(bench.ledger, "old but queued")
    bench.clock.advance(hours=24 * 31)
    ended(bench, "young")

    assert prune(bench.ledger, MONTH).jobs == 1

    assert names(bench.ledger) == {"old but running", "old but queued", "young"}
    with bench.ledger.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(events)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(deliveries)) == 1


def test_a_bundle_stays_while_a_job_or_a_project_needs_it(bench: Workbench) -> None:
    """What a project holds is what may be replaced in it without asking."""
    ended(bench, "old", files={"main.py": "shared"})
    ended(bench, "pushed", files={"main.py": "pushed"})
    job = bench.job(add_job(bench.ledger, "still needed", files={"main.py": "shared"}))
    with bench.ledger.writing() as tables:
        pushed = tables.jobs.keep_bundle({"main.py": "pushed"})
        tables.projects.note_push(ACCOUNT, 1001, pushed)
    bench.clock.advance(hours=24 * 31)

    assert prune(bench.ledger, MONTH) == Pruned(jobs=2, bundles=0)

    with bench.ledger.reading() as tables:
        assert tables.jobs.files_of(job.bundle or "") == {"main.py": "shared"}
        assert tables.jobs.files_of(pushed) == {"main.py": "pushed"}


def test_what_was_asked_of_live_algorithms_stays(bench: Workbench) -> None:
    """Years later somebody may ask who sold it."""
    job = ended(bench, "liquidate")
    with bench.ledger.engine.begin() as connection:
        row = {"at": bench.clock(), "account": ACCOUNT, "action": "liquidate", "phase": "failed", "job_id": job.id}
        connection.execute(sa.insert(audit).values(**row, who="somebody", host="here", what="sell all"))
    bench.clock.advance(hours=24 * 1000)

    assert prune(bench.ledger, MONTH).jobs == 0

    assert names(bench.ledger) == {"liquidate"}


def test_counting_deletes_nothing(bench: Workbench) -> None:
    """First look, then leap."""
    ended(bench, "old")
    bench.clock.advance(hours=24 * 31)

    assert prune(bench.ledger, MONTH, only_count=True) == Pruned(jobs=1, bundles=0)

    assert names(bench.ledger) == {"old"}


def test_one_account_keeps_what_another_one_lets_go(bench: Workbench) -> None:
    """They may share a ledger; how long something is kept is each one's own setting."""
    ended(bench, "old")
    bench.clock.advance(hours=24 * 31)

    assert prune(bench.ledger, MONTH, "8@elsewhere").jobs == 0
    assert prune(bench.ledger, MONTH, ACCOUNT).jobs == 1


def test_many_go_in_several_transactions(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that wants to write waits for one of them, not for all."""
    monkeypatch.setattr("orchestrator.ledger.upkeep.BATCH", 3)
    for number in range(7):
        ended(bench, f"old {number}")
    bench.clock.advance(hours=24 * 31)

    assert prune(bench.ledger, MONTH).jobs == 7
    assert BATCH >= 100


def test_vacuum_gives_room_back_and_harms_nothing(bench: Workbench) -> None:
    """SQLite's file shrinks; PostgreSQL keeps pages for later, and tells when it was done."""
    for number in range(20):
        ended(bench, f"old {number}", files={"main.py": f"# {number}\n" + secrets.token_hex(20_000)})
    kept = add_job(bench.ledger, "kept")
    before = size(bench.ledger)
    bench.clock.advance(hours=24 * 31)
    prune(bench.ledger, MONTH)

    vacuum(bench.ledger)

    if bench.ledger.is_shared:
        with bench.ledger.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'jobs'"))
    else:
        assert 0 < size(bench.ledger) < before - 200_000
    with bench.ledger.reading() as tables:
        assert tables.jobs.get(kept.id).name == "kept"
