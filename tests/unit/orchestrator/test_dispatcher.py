"""Who runs next: every node busy, nobody overtaken, nothing sent in vain."""

from typing import Any

import pytest

from orchestrator import capacity
from orchestrator.dispatcher import Start, dispatch
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.states import JobState
from orchestrator.submission import cancel
from tests.support.cloud import nodes, refused
from tests.support.workbench import ACCOUNT, FINGERPRINT, PROJECT, Workbench, add_job, jobs_of, submission
from tests.support.workbench import add_sweep as accepted


@pytest.fixture(autouse=True)
def _proven_credentials(bench: Workbench) -> None:
    """The account's credentials were seen to work before."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))


def queue(bench: Workbench, names: str) -> list[Job]:
    """One job after the other, each of its own code."""
    jobs = []
    for name in names:
        jobs.append(add_job(bench.ledger, name, files={"main.py": f"# {name}"}))
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


def test_a_prepared_job_begins_with_its_backtest(bench: Workbench) -> None:
    """Project and compile are known: the links before would do nothing but say so."""
    first = bench.compiled("a")
    bench.change(first, state=JobState.COMPLETED, has_slot=False)
    ready = add_job(bench.ledger, "b")  # the same code

    assert dispatch(bench.runtime) == [Start(ready.id, 1, ready.kind, "create")]

    job = bench.job(ready)
    assert (job.project_id, job.compile_id) == (bench.job(first).project_id, bench.job(first).compile_id)


def test_the_order_is_cancellations_then_priority_then_age(bench: Workbench) -> None:
    """To cancel frees something; the rest is fair."""
    jobs = []
    for name, priority in [("old", 0), ("older later", 0), ("urgent", 5)]:
        jobs.append(add_job(bench.ledger, name, priority=priority, files={"main.py": f"# {name}"}))
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
    fresh = add_job(bench.ledger, "fresh", files={"main.py": "# fresh"})

    assert dispatch(bench.runtime) == [Start(fresh.id, 1, fresh.kind)]


def test_jobs_of_other_accounts_are_not_ours_to_start(bench: Workbench) -> None:
    """They run under other credentials, on other nodes."""
    bench.write(lambda tables: tables.jobs.add("8@cloud.test", submission()))

    assert dispatch(bench.runtime) == []


def add_sweep(bench: Workbench, name: str, points: int, priority: int = 0, **values: Any) -> list[Job]:
    """A sweep of one source, as it is accepted."""
    jobs = jobs_of(bench.ledger, accepted(bench.ledger, name, points, priority=priority, **values))
    bench.clock.advance(seconds=1)
    return jobs


def roomy(bench: Workbench, nodes: int, **dispatch: Any) -> Workbench:
    """The same ledger and more nodes."""
    return Workbench(bench.ledger, bench.clock, dispatch={"backtest_nodes": nodes, **dispatch})


def test_sweeps_share_the_nodes_whoever_came_first(bench: Workbench) -> None:
    """A sweep of five hundred must not keep one of four waiting for a day."""
    long, short = add_sweep(bench, "long", 20), add_sweep(bench, "short", 4)

    dispatch(roomy(bench, 6).runtime)

    assert with_slot(bench, long) == ["long0", "long1", "long2"]
    assert with_slot(bench, short) == ["short0", "short1", "short2"]


def test_a_free_node_goes_to_the_sweep_that_has_fewer(bench: Workbench) -> None:
    """By the nodes that each has now, not by turns."""
    early = add_sweep(bench, "early", 20)
    dispatch(roomy(bench, 3).runtime)
    late = add_sweep(bench, "late", 20)

    dispatch(roomy(bench, 5).runtime)

    assert len(with_slot(bench, early)) == 3
    assert len(with_slot(bench, late)) == 2


def test_jobs_without_a_sweep_share_like_one(bench: Workbench) -> None:
    """One backtest in between is run in between, and a hundred of them do not push the sweep aside."""
    swept = add_sweep(bench, "swept", 20)
    single = queue(bench, "abcdef")

    dispatch(roomy(bench, 4).runtime)

    assert with_slot(bench, swept) == ["swept0", "swept1"]
    assert with_slot(bench, single) == ["a", "b"]


def test_priority_goes_before_fairness(bench: Workbench) -> None:
    """Somebody said that it matters more."""
    add_sweep(bench, "usual", 10)
    urgent = add_sweep(bench, "urgent", 3, priority=1)

    dispatch(roomy(bench, 4).runtime)

    assert len(with_slot(bench, urgent)) == 3


def test_a_sweep_takes_no_more_nodes_than_it_was_given(bench: Workbench) -> None:
    """The rest stays for others, or free."""
    modest = add_sweep(bench, "modest", 10, most_nodes=2)

    dispatch(roomy(bench, 6).runtime)
    dispatch(roomy(bench, 6).runtime)

    assert len(with_slot(bench, modest)) == 2


def test_a_sweep_is_prepared_by_one_job(bench: Workbench) -> None:
    """The others find the compile; a message for each of them would be in vain."""
    bench.running("busy", files={"main.py": "# busy"}), bench.running("too", files={"main.py": "# too"})
    swept = add_sweep(bench, "swept", 50)

    assert dispatch(bench.runtime) == [Start(swept[0].id, 1, JobKind.BACKTEST)]
    assert dispatch(bench.runtime) == []


def test_what_is_compiled_needs_no_preparation(bench: Workbench) -> None:
    """However many jobs of it wait."""
    first, *_ = swept = add_sweep(bench, "swept", 50)
    bench.note_compile(first)
    bench.running("busy"), bench.running("too")

    assert dispatch(bench.runtime) == []
    assert prepared(bench, swept) == []


def test_paused_jobs_are_left_alone(bench: Workbench) -> None:
    """Until somebody resumes them."""
    held = queue(bench, "abc")
    bench.write(lambda tables: [tables.jobs.pause(job) for job in held[:2]])

    assert dispatch(bench.runtime) == [Start(held[2].id, 1, JobKind.BACKTEST)]
    bench.write(lambda tables: tables.jobs.resume(held[0]))
    assert dispatch(bench.runtime) == [Start(held[0].id, 1, JobKind.BACKTEST)]


def test_a_paused_job_that_was_cancelled_is_seen_to(bench: Workbench) -> None:
    """Its backtest may exist, and would go on costing."""
    stopped = bench.compiled("stopped")
    bench.change(stopped, state=JobState.QUEUED, create_intent_at=bench.clock(), paused=True)
    cancel(bench.ledger, stopped.id)

    assert dispatch(bench.runtime) == [Start(stopped.id, 2, JobKind.BACKTEST)]


def test_nodes_are_left_to_people(bench: Workbench) -> None:
    """As many as the settings say, but one is used in any case."""
    assert capacity.slots(roomy(bench, 5, leave_nodes=2).runtime) == 3
    assert capacity.slots(roomy(bench, 1, leave_nodes=2).runtime) == 1


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
