"""What a power cut may undo, and what it may not. That the disk keeps what it was told to keep is taken for granted."""

import pytest
import sqlalchemy as sa

from orchestrator import outbox
from orchestrator.ledger import Ledger, database
from orchestrator.states import JobState
from orchestrator.submission import accept_within
from tests.support.cloud import backtest, completed
from tests.support.workbench import TOKEN, Workbench, submission

WAITS_FOR_THE_DISK = {"sqlite": ("PRAGMA synchronous", "2"), "postgresql": ("SHOW synchronous_commit", "on")}


def waits_for_the_disk(connection: sa.Connection) -> bool:
    """Whether the transaction's commit does."""
    question, yes = WAITS_FOR_THE_DISK[connection.dialect.name]
    return str(connection.exec_driver_sql(question).scalar_one()) == yes


def test_a_transaction_waits_for_the_disk_unless_it_may_be_undone(ledger: Ledger) -> None:
    """One connection does both in turn."""
    for durable in (True, False, False, True, True):
        with database.writing(ledger.engine, durable=durable) as connection:
            assert waits_for_the_disk(connection) is durable
    with database.writing(ledger.engine) as connection:
        assert waits_for_the_disk(connection)


def test_what_is_accepted_and_what_is_asked_for_once_is_on_the_disk(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job, the intent before its request, the backtest, the result. Its deliveries would only be made once more."""
    monkeypatch.setenv("QC_USER_ID", "7")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    commits: list[bool] = []

    @sa.event.listens_for(bench.ledger.engine, "commit")
    def note(connection: sa.Connection) -> None:
        commits.append(waits_for_the_disk(connection))

    with bench.ledger.writing() as tables:
        accept_within(tables, bench.runtime.settings, submission())
    assert commits == [True]
    job = bench.compiled()

    at_the_request: list[bool] = []

    def made(_body: object) -> dict[str, object]:
        at_the_request.append(commits[-1])
        return {"backtest": backtest("b-1", status="In Queue...")}

    bench.cloud.answers("backtests/create", made)
    commits.clear()
    bench.perform("create", job)
    assert at_the_request == [True]
    assert commits[-2:] == [True, False]  # the backtest is the job's; the step is over

    bench.change(job, look_at=bench.clock())
    bench.cloud.answers("backtests/read", {"backtest": completed("b-1")})
    bench.perform("poll_results", job)
    assert bench.job(job).state is JobState.COMPLETED
    assert commits[-1]

    commits.clear()
    for event_id, handler in outbox.announce(bench.ledger):
        outbox.deliver(bench.ledger, event_id, handler)
    assert commits
    assert not any(commits)
