"""What a step came to is written at once: state, event and leases, or nothing."""

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.errors import StaleRun
from orchestrator.jobs import Job, Result
from orchestrator.leases import HOLD
from orchestrator.outcomes import Advance, Cancel, Complete, Fail, Outcome, Requeue, Wait
from orchestrator.settlement import settle
from orchestrator.states import JobState
from orchestrator.workflow.project import project_lease
from tests.support.workbench import NOON, Workbench

AT_ONCE = timedelta(0)
MINUTE = timedelta(minutes=1)


def result_of(job: Job) -> Result:
    """A result of that job."""
    return Result(
        job_id=job.id,
        statistics={"Sharpe Ratio": "1.25"},
        runtime_statistics={},
        numbers={"sharpe_ratio": 1.25},
        total_performance=None,
        complete=True,
        lean_version="2.5",
        synthetic=False,
        recorded_at=NOON,
    )


def holds_project(bench: Workbench, job: Job) -> bool:
    """Whether the job's project is closed to others."""
    with bench.ledger.writing() as tables:
        return not tables.projects.lease(project_lease(job), "somebody else", AT_ONCE)


@pytest.fixture
def job(bench: Workbench) -> Job:
    """A running job that holds its project and has failed before."""
    job = bench.running()
    bench.write(lambda tables: tables.projects.lease(project_lease(job), job.id, MINUTE))
    bench.change(job, failures=3, failing_since=NOON, recoveries=2)
    return bench.job(job)


@pytest.mark.parametrize(("outcome", "ahead"), [(Advance(), HOLD), (Wait(MINUTE, "a build"), MINUTE + HOLD)])
def test_a_job_under_way_is_looked_after_until_shortly_after_its_next_look(
    bench: Workbench, job: Job, outcome: Outcome, ahead: timedelta
) -> None:
    """Then somebody else may begin anew, and not before."""
    settle(bench.runtime, job, outcome)

    assert bench.job(job).lease_until == NOON + ahead
    assert holds_project(bench, job)


@pytest.mark.parametrize("outcome", [Advance(), Wait(MINUTE, "a build"), Requeue(AT_ONCE, "a node")])
def test_a_step_that_went_well_ends_the_series_of_failures(bench: Workbench, job: Job, outcome: Outcome) -> None:
    """Patience is for one outage, not for a life."""
    settle(bench.runtime, job, outcome)

    after = bench.job(job)
    assert (after.failures, after.failing_since, after.recoveries) == (0, None, 0)


def test_what_a_job_waits_for_is_told_in_plain_words(bench: Workbench, job: Job) -> None:
    """`qcjobs jobs` shows it."""
    settle(bench.runtime, job, Wait(MINUTE, "the compile"))
    assert bench.job(job).waiting_for == "the compile"
    settle(bench.runtime, job, Advance())
    assert bench.job(job).waiting_for is None


def test_a_job_that_goes_back_to_the_queue_gives_everything_back(bench: Workbench, job: Job) -> None:
    """Node, lease and project: it may wait for hours."""
    settle(bench.runtime, job, Requeue(MINUTE, "a free node"))

    after = bench.job(job)
    assert (after.state, after.has_slot, after.lease_until) == (JobState.QUEUED, False, None)
    assert after.not_before == NOON + MINUTE
    assert not holds_project(bench, job)


@pytest.mark.parametrize(
    ("outcome", "event"),
    [(Fail("refused", "no", "the log"), "BacktestFailed"), (Cancel(), "BacktestCancelled")],
)
def test_an_end_is_announced_and_gives_everything_back(
    bench: Workbench, job: Job, outcome: Outcome, event: str
) -> None:
    """State and event are one transaction: none without the other."""
    settle(bench.runtime, job, outcome)

    after = bench.job(job)
    assert after.state.is_terminal
    assert (after.ended_at, after.has_slot, after.lease_until) == (NOON, False, None)
    assert bench.events(job) == [event]
    assert not holds_project(bench, job)


def test_a_failure_keeps_its_kind_its_line_and_its_detail(bench: Workbench, job: Job) -> None:
    """The kind for programs, the line for people, the detail for whoever mends it."""
    settle(bench.runtime, job, Fail("build_error", "main.py line 4", "the whole log"))

    after = bench.job(job)
    assert (after.error_kind, after.error, after.error_detail) == ("build_error", "main.py line 4", "the whole log")


def test_a_completed_job_has_its_result_and_tells_it(bench: Workbench, job: Job) -> None:
    """Whoever hears of the end needs no second question."""
    settle(bench.runtime, job, Complete(result_of(job)))

    with bench.ledger.reading() as tables:
        assert tables.jobs.result(job.id) == result_of(job)
        (event,) = tables.outbox.events_of(job.id)
    assert event.type == "BacktestCompleted"
    assert event.data["numbers"] == {"sharpe_ratio": 1.25}
    assert bench.job(job).progress == 1.0


@pytest.mark.parametrize("outcome", [Advance(), Wait(MINUTE, "x"), Requeue(AT_ONCE, "x"), Fail("x", "x"), Cancel()])
def test_a_stale_run_writes_nothing_at_all(bench: Workbench, job: Job, outcome: Outcome) -> None:
    """Neither state nor event nor the leases, which the newer run holds under the same name."""
    bench.clock.advance(seconds=9)
    bench.write(lambda tables: tables.jobs.recover(job, bench.clock()))
    before = bench.job(job)

    with pytest.raises(StaleRun):
        settle(bench.runtime, job, outcome)

    assert bench.job(job) == before
    assert bench.events(job) == []
    assert holds_project(bench, job)


def test_a_stale_completion_leaves_no_result(bench: Workbench, job: Job) -> None:
    """It may belong to code that the newer run has replaced."""
    bench.clock.advance(seconds=9)
    bench.write(lambda tables: tables.jobs.recover(job, bench.clock()))

    with pytest.raises(StaleRun):
        settle(bench.runtime, job, Complete(result_of(job)))

    with bench.ledger.reading() as tables:
        assert tables.jobs.result(job.id) is None


@pytest.mark.parametrize("late", [{"progress": 0.5}, {"state": JobState.RUNNING}])
def test_an_ended_job_stays_as_it_is(bench: Workbench, job: Job, late: dict[str, Any]) -> None:
    """A message that comes twice must not wake the dead."""
    settle(bench.runtime, job, Cancel())

    with pytest.raises(StaleRun):
        bench.change(job, **late)
