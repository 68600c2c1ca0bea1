"""Every job that nobody looks after gets a new run, and no other job does."""

import pytest

from orchestrator.dispatcher import Start
from orchestrator.leases import HOLD, LeaseKeeper
from orchestrator.outcomes import Stale
from orchestrator.reconciler import MOST_RECOVERIES, reconcile
from orchestrator.states import JobState
from orchestrator.workflow import perform
from tests.support.cloud import unreachable
from tests.support.workbench import Workbench, add_job

PAST_THE_LEASE = HOLD.total_seconds() + 1


def test_an_abandoned_job_gets_a_new_run(bench: Workbench) -> None:
    """Whatever happened to the old one: a worker killed, a message lost."""
    job = bench.running()
    bench.clock.advance(seconds=PAST_THE_LEASE)

    assert reconcile(bench.runtime) == [Start(job.id, 2, job.kind)]
    assert bench.events(job) == ["BacktestRecovered"]


def test_the_old_run_is_silent_from_then_on(bench: Workbench) -> None:
    """It may only have been slow."""
    job = bench.created()
    bench.clock.advance(seconds=PAST_THE_LEASE)
    reconcile(bench.runtime)

    assert isinstance(perform(bench.runtime, "poll_results", job.id, job.run), Stale)
    assert bench.cloud.asked == []


def test_a_job_that_is_looked_after_is_left_alone(bench: Workbench) -> None:
    """A second chain would do everything twice."""
    bench.running()
    bench.clock.advance(seconds=HOLD.total_seconds())

    assert reconcile(bench.runtime) == []


def test_a_run_whose_message_waits_in_line_is_looked_after(bench: Workbench) -> None:
    """The workers are slow, and it is no fault of the job's; a new run would stand further behind."""
    patient, lost = bench.running("patient"), bench.running("lost")
    for _ in range(3 * MOST_RECOVERIES):
        bench.clock.advance(seconds=PAST_THE_LEASE)
        started = reconcile(bench.runtime, lambda: {(patient.id, patient.run)})
        assert [start.job_id for start in started] in ([lost.id], [])

    assert (bench.job(patient).run, bench.job(patient).state) == (patient.run, JobState.RUNNING)
    assert bench.events(patient) == []


def test_an_older_run_in_line_does_not_count(bench: Workbench) -> None:
    """Its message is worth nothing any more."""
    job = bench.running()
    bench.clock.advance(seconds=PAST_THE_LEASE)

    assert reconcile(bench.runtime, lambda: {(job.id, job.run - 1)}) == [Start(job.id, job.run + 1, job.kind)]


def test_a_job_to_be_cancelled_does_not_wait_in_line(bench: Workbench) -> None:
    """Whoever cancels wants it to be seen to at once."""
    job = bench.running()
    bench.write(lambda tables: tables.jobs.request_cancel(job))
    bench.clock.advance(seconds=1)

    assert len(reconcile(bench.runtime, lambda: {(job.id, job.run)})) == 1


def test_nobody_asks_redis_who_waits_while_everybody_is_looked_after(bench: Workbench) -> None:
    """A tick every two seconds must cost next to nothing."""
    bench.running()

    def never() -> set[tuple[str, int]]:
        raise AssertionError

    assert reconcile(bench.runtime, never) == []


def test_what_a_worker_has_taken_and_not_begun_is_in_its_hands(bench: Workbench) -> None:
    """Its threads are busy; it lives."""
    job = bench.running()
    keeper = LeaseKeeper(bench.ledger)
    keeper.start(also=lambda: {(job.id, job.run)})
    bench.clock.advance(seconds=PAST_THE_LEASE)

    keeper.renew()
    keeper.stop()

    assert reconcile(bench.runtime) == []


def test_a_queued_job_needs_nobody(bench: Workbench) -> None:
    """Waiting in the queue is the dispatcher's business."""
    add_job(bench.ledger)
    bench.clock.advance(hours=5)

    assert reconcile(bench.runtime) == []


def test_a_recovered_job_is_not_recovered_again_at_once(bench: Workbench) -> None:
    """Its new run has a lease of its own."""
    bench.running()
    bench.clock.advance(seconds=PAST_THE_LEASE)
    reconcile(bench.runtime)

    assert reconcile(bench.runtime) == []


def test_a_recovered_job_keeps_its_node_and_what_it_knows(bench: Workbench) -> None:
    """The backtest may be running: its node is in use."""
    job = bench.created("b-1")
    bench.clock.advance(seconds=PAST_THE_LEASE)
    reconcile(bench.runtime)

    after = bench.job(job)
    assert after.has_slot
    assert after.backtest_id == "b-1"


def test_a_job_that_kills_every_worker_is_given_up(bench: Workbench) -> None:
    """Everything ends; the failure says where to look."""
    job = bench.running()
    for _ in range(MOST_RECOVERIES):
        bench.clock.advance(seconds=PAST_THE_LEASE)
        assert len(reconcile(bench.runtime)) == 1
    bench.clock.advance(seconds=PAST_THE_LEASE)

    assert reconcile(bench.runtime) == []

    after = bench.job(job)
    assert (after.state, after.error_kind) == (JobState.FAILED, "lost")
    assert bench.events(job)[-1] == "BacktestFailed"


def test_a_step_in_between_that_went_well_begins_the_count_anew(bench: Workbench) -> None:
    """Ten restarts of a worker in a week are no reason to give a job up."""
    job = bench.created()
    bench.cloud.answers("backtests/read", unreachable())
    for _ in range(MOST_RECOVERIES + 2):
        bench.clock.advance(seconds=PAST_THE_LEASE + 60)
        reconcile(bench.runtime)
        bench.perform("poll_results", job)

    assert bench.job(job).state is JobState.RUNNING


def test_a_worker_renews_the_leases_of_the_jobs_in_its_hands(bench: Workbench) -> None:
    """A slow request is no reason to begin anew."""
    job = bench.running()
    keeper = LeaseKeeper(bench.ledger)
    with keeper.holding(job.id, job.run):
        bench.clock.advance(seconds=PAST_THE_LEASE - 2)
        keeper.renew()
        bench.clock.advance(seconds=5)
        assert reconcile(bench.runtime) == []


def test_a_worker_renews_nothing_that_it_has_let_go(bench: Workbench) -> None:
    """A job whose chain broke off must be noticed."""
    job = bench.running()
    keeper = LeaseKeeper(bench.ledger)
    with keeper.holding(job.id, job.run):
        pass
    bench.clock.advance(seconds=PAST_THE_LEASE)
    keeper.renew()

    assert len(reconcile(bench.runtime)) == 1


def test_a_worker_holds_a_job_as_long_as_one_of_its_threads_does(bench: Workbench) -> None:
    """Two deliveries of one message may be in the hands of one process."""
    job = bench.running()
    keeper = LeaseKeeper(bench.ledger)
    with keeper.holding(job.id, job.run):
        with keeper.holding(job.id, job.run):
            pass
        bench.clock.advance(seconds=5)
        keeper.renew()
        bench.clock.advance(seconds=5)
        assert reconcile(bench.runtime) == []


@pytest.mark.parametrize("kept", ["a long wait", "a cancelled job"])
def test_renewing_never_shortens_a_lease_nor_revives_a_cancelled_one(bench: Workbench, kept: str) -> None:
    """A wait was planned; a cancelled job's lease was ended on purpose."""
    job = bench.running()
    if kept == "a long wait":
        bench.change(job, lease_until=bench.clock() + 10 * HOLD)
    else:
        bench.write(lambda tables: tables.jobs.request_cancel(job))
    before = bench.job(job).lease_until
    keeper = LeaseKeeper(bench.ledger)

    with keeper.holding(job.id, job.run):
        keeper.renew()

    assert bench.job(job).lease_until == before
