"""Cancelling: afterwards nothing of the job runs any more, wherever it stood."""

from orchestrator.dispatcher import Start, dispatch
from orchestrator.jobs import Job
from orchestrator.outcomes import Cancel, Wait
from orchestrator.reconciler import reconcile
from orchestrator.states import JobState
from orchestrator.submission import cancel
from tests.support.cloud import backtest, refused, unanswered
from tests.support.workbench import ACCOUNT, FINGERPRINT, Workbench, add_job


def cancelled(bench: Workbench, job: Job) -> Job:
    """Ask for it, and let the reconciler begin the run that sees to it."""
    assert cancel(bench.ledger, job.id)
    bench.clock.advance(seconds=1)
    assert reconcile(bench.runtime) == [Start(job.id, job.run + 1, job.kind)]
    return bench.job(job)


def test_a_queued_job_never_starts(bench: Workbench) -> None:
    """It ends at once, without a worker."""
    job = add_job(bench.ledger)

    assert cancel(bench.ledger, job.id)

    assert bench.job(job).state is JobState.CANCELLED
    assert bench.events(job) == ["BacktestCancelled"]
    assert dispatch(bench.runtime) == []


def test_a_job_that_has_ended_cannot_be_cancelled(bench: Workbench) -> None:
    """And nobody is told that it was."""
    job = add_job(bench.ledger)
    cancel(bench.ledger, job.id)

    assert not cancel(bench.ledger, job.id)
    assert bench.events(job) == ["BacktestCancelled"]


def test_a_new_run_sees_to_it_at_once_and_silences_the_old_one(bench: Workbench) -> None:
    """The old one may sleep in a countdown of half a minute."""
    job = bench.compiled()
    after = cancelled(bench, job)

    assert isinstance(bench.perform("upload", job), Cancel)
    assert after.run == job.run + 1
    assert bench.events(job) == ["BacktestCancelled"]


def test_before_the_backtest_was_made_nothing_is_asked(bench: Workbench) -> None:
    """There is nothing to delete."""
    job = cancelled(bench, bench.compiled())

    assert isinstance(bench.perform("create", job), Cancel)
    assert bench.cloud.asked == []
    assert bench.job(job).state is JobState.CANCELLED


def test_a_running_backtest_is_deleted(bench: Workbench) -> None:
    """Deleting is the only way to stop one; it frees the node."""
    job = cancelled(bench, bench.created("b-1"))
    bench.cloud.answers("backtests/delete", {})

    assert isinstance(bench.perform("poll_results", job), Cancel)
    assert bench.cloud.last("backtests/delete")["backtestId"] == "b-1"


def test_a_backtest_that_is_gone_already_is_as_good_as_deleted(bench: Workbench) -> None:
    """Somebody was quicker."""
    job = cancelled(bench, bench.created("b-1"))
    bench.cloud.answers("backtests/delete", refused("Backtest not found"))

    assert isinstance(bench.perform("poll_results", job), Cancel)


def test_in_doubt_the_backtest_is_looked_for_and_deleted(bench: Workbench) -> None:
    """A cancelled job must not leave a backtest behind that nobody knows of."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered())
    bench.perform("create", job)
    job = cancelled(bench, job)
    bench.cloud.answers("backtests/list", {"backtests": []}, {"backtests": [backtest("b-5", job.backtest_name)]})
    bench.cloud.answers("backtests/delete", {})

    assert isinstance(bench.perform("create", job), Wait)
    assert isinstance(bench.perform("create", job), Cancel)
    assert bench.cloud.last("backtests/delete")["backtestId"] == "b-5"


def test_in_doubt_it_ends_once_it_is_certain_that_nothing_was_made(bench: Workbench) -> None:
    """Everything ends."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered())
    bench.perform("create", job)
    job = cancelled(bench, job)
    bench.cloud.answers("backtests/list", {"backtests": []})
    bench.clock.advance(seconds=80)

    assert isinstance(bench.perform("create", job), Cancel)
    assert bench.cloud.count("backtests/delete") == 0


def test_in_doubt_a_deleted_project_settles_it(bench: Workbench) -> None:
    """What was in it is gone with it."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", unanswered())
    bench.perform("create", job)
    job = cancelled(bench, job)
    bench.cloud.answers("backtests/list", refused("Project not found"))

    assert isinstance(bench.perform("create", job), Cancel)


def test_a_job_back_in_the_queue_with_a_backtest_in_doubt_is_cancelled_by_a_run(bench: Workbench) -> None:
    """Ending it in the ledger alone would leave the backtest running."""
    job = bench.compiled()
    bench.change(job, create_intent_at=bench.clock(), state=JobState.QUEUED, has_slot=False)

    assert cancel(bench.ledger, job.id)

    assert bench.job(job).state is JobState.QUEUED
    assert dispatch(bench.runtime) == [Start(job.id, job.run + 1, job.kind)]


def test_without_credentials_a_job_that_has_nothing_in_the_cloud_ends_all_the_same(bench: Workbench) -> None:
    """No request is needed to do nothing."""
    job = cancelled(bench, bench.compiled())
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, FINGERPRINT, "no"))

    assert isinstance(bench.perform("create", job), Cancel)
