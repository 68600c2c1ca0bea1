"""The states of a job, and the moves between them."""

import pytest

from orchestrator.outcomes import Cancel, Complete, Fail, Outcome, Requeue
from orchestrator.settlement import settle
from orchestrator.states import MOVES, JobState
from orchestrator.submission import cancel
from tests.support.workbench import NOON, Workbench, add_job, started
from tests.unit.orchestrator.test_settlement import AT_ONCE, result_of

ENDS = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED]


@pytest.mark.parametrize("state", list(JobState))
def test_nothing_follows_an_end(state: JobState) -> None:
    """`is_terminal` is what every waiting user waits for."""
    assert state.is_terminal == (state in ENDS)


def test_every_state_can_be_reached_from_the_queue() -> None:
    """A state that no move leads to would be a word without a meaning."""
    reached = {JobState.QUEUED}
    for _ in JobState:
        reached |= {after for before in reached for after in MOVES.get(before, ())}
    assert reached == set(JobState)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Requeue(AT_ONCE, "a node"), JobState.QUEUED),
        (Fail("refused", "no"), JobState.FAILED),
        (Cancel(), JobState.CANCELLED),
    ],
)
def test_every_outcome_moves_along_the_table(bench: Workbench, outcome: Outcome, state: JobState) -> None:
    """The table is what people read; the code must not know other moves."""
    job = bench.running()

    settle(bench.runtime, job, outcome)

    assert bench.job(job).state is state
    assert state in MOVES[JobState.RUNNING]


def test_completing_is_a_move_of_the_table(bench: Workbench) -> None:
    """The one that everybody hopes for."""
    job = bench.running()

    settle(bench.runtime, job, Complete(result_of(job)))

    assert bench.job(job).state is JobState.COMPLETED
    assert JobState.COMPLETED in MOVES[JobState.RUNNING]


def test_starting_and_cancelling_a_queued_job_are_moves_of_the_table(bench: Workbench) -> None:
    """The two ways out of the queue."""
    assert started(bench.ledger, add_job(bench.ledger)).state in MOVES[JobState.QUEUED]
    job = add_job(bench.ledger)
    cancel(bench.ledger, job.id)
    assert bench.job(job).state in MOVES[JobState.QUEUED]
    assert bench.job(job).ended_at == NOON
