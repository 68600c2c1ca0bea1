"""The queue on both databases: in its order, and at a cost that does not grow with its length."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from orchestrator.dispatcher import dispatch
from orchestrator.kinds import JobKind
from orchestrator.ledger import Ledger
from tests.support.workbench import ACCOUNT, FINGERPRINT, Workbench, add_job, add_sweep, submission

MANY = 3000


def test_every_sweep_that_has_not_ended_is_a_group(ledger: Ledger) -> None:
    """And the jobs without one, though there may be none."""
    sweeps = [add_sweep(ledger, name, 3) for name in "abc"]
    with ledger.writing() as tables:
        tables.sweeps.cancel(sweeps[1].id)
        assert tables.sweeps.note_end(sweeps[1].id)

        assert set(tables.queue.groups(ACCOUNT)) == {None, sweeps[0].id, sweeps[2].id}
        assert tables.queue.groups("somebody else") == [None]


def test_the_jobs_of_a_sweep_come_in_the_order_of_its_plan(ledger: Ledger) -> None:
    """All were accepted in the same moment."""
    sweep = add_sweep(ledger, "a", 12)

    with ledger.reading() as tables:
        first = tables.queue.first_of(ACCOUNT, sweep.id, 5)

    assert [job.position for job in first] == [0, 1, 2, 3, 4]


def test_deployments_stop_behind_no_backtest(ledger: Ledger) -> None:
    """They need no node of those."""
    add_sweep(ledger, "a", 50)
    with ledger.writing() as tables:
        tables.jobs.add(ACCOUNT, replace(submission("live"), kind=JobKind.DEPLOY))

        assert [job.name for job in tables.queue.deployments(ACCOUNT, 10)] == ["live"]
        assert [job.name for job in tables.queue.first_of(ACCOUNT, None, 10)] == []


@pytest.mark.parametrize("query", ["first", "cancel"])
def test_a_decision_walks_an_index_and_sorts_nothing(ledger: Ledger, query: str) -> None:
    """Ten thousand jobs in the queue must cost what ten do: the dispatcher decides every second."""
    sweep = add_sweep(ledger, "a", MANY)
    statements: list[tuple[str, object]] = []

    def remember(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        statements.append((statement, parameters))

    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    sa.event.listen(ledger.engine, "before_cursor_execute", remember)
    with ledger.reading() as tables:
        match query:
            case "first":
                assert len(tables.queue.first_of(ACCOUNT, sweep.id, 10)) == 10
            case "cancel":
                assert tables.queue.to_cancel(ACCOUNT, 10) == []
    sa.event.remove(ledger.engine, "before_cursor_execute", remember)
    (asked,) = [one for one in statements if one[0].startswith("SELECT")]

    plan = explained(ledger, *asked)

    assert "ix_jobs_queue" in plan
    for slow in (
        "Seq Scan on jobs",
        "SCAN jobs",
        "HashAggregate",
        *(() if query == "cancel" else ("TEMP B-TREE", "Sort")),
    ):
        assert slow not in plan, plan


def explained(ledger: Ledger, statement: str, parameters: object) -> str:
    """How the database answers."""
    how = "EXPLAIN QUERY PLAN" if ledger.engine.dialect.name == "sqlite" else "EXPLAIN"
    with ledger.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters).all()  # type: ignore[arg-type]
    return "\n".join(str(row[-1]) for row in rows)


def test_ten_thousand_jobs_are_accepted_in_one_go(ledger: Ledger) -> None:
    """All of them or none, and the same transaction says so."""
    sweep = add_sweep(ledger, "a", MANY)

    with ledger.reading() as tables:
        assert tables.queue.length(ACCOUNT) == MANY
        assert len({job.bundle for job in tables.sweeps.jobs_of(sweep.id, limit=20)}) == 1


def test_a_paused_sweep_of_thousands_hides_nobody(bench: Workbench) -> None:
    """What waits behind it is found at once."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    sweep = add_sweep(bench.ledger, "a", MANY)
    bench.write(lambda tables: tables.sweeps.set_paused(sweep.id, paused=True))
    bench.clock.advance(seconds=1)
    later = add_job(bench.ledger, "later")

    assert [start.job_id for start in dispatch(bench.runtime)] == [later.id]
