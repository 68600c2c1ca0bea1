"""`JobHandle`: what Python programs and the command line hold on to."""

import pytest

from orchestrator import JobHandle, submission
from orchestrator.errors import CredentialsRefused, NotFinished
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger
from orchestrator.outcomes import Requeue
from orchestrator.states import JobState
from orchestrator.workflow.failures import CREDENTIALS
from tests.support.workbench import ACCOUNT, FINGERPRINT, HandMovedClock, add_job, started


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real seconds are not what these tests are about."""
    monkeypatch.setattr(submission, "REFUSAL_PATIENCE", 0.05)
    monkeypatch.setattr(submission, "LOOK_EVERY", 0.01)


def refuse(ledger: Ledger, fingerprint: str) -> None:
    with ledger.writing() as tables:
        tables.accounts.refuse(ACCOUNT, fingerprint, "QuantConnect said no.")


def back_in_the_queue(ledger: Ledger, job: Job, reason: Requeue = CREDENTIALS) -> Job:
    running = started(ledger, job)
    with ledger.writing() as tables:
        tables.jobs.write(running, state=JobState.QUEUED, waiting_for=reason.reason, lease_until=None)
        return tables.jobs.get(job.id)


def test_whoever_waits_learns_that_the_credentials_are_refused(ledger: Ledger) -> None:
    """Nothing will happen until somebody corrects them, so waiting would be in vain."""
    job = add_job(ledger)
    refuse(ledger, FINGERPRINT)
    with pytest.raises(CredentialsRefused, match=f"QuantConnect said no. Job {job.id} is kept"):
        JobHandle(ledger, job.id, FINGERPRINT).wait(5)


def test_the_workers_may_be_the_ones_with_wrong_credentials(ledger: Ledger) -> None:
    """They were started before the environment was corrected; this process has other ones."""
    job = back_in_the_queue(ledger, add_job(ledger))
    refuse(ledger, "of the workers")
    with pytest.raises(CredentialsRefused, match="of the workers"):
        JobHandle(ledger, job.id, FINGERPRINT).wait(5)


def test_credentials_that_work_by_now_are_waited_for(ledger: Ledger) -> None:
    """The job is in the queue from before; its turn comes."""
    job = back_in_the_queue(ledger, add_job(ledger))
    with ledger.writing() as tables:
        tables.accounts.accept(ACCOUNT, FINGERPRINT)
    with pytest.raises(NotFinished):
        JobHandle(ledger, job.id, FINGERPRINT).wait(0.3)


def test_a_job_that_has_ended_is_returned_whatever_the_credentials(ledger: Ledger) -> None:
    """Its result is in the ledger."""
    job = add_job(ledger)
    handle = JobHandle(ledger, job.id, FINGERPRINT)
    handle.cancel()
    refuse(ledger, FINGERPRINT)
    assert handle.wait(5).state is JobState.CANCELLED


def test_a_job_in_the_queue_of_a_silent_house_is_not_looked_after(ledger: Ledger) -> None:
    """No worker runs."""
    assert not JobHandle(ledger, add_job(ledger).id).is_looked_after


def test_a_job_is_looked_after_while_any_lease_of_its_account_holds(ledger: Ledger, clock: HandMovedClock) -> None:
    """It waits behind the other; when that one's worker dies, nobody looks after either."""
    waiting = JobHandle(ledger, add_job(ledger, "waiting").id)
    started(ledger, add_job(ledger, "running"))
    assert waiting.is_looked_after
    clock.advance(seconds=60)
    assert not waiting.is_looked_after


def test_a_job_that_is_planned_for_later_is_looked_after(ledger: Ledger, clock: HandMovedClock) -> None:
    """A quota comes back in a quarter of an hour; that is no reason to start more workers."""
    running = started(ledger, add_job(ledger))
    with ledger.writing() as tables:
        tables.jobs.write(running, state=JobState.QUEUED, not_before=clock())
    handle = JobHandle(ledger, running.id)
    assert not handle.is_looked_after
    clock.advance(seconds=-60)
    assert handle.is_looked_after
