"""Who runs next: every node busy, nobody overtaken, nothing sent in vain."""

import pytest

from orchestrator import capacity
from orchestrator.dispatcher import Start, dispatch
from orchestrator.jobs import Job
from orchestrator.states import JobState
from orchestrator.submission import cancel
from tests.support.cloud import nodes, refused
from tests.support.workbench import ACCOUNT, FINGERPRINT, PROJECT, Workbench, add_job, submission


@pytest.fixture(autouse=True)
def _proven_credentials(bench: Workbench) -> None:
    """The account's credentials were seen to work before."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))


def queue(bench: Workbench, names: str) -> list[Job]:
    """One job after the other."""
    jobs = []
    for name in names:
        jobs.append(add_job(bench.ledger, name))
        bench.clock.advance(seconds=1)
    return jobs


def with_slot(bench: Workbench, jobs: list[Job]) -> list[str]:
    """The names of those that were given a node."""
    return [job.name for job in map(bench.job, jobs) if job.state is JobState.RUNNING and job.has_slot]


def prepared(bench: Workbench, jobs: list[Job]) -> list[str]:
    """The names of those that began without a node."""
    return [job.name for job in map(bench.job, jobs) if job.state is JobState.RUNNING and not job.has_slot]


def test_each_node_gets_a_job_and_a_few_more_are_prepared(bench: Workbench) -> None:
    """Two nodes, look-ahead two: a node that falls free finds the next backtest ready."""
    jobs = queue(bench, "abcdef")

    starts = dispatch(bench.runtime)

    assert starts == [Start(job.id, 1, job.kind) for job in jobs[:4]]
    assert with_slot(bench, jobs) == ["a", "b"]
    assert prepared(bench, jobs) == ["c", "d"]


def test_nobody_starts_while_all_nodes_are_busy_and_the_next_are_prepared(bench: Workbench) -> None:
    """Queued jobs cost no message."""
    queue(bench, "abcdef")
    dispatch(bench.runtime)

    assert dispatch(bench.runtime) == []


def test_a_prepared_job_is_not_prepared_again(bench: Workbench) -> None:
    """It waits for a node and for nothing else."""
    bench.running("a"), bench.running("b")
    ready = bench.compiled("c", has_slot=False)
    bench.change(ready, state=JobState.QUEUED)

    assert dispatch(bench.runtime) == []


def test_the_order_is_cancellations_then_priority_then_age(bench: Workbench) -> None:
    """To cancel frees something; the rest is fair."""
    jobs = []
    for name, priority in [("old", 0), ("older later", 0), ("urgent", 5)]:
        jobs.append(add_job(bench.ledger, name, priority=priority))
        bench.clock.advance(seconds=1)
    stopped = bench.compiled("stopped")
    bench.change(stopped, state=JobState.QUEUED, create_intent_at=bench.clock())
    cancel(bench.ledger, stopped.id)

    starts = dispatch(bench.runtime)

    assert [start.job_id for start in starts] == [stopped.id, jobs[2].id, jobs[0].id, jobs[1].id]
    assert with_slot(bench, jobs) == ["old", "urgent"]


def test_a_cancellation_takes_no_node(bench: Workbench) -> None:
    """It has nothing to run."""
    stopped = bench.compiled("stopped")
    bench.change(stopped, state=JobState.QUEUED, create_intent_at=bench.clock())
    cancel(bench.ledger, stopped.id)

    dispatch(bench.runtime)

    assert not bench.job(stopped).has_slot


def test_a_job_that_waits_for_a_later_time_is_left_alone_until_then(bench: Workbench) -> None:
    """A node that stays busy for ten more seconds is not asked for every second."""
    job = bench.running()
    bench.change(job, state=JobState.QUEUED, not_before=bench.clock.now.replace(second=30))

    assert dispatch(bench.runtime) == []
    bench.clock.advance(seconds=30)
    assert dispatch(bench.runtime) == [Start(job.id, 2, job.kind)]


def test_refused_credentials_stop_everything(bench: Workbench) -> None:
    """Each further try brings the account closer to its lock."""
    add_job(bench.ledger)
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, FINGERPRINT, "no"))

    assert dispatch(bench.runtime) == []


def test_credentials_that_nobody_has_tried_are_tried_by_one_job(bench: Workbench) -> None:
    """Four jobs at once would be four bad logins, if they are bad."""
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, "older", "no"))
    jobs = queue(bench, "abc")

    assert dispatch(bench.runtime) == [Start(jobs[0].id, 1, jobs[0].kind)]
    assert dispatch(bench.runtime) == []


def test_a_wait_in_a_long_queue_does_not_hide_a_job_that_can_be_prepared(bench: Workbench) -> None:
    """Those before it are prepared already."""
    for name in "ab":
        bench.running(name)
    for number in range(5):
        ready = bench.compiled(f"ready {number}", has_slot=False)
        bench.change(ready, state=JobState.QUEUED)
    fresh = add_job(bench.ledger, "fresh")

    assert dispatch(bench.runtime) == [Start(fresh.id, 1, fresh.kind)]


def test_jobs_of_other_accounts_are_not_ours_to_start(bench: Workbench) -> None:
    """They run under other credentials, on other nodes."""
    bench.write(lambda tables: tables.jobs.add("8@cloud.test", submission()))

    assert dispatch(bench.runtime) == []


@pytest.fixture
def asking(bench: Workbench) -> Workbench:
    """A runtime that has to ask for the number of nodes."""
    return Workbench(bench.ledger, bench.clock, dispatch={"backtest_nodes": None})


def test_before_the_nodes_are_known_one_is_assumed(asking: Workbench) -> None:
    """Every account has one."""
    assert capacity.slots(asking.runtime) == 1


def test_the_number_of_nodes_is_read_once_in_ten_minutes(asking: Workbench) -> None:
    """People buy nodes, not every minute."""
    asking.cloud.answers("projects/nodes/read", nodes(3), nodes(5))
    for _ in range(3):
        capacity.refresh(asking.runtime, PROJECT)
    assert capacity.slots(asking.runtime) == 3

    asking.clock.advance(seconds=601)
    capacity.refresh(asking.runtime, PROJECT)

    assert capacity.slots(asking.runtime) == 5
    assert asking.cloud.count("projects/nodes/read") == 2


def test_nodes_that_cannot_be_read_change_nothing(asking: Workbench) -> None:
    """A backtest must not fail because a count did."""
    asking.cloud.answers("projects/nodes/read", nodes(3), refused("Internal Error 21"))
    capacity.refresh(asking.runtime, PROJECT)
    asking.clock.advance(seconds=601)

    capacity.refresh(asking.runtime, PROJECT)

    assert capacity.slots(asking.runtime) == 3


def test_a_number_set_by_hand_is_never_asked_for(bench: Workbench) -> None:
    """Some nodes may be left to people."""
    capacity.refresh(bench.runtime, PROJECT)

    assert bench.cloud.asked == []
    assert capacity.slots(bench.runtime) == 2


@pytest.mark.parametrize(
    ("automatic", "active", "usable"),
    [(True, [False, False, False], 3), (False, [True, False, True], 2), (False, [False, False], 2)],
)
def test_with_pinned_nodes_only_those_count(
    asking: Workbench, automatic: bool, active: list[bool], usable: int
) -> None:
    """With automatic selection every node is shown as inactive and all of them serve."""
    backtest = [{"id": f"LN-{number}", "active": is_active} for number, is_active in enumerate(active)]
    asking.cloud.answers("projects/nodes/read", {"nodes": {"backtest": backtest}, "autoSelectNode": automatic})

    capacity.refresh(asking.runtime, PROJECT)

    assert capacity.slots(asking.runtime) == usable
