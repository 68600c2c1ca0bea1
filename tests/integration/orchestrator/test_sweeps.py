"""A sweep as one object, on both databases: what may be done to it, at each state of its jobs."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orchestrator.dispatcher import dispatch
from orchestrator.errors import BadPlan, JobNotFound, SweepNotFound, WrongUse
from orchestrator.events import EventType
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger
from orchestrator.ledger.upkeep import prune
from orchestrator.outcomes import Cancel, Fail
from orchestrator.settlement import settle
from orchestrator.states import JobState
from orchestrator.sweeps import control
from orchestrator.sweeps.sweep import Standing, Sweep
from tests.support.at_once import at_once
from tests.support.cloud import backtest
from tests.support.workbench import ACCOUNT, FINGERPRINT, PROJECT, Workbench, add_job, add_sweep, jobs_of, started

Move = Callable[[Workbench, Job], object]


def standing_of(ledger: Ledger, sweep: Sweep) -> Standing:
    """Where it stands."""
    with ledger.reading() as tables:
        return tables.sweeps.standings([sweep.id])[sweep.id]


def events_of(ledger: Ledger) -> list[tuple[str, dict[str, object]]]:
    """Every event without a job, oldest first."""
    with ledger.reading() as tables:
        return [(str(event.type), event.data) for event in tables.outbox.unannounced() if event.job_id is None]


def prepare(bench: Workbench, job: Job) -> None:
    """It is being uploaded, and has a node."""
    started(bench.ledger, job)


def ready(bench: Workbench, job: Job) -> None:
    """It is compiled and about to ask for its backtest."""
    prepare(bench, job)
    bench.note_compile(job)
    bench.change(bench.job(job), compile_id="c-1")


def run(bench: Workbench, job: Job) -> None:
    """Its backtest runs."""
    ready(bench, job)
    now = bench.clock()
    made = {"backtest_id": f"b-{job.position}", "backtest_created_at": now, "create_intent_at": now, "look_at": now}
    bench.change(bench.job(job), **made)


def fail(bench: Workbench, job: Job) -> None:
    """It has failed."""
    run(bench, job)
    settle(bench.runtime, bench.job(job), Fail("runtime_error", "division by zero"))


def stop(bench: Workbench, job: Job) -> None:
    """It was cancelled."""
    run(bench, job)
    settle(bench.runtime, bench.job(job), Cancel())


def nothing(bench: Workbench, job: Job) -> None:
    """It waits in the queue."""


@pytest.fixture(autouse=True)
def _proven(bench: Workbench) -> None:
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))


# ── pausing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("move", [nothing, prepare, ready])
def test_a_paused_sweep_asks_for_no_backtest(bench: Workbench, move: Move) -> None:
    """Whatever a job was doing before its backtest: it goes back to the queue and stays there until resumed."""
    sweep = add_sweep(bench.ledger, points=1)
    (job,) = jobs_of(bench.ledger, sweep)
    move(bench, job)

    assert control.pause(bench.ledger, sweep.id) == 1
    for step in ("upload", "create") if move is not nothing else ():
        bench.perform(step, job)

    held = bench.job(job)
    assert (held.state, held.has_slot, held.paused) == (JobState.QUEUED, False, True)
    assert dispatch(bench.runtime) == []
    assert bench.cloud.asked == []
    assert control.resume(bench.ledger, sweep.id) == 1
    assert [start.job_id for start in dispatch(bench.runtime)] == [job.id]


def test_a_backtest_that_runs_is_not_stopped_by_a_pause(bench: Workbench) -> None:
    """Nobody can halt it; it is looked at to its end."""
    sweep = add_sweep(bench.ledger, points=1)
    (job,) = jobs_of(bench.ledger, sweep)
    run(bench, job)
    bench.change(bench.job(job), look_at=bench.clock())  # its first look is due
    bench.cloud.answers("backtests/read", {"backtest": backtest("b-0")})

    control.pause(bench.ledger, sweep.id)
    bench.perform("poll_results", job)

    assert bench.job(job).state is JobState.RUNNING
    assert bench.cloud.count("backtests/read") == 1


@pytest.mark.parametrize("move", [fail, stop])
def test_what_has_ended_cannot_be_paused(bench: Workbench, move: Move) -> None:
    """And is not counted."""
    sweep = add_sweep(bench.ledger, points=1)
    move(bench, *jobs_of(bench.ledger, sweep))

    assert control.pause(bench.ledger, sweep.id) == 0


def test_one_job_can_be_held_back_alone(bench: Workbench) -> None:
    """The rest of its sweep goes on."""
    sweep = add_sweep(bench.ledger, points=2)
    first, second = jobs_of(bench.ledger, sweep)

    assert control.pause(bench.ledger, first.id) == 1
    assert control.pause(bench.ledger, first.id) == 0
    assert [start.job_id for start in dispatch(bench.runtime)] == [second.id]
    assert standing_of(bench.ledger, sweep).paused == 1


# ── cancelling ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("move", [nothing, prepare, ready, run])
@pytest.mark.parametrize("paused", [False, True])
def test_a_cancelled_sweep_leaves_nothing_running(bench: Workbench, move: Move, *, paused: bool) -> None:
    """A running backtest is deleted in the cloud, the rest never starts; paused or not."""
    sweep = add_sweep(bench.ledger, points=2)
    job, waiting = jobs_of(bench.ledger, sweep)
    move(bench, job)
    if paused:
        control.pause(bench.ledger, sweep.id)
    bench.cloud.answers("backtests/delete", {})

    at_once_ended = control.cancel(bench.ledger, sweep.id)
    if move is not nothing:
        bench.perform(bench.job(job).step or "upload", job)

    assert at_once_ended == (2 if move is nothing else 1)
    assert [each.state for each in jobs_of(bench.ledger, sweep)] == [JobState.CANCELLED] * 2
    assert bench.cloud.count("backtests/delete") == (1 if move is run else 0)
    assert waiting.id not in [start.job_id for start in dispatch(bench.runtime)]


@pytest.mark.parametrize("move", [fail, stop])
def test_what_has_ended_stays_as_it_ended(bench: Workbench, move: Move) -> None:
    """A cancellation that comes too late changes nothing."""
    sweep = add_sweep(bench.ledger, points=1)
    move(bench, *jobs_of(bench.ledger, sweep))
    before = jobs_of(bench.ledger, sweep)

    assert control.cancel(bench.ledger, sweep.id) == 0
    assert jobs_of(bench.ledger, sweep) == before


# ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_its_end_is_told_once_with_the_counts(bench: Workbench) -> None:
    """Somebody waits for that message."""
    sweep = add_sweep(bench.ledger, points=2)
    first, second = jobs_of(bench.ledger, sweep)

    fail(bench, first)
    assert events_of(bench.ledger) == []
    stop(bench, second)

    ((told, data),) = events_of(bench.ledger)
    assert told == EventType.SWEEP_ENDED
    assert data["sweep_id"] == sweep.id
    assert data["counts"] == {"failed": 1, "cancelled": 1}


def test_the_last_two_may_end_in_the_same_moment(bench: Workbench) -> None:
    """One of them tells, not both and not neither."""
    sweep = add_sweep(bench.ledger, points=4)
    jobs = jobs_of(bench.ledger, sweep)
    for job in jobs:
        run(bench, job)
    left = list(jobs)

    at_once(4, lambda: settle(bench.runtime, bench.job(left.pop()), Fail("runtime_error", "no")))

    assert [told for told, _ in events_of(bench.ledger)] == [EventType.SWEEP_ENDED]


# ── again ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_failed_are_begun_again(bench: Workbench) -> None:
    """With the same code and parameters, in the same place; the old ones tell what became of them."""
    sweep = add_sweep(bench.ledger, points=4)
    failed, cancelled, running, waiting = jobs_of(bench.ledger, sweep)
    fail(bench, failed)
    stop(bench, cancelled)
    run(bench, running)

    (again_id,) = control.retry(bench.ledger, sweep.id)

    again, *others = jobs_of(bench.ledger, sweep)
    assert again.id == again_id == bench.job(failed).retried_by
    assert (again.state, again.bundle, again.parameters, again.position) == (
        JobState.QUEUED,
        failed.bundle,
        failed.parameters,
        failed.position,
    )
    assert [job.id for job in others] == [cancelled.id, running.id, waiting.id]
    assert control.retry(bench.ledger, sweep.id) == []
    assert len(control.retry(bench.ledger, sweep.id, cancelled=True)) == 1
    assert standing_of(bench.ledger, sweep).total == 4


def test_a_sweep_that_is_begun_again_has_not_ended(bench: Workbench) -> None:
    """Its end will be told again."""
    sweep = add_sweep(bench.ledger, points=1)
    fail(bench, *jobs_of(bench.ledger, sweep))

    control.retry(bench.ledger, sweep.id)

    assert [start.job_id for start in dispatch(bench.runtime)] == [jobs_of(bench.ledger, sweep)[0].id]


@pytest.mark.parametrize("move", [nothing, prepare, run])
def test_what_has_not_failed_is_not_begun_again(bench: Workbench, move: Move) -> None:
    """Two of the same would run."""
    job = add_job(bench.ledger)
    move(bench, job)

    with pytest.raises(WrongUse, match="failed or was cancelled"):
        control.retry(bench.ledger, job.id)


def test_a_job_is_begun_again_once(bench: Workbench) -> None:
    """Whoever asks twice is told which job it is."""
    job = add_job(bench.ledger)
    fail(bench, job)

    (again,) = control.retry(bench.ledger, job.id)

    with pytest.raises(WrongUse, match=again):
        control.retry(bench.ledger, job.id)


def test_a_rerun_is_another_sweep_of_the_same_points(bench: Workbench) -> None:
    """Whatever came of the first."""
    sweep = add_sweep(bench.ledger, points=3)
    fail(bench, jobs_of(bench.ledger, sweep)[0])

    again = control.rerun(bench.ledger, sweep.id)

    with bench.ledger.reading() as tables:
        new = tables.sweeps.get(again)
    assert (new.rerun_of, new.points) == (sweep.id, 3)
    pairs = zip(jobs_of(bench.ledger, sweep), jobs_of(bench.ledger, new), strict=True)
    assert all(old.parameters == job.parameters and old.bundle == job.bundle and old.id != job.id for old, job in pairs)


def test_a_job_can_be_run_once_more_by_itself(bench: Workbench) -> None:
    """Outside of the sweep, whose results stay what they are."""
    sweep = add_sweep(bench.ledger, points=1)
    (job,) = jobs_of(bench.ledger, sweep)

    again = control.rerun(bench.ledger, job.id)

    with bench.ledger.reading() as tables:
        assert tables.jobs.get(again).sweep_id is None


def test_what_was_pruned_cannot_be_run_once_more_or_extended(bench: Workbench) -> None:
    """Its code is gone; a sweep without jobs would never end."""
    sweep = add_sweep(bench.ledger, points=1)
    fail(bench, *jobs_of(bench.ledger, sweep))
    bench.clock.advance(hours=1)
    assert prune(bench.ledger, timedelta(minutes=1)).jobs == 1

    with pytest.raises(WrongUse, match="pruned"):
        control.rerun(bench.ledger, sweep.id)
    with pytest.raises(WrongUse, match="pruned"):
        control.extend(bench.ledger, sweep.id, {"list": [{"at": 7}]})
    assert control.retry(bench.ledger, sweep.id) == []


def test_two_who_begin_the_same_again_do_so_once(bench: Workbench) -> None:
    """Two people, or one who is impatient."""
    sweep = add_sweep(bench.ledger, points=3)
    for job in jobs_of(bench.ledger, sweep):
        fail(bench, job)

    again = at_once(4, lambda: control.retry(bench.ledger, sweep.id))

    assert sorted(map(len, again)) == [0, 0, 0, 3]


def test_two_who_add_the_same_points_add_them_once(bench: Workbench) -> None:
    """As above."""
    sweep = add_sweep(bench.ledger, points=2)

    added = at_once(4, lambda: control.extend(bench.ledger, sweep.id, {"grid": {"at": "0:4"}}))

    assert sorted(added) == [0, 0, 0, 3]
    assert [job.position for job in jobs_of(bench.ledger, sweep)] == [0, 1, 2, 3, 4]


def test_a_sweep_ends_when_its_last_job_is_cancelled_by_itself(bench: Workbench) -> None:
    """In the queue, where no worker is there to notice."""
    sweep = add_sweep(bench.ledger, points=2)
    first, last = jobs_of(bench.ledger, sweep)

    control.cancel(bench.ledger, first.id)
    assert events_of(bench.ledger) == []
    control.cancel(bench.ledger, last.id)

    assert [told for told, _ in events_of(bench.ledger)] == [EventType.SWEEP_ENDED]
    with bench.ledger.reading() as tables:
        assert tables.sweeps.get(sweep.id).ended_at is not None


# ── more points ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_new_points_are_added(bench: Workbench) -> None:
    """With the code of the others."""
    sweep = add_sweep(bench.ledger, points=3)

    assert control.extend(bench.ledger, sweep.id, {"grid": {"at": "1:5"}}) == 3
    assert control.extend(bench.ledger, sweep.id, {"grid": {"at": "1:5"}}) == 0

    jobs = jobs_of(bench.ledger, sweep)
    assert [(job.position, job.parameters["at"]) for job in jobs] == [(at, at) for at in range(6)]
    assert len({job.bundle for job in jobs}) == 1
    with bench.ledger.reading() as tables:
        assert tables.sweeps.get(sweep.id).points == 6


def test_points_that_are_added_to_a_paused_sweep_wait_as_well(bench: Workbench) -> None:
    """Otherwise it would not be paused."""
    sweep = add_sweep(bench.ledger, points=1)
    control.pause(bench.ledger, sweep.id)

    control.extend(bench.ledger, sweep.id, {"list": [{"at": 7}]})

    assert dispatch(bench.runtime) == []


def test_an_ended_sweep_goes_on_when_it_is_extended(bench: Workbench) -> None:
    """And ends again."""
    sweep = add_sweep(bench.ledger, points=1)
    fail(bench, *jobs_of(bench.ledger, sweep))

    control.extend(bench.ledger, sweep.id, {"list": [{"at": 7}]})
    stop(bench, jobs_of(bench.ledger, sweep)[1])

    assert [told for told, _ in events_of(bench.ledger)] == ["SweepEnded", "SweepQueued", "SweepEnded"]


def test_a_sweep_does_not_grow_without_bounds(bench: Workbench) -> None:
    """By extension either."""
    sweep = add_sweep(bench.ledger, points=3)

    with pytest.raises(BadPlan, match="5 points"):
        control.extend(bench.ledger, sweep.id, {"list": [{"at": 7}, {"at": 8}]}, most=4)

    assert len(jobs_of(bench.ledger, sweep)) == 3


# ── and the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_id_may_be_shortened_while_it_is_unambiguous(bench: Workbench) -> None:
    """As those of jobs."""
    sweep = add_sweep(bench.ledger)
    with bench.ledger.reading() as tables:
        assert tables.sweeps.get(sweep.id[:6]) == sweep

    add_sweep(bench.ledger)
    for unknown in ("s", "sffff", ""):
        with pytest.raises((SweepNotFound, JobNotFound)):
            control.pause(bench.ledger, unknown)


def test_the_code_of_a_cloud_project_is_read_once_for_the_whole_sweep(bench: Workbench) -> None:
    """All points run on the same code, though somebody edits it meanwhile; and ninety-nine requests are saved."""
    sweep = add_sweep(bench.ledger, points=3)
    with bench.ledger.writing() as tables:
        tables._connection.exec_driver_sql("UPDATE jobs SET bundle = NULL")
    bench.cloud.answers("files/read", {"files": [{"name": "main.py", "content": "# as it stands"}]})
    first = jobs_of(bench.ledger, sweep)[0]
    prepare(bench, first)

    bench.perform("upload", first)

    (bundle,) = {job.bundle for job in jobs_of(bench.ledger, sweep)}
    assert bundle is not None
    assert first.project_id == PROJECT
