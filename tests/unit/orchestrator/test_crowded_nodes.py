"""People take nodes by hand: QuantConnect says that there is none although one was counted."""

import pytest

from orchestrator import capacity
from orchestrator.dispatcher import dispatch
from orchestrator.jobs import Job
from orchestrator.states import JobState
from tests.support.cloud import NO_SPARE_NODES, backtest, nodes, refused
from tests.support.workbench import ACCOUNT, FINGERPRINT, Workbench, add_job


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """Four nodes, and credentials that were seen to work."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    return Workbench(bench.ledger, bench.clock, dispatch={"backtest_nodes": 4, "look_ahead": 0})


def ask(bench: Workbench, job: Job, *, given: bool) -> None:
    """Let a job that has a slot ask for its backtest."""
    made = {"backtest": backtest(f"b-{job.id}")} if given else refused(NO_SPARE_NODES)
    bench.cloud.answers("backtests/create", made)
    bench.perform("create", job)


def waiting(bench: Workbench, count: int) -> list[Job]:
    """Compiled jobs in the queue."""
    jobs = [bench.compiled(str(number), has_slot=False) for number in range(count)]
    for job in jobs:
        bench.change(job, state=JobState.QUEUED)
    return jobs


def start(bench: Workbench) -> list[Job]:
    """What the dispatcher starts, in a moment."""
    starts = dispatch(bench.runtime)
    with bench.ledger.reading() as tables:
        return [tables.jobs.get(start.job_id) for start in starts]


def test_after_a_refusal_nobody_else_runs_into_the_same_wall(bench: Workbench) -> None:
    """Three of four nodes are ours: the fourth is a person's, and asking for it again and again costs requests."""
    waiting(bench, 8)
    *ours, refused_one = start(bench)
    for job in ours:
        ask(bench, job, given=True)

    ask(bench, refused_one, given=False)

    assert bench.job(refused_one).state is JobState.QUEUED
    assert start(bench) == []
    assert capacity.slots(bench.runtime) == 3


def test_one_more_is_tried_after_a_while_and_ever_more_seldom(bench: Workbench) -> None:
    """5, 10, 20, 40, 60 s, and no longer: people do give nodes back."""
    waiting(bench, 2)
    bench_four = start(bench)
    for job in bench_four:
        ask(bench, job, given=False)
    waited = []
    for _ in range(6):
        seconds = 0
        while not (tried := start(bench)):
            bench.clock.advance(seconds=1)
            seconds += 1
        waited.append(seconds)
        assert len(tried) == 1
        ask(bench, tried[0], given=False)

    assert waited == [5, 10, 20, 40, 60, 60]


def test_several_refused_at_the_same_moment_count_as_one_refusal(bench: Workbench) -> None:
    """They asked for nodes that were gone together."""
    waiting(bench, 8)
    first, *others = start(bench)
    ask(bench, first, given=True)

    for job in others:
        ask(bench, job, given=False)

    assert capacity.slots(bench.runtime) == 1
    bench.clock.advance(seconds=5)
    assert capacity.slots(bench.runtime) == 2


def test_a_node_of_ours_that_falls_free_is_used_at_once(bench: Workbench) -> None:
    """It is not the one that the person took."""
    waiting(bench, 8)
    *ours, refused_one = start(bench)
    for job in ours:
        ask(bench, job, given=True)
    ask(bench, refused_one, given=False)

    bench.change(ours[0], state=JobState.COMPLETED, has_slot=False)

    assert len(start(bench)) == 1


def test_when_the_nodes_are_given_back_all_are_used_again(bench: Workbench) -> None:
    """Each that succeeds lets the next be tried at once."""
    waiting(bench, 8)
    for job in start(bench):
        ask(bench, job, given=False)
    bench.clock.advance(seconds=5)

    for _ in range(4):
        (tried,) = start(bench)
        ask(bench, tried, given=True)

    assert capacity.slots(bench.runtime) == 4
    with bench.ledger.reading() as tables:
        assert tables.accounts.crowd(ACCOUNT) is None


def test_a_refusal_lets_the_number_of_nodes_be_read_again(bench: Workbench) -> None:
    """Perhaps somebody has cancelled it."""
    asking = Workbench(bench.ledger, bench.clock, dispatch={"backtest_nodes": None})
    asking.write(lambda tables: tables.accounts.write_nodes(ACCOUNT, 2))
    asking.clock.advance(seconds=61)
    job = asking.compiled("one")
    asking.cloud.answers("projects/nodes/read", nodes(1))
    ask(asking, job, given=False)
    asking.clock.advance(seconds=5)

    other = asking.compiled("other")
    ask(asking, other, given=True)

    assert capacity.nodes(asking.runtime) == 1
    assert asking.cloud.count("projects/nodes/read") == 1


def test_the_refused_job_is_the_next_to_be_tried(bench: Workbench) -> None:
    """It does not lose its place."""
    waiting(bench, 5)
    first, *_ = start(bench)
    ask(bench, first, given=False)
    bench.clock.advance(seconds=5)
    add_job(bench.ledger, "newer")

    assert dispatch(bench.runtime)[0][0] == first.id
