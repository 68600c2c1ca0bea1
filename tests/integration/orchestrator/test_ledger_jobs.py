"""Jobs in the ledger: accepted whole, found by a beginning, moved by one at a time, fenced by their run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.errors import JobNotFound, StaleRun
from orchestrator.jobs import bundle_hash
from orchestrator.leases import HOLD
from orchestrator.ledger import Ledger, Tables
from orchestrator.states import JobState
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT, NOON, HandMovedClock, add_job, read_job, started, submission


def write(ledger: Ledger, action: Callable[[Tables], object]) -> None:
    """In a transaction of its own."""
    with ledger.writing() as tables:
        action(tables)


def queue(ledger: Ledger) -> list[str]:
    """The names of the queued jobs in their order."""
    with ledger.reading() as tables:
        return [job.name for job in (*tables.queue.to_cancel(ACCOUNT, 100), *tables.queue.first_of(ACCOUNT, None, 100))]


# ── submitting and reading ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_accepted_job_is_read_as_it_was_given(ledger: Ledger) -> None:
    """Types and odd characters included, on either database."""
    parameters = {"text": "ü'\"\\ %s", "number": 3, "float": 0.1, "flag": True, "looks like a number": "007"}

    job = read_job(ledger, add_job(ledger, "Größe 📈", parameters=parameters, priority=-3))

    assert job.name == "Größe 📈"
    assert job.parameters == parameters
    assert {name: type(value) for name, value in job.parameters.items()} == {
        name: type(value) for name, value in parameters.items()
    }
    assert (job.state, job.run, job.priority, job.created_at) == (JobState.QUEUED, 0, -3, NOON)


def test_a_bundle_is_kept_once_and_read_as_it_was(ledger: Ledger) -> None:
    """Five hundred jobs of one strategy store it once."""
    files = {"main.py": "ü\r\n", "empty line.py": "\n"}

    first, second = add_job(ledger, files=files), add_job(ledger, files=dict(reversed(files.items())))

    assert first.bundle == second.bundle == bundle_hash(files)
    with ledger.reading() as tables:
        assert tables.jobs.files_of(bundle_hash(files)) == files


def test_two_threads_may_keep_the_same_new_bundle(ledger: Ledger) -> None:
    """Neither submission fails because the other was quicker."""

    def submit() -> set[str | None]:
        return {add_job(ledger, files={"main.py": f"x = {number}\n"}).bundle for number in range(10)}

    first, second = at_once(2, submit)
    assert first == second


def test_a_job_and_its_event_are_accepted_together_or_not_at_all(ledger: Ledger) -> None:
    """An error half-way leaves no trace."""

    def half_way(tables: Tables) -> None:
        tables.jobs.add(ACCOUNT, submission())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(ledger, half_way)
    assert queue(ledger) == []


def test_a_job_is_found_by_an_unambiguous_beginning_of_its_id(ledger: Ledger) -> None:
    """Nobody types sixteen digits."""
    job = add_job(ledger)

    with ledger.reading() as tables:
        assert tables.jobs.get(job.id).id == job.id
        assert tables.jobs.get(job.id[:8]).id == job.id


def test_an_ambiguous_beginning_is_refused(ledger: Ledger) -> None:
    """Cancelling the wrong one of two would be worse than asking again."""
    for _ in range(17):  # more than there are hexadecimal digits
        add_job(ledger)
    with ledger.reading() as tables:
        first = [job.id[0] for job in tables.jobs.newest()]
        twice = next(digit for digit in first if first.count(digit) > 1)
        with pytest.raises(JobNotFound, match="More than one job begins with"):
            tables.jobs.get(twice)


@pytest.mark.parametrize("unknown", ["", "%", "_", "nothing", "é"])
def test_an_unknown_id_is_told_so(ledger: Ledger, unknown: str) -> None:
    """A placeholder of SQL is a character like any other."""
    add_job(ledger)

    with ledger.reading() as tables, pytest.raises(JobNotFound, match="There is no job"):
        tables.jobs.get(unknown)


def test_jobs_are_listed_newest_first_and_counted_by_state(ledger: Ledger, clock: HandMovedClock) -> None:
    """What `qcjobs jobs` shows."""
    for name in "abc":
        add_job(ledger, name)
        clock.advance(seconds=1)
    started(ledger, add_job(ledger, "d"))

    with ledger.reading() as tables:
        assert [job.name for job in tables.jobs.newest(limit=2)] == ["d", "c"]
        assert [job.name for job in tables.jobs.newest(states=[JobState.RUNNING])] == ["d"]
        assert tables.jobs.counts(ACCOUNT)[JobState.QUEUED] == 3
        assert tables.jobs.counts("nobody")[JobState.QUEUED] == 0


# ── moving ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_starting_gives_a_run_number_and_a_lease(ledger: Ledger) -> None:
    """The number fences every later write."""
    job = started(ledger, add_job(ledger))

    assert (job.state, job.run, job.has_slot) == (JobState.RUNNING, 1, True)
    assert (job.started_at, job.lease_until) == (NOON, NOON + HOLD)


def test_a_job_is_started_once_however_many_try(ledger: Ledger) -> None:
    """Two dispatchers, one chain."""
    job = add_job(ledger)

    def start() -> bool:
        with ledger.writing() as tables:
            return tables.jobs.start(job, NOON + HOLD, has_slot=True)

    assert sorted(at_once(8, start)) == [False] * 7 + [True]
    assert read_job(ledger, job).run == 1


def test_a_job_that_was_paused_after_it_was_read_is_not_started(ledger: Ledger) -> None:
    """The dispatcher chooses first and starts a moment later."""
    job = add_job(ledger)
    write(ledger, lambda tables: tables.jobs.pause(job))

    with ledger.writing() as tables:
        assert not tables.jobs.start(job, NOON + HOLD, has_slot=True)
    assert read_job(ledger, job).state is JobState.QUEUED


def test_the_beginning_of_the_first_run_is_kept(ledger: Ledger, clock: HandMovedClock) -> None:
    """How long a job took counts from there."""
    job = started(ledger, add_job(ledger))
    write(ledger, lambda tables: tables.jobs.write(job, state=JobState.QUEUED))
    clock.advance(seconds=60)

    assert started(ledger, read_job(ledger, job)).started_at == NOON


@pytest.mark.parametrize("how", ["recovered", "ended", "queued", "restarted"])
def test_a_stale_write_raises_and_changes_nothing(ledger: Ledger, clock: HandMovedClock, how: str) -> None:
    """Whatever became of the job since: the old run must stay silent."""
    job = started(ledger, add_job(ledger))
    clock.advance(seconds=9)
    match how:
        case "recovered":
            write(ledger, lambda tables: tables.jobs.recover(job, clock() + HOLD))
        case "ended":
            write(ledger, lambda tables: tables.jobs.write(job, state=JobState.COMPLETED))
        case "queued":
            write(ledger, lambda tables: tables.jobs.write(job, state=JobState.QUEUED))
        case _:
            write(ledger, lambda tables: tables.jobs.write(job, state=JobState.QUEUED))
            started(ledger, read_job(ledger, job))
    before = read_job(ledger, job)

    with pytest.raises(StaleRun):
        write(ledger, lambda tables: tables.jobs.write(job, progress=0.9))
    with pytest.raises(StaleRun):
        write(ledger, lambda tables: tables.jobs.intend(job, clock()))

    assert read_job(ledger, job) == before


def test_of_two_deliveries_one_may_ask_for_the_backtest(ledger: Ledger) -> None:
    """Both have the right run; only the first finds the job as it read it."""
    job = started(ledger, add_job(ledger))

    def intend() -> bool:
        try:
            write(ledger, lambda tables: tables.jobs.intend(job, NOON))
        except StaleRun:
            return False
        return True

    assert sorted(at_once(8, intend)) == [False] * 7 + [True]


def test_only_a_job_whose_lease_ran_out_is_recovered(ledger: Ledger, clock: HandMovedClock) -> None:
    """One moment too early would be a second chain."""
    job = started(ledger, add_job(ledger))
    clock.advance(seconds=HOLD.total_seconds())
    with ledger.writing() as tables:
        assert tables.jobs.abandoned(ACCOUNT) == []
        assert not tables.jobs.recover(job, clock() + HOLD)

    clock.advance(seconds=0.001)

    with ledger.writing() as tables:
        assert [found.id for found in tables.jobs.abandoned(ACCOUNT)] == [job.id]
        assert tables.jobs.recover(job, clock() + HOLD)
        assert not tables.jobs.recover(job, clock() + HOLD)


def test_renewing_leaves_a_newer_run_alone(ledger: Ledger, clock: HandMovedClock) -> None:
    """The old worker still believes that the job is in its hands."""
    old = started(ledger, add_job(ledger))
    clock.advance(seconds=9)
    write(ledger, lambda tables: tables.jobs.recover(old, clock() + HOLD))
    before = read_job(ledger, old).lease_until

    write(ledger, lambda tables: tables.jobs.renew_leases([(old.id, old.run)], clock() + 10 * HOLD))

    assert read_job(ledger, old).lease_until == before


def test_renewing_prolongs_the_lease_of_the_run_that_holds_it(ledger: Ledger, clock: HandMovedClock) -> None:
    """And never shortens it."""
    job = started(ledger, add_job(ledger))
    until = clock() + 2 * HOLD

    write(ledger, lambda tables: tables.jobs.renew_leases([(job.id, job.run)], until))
    write(ledger, lambda tables: tables.jobs.renew_leases([(job.id, job.run)], until - HOLD))

    assert read_job(ledger, job).lease_until == until


def test_cancelling_ends_the_lease_for_good(ledger: Ledger, clock: HandMovedClock) -> None:
    """The worker that holds the job must not keep it alive."""
    job = started(ledger, add_job(ledger))
    write(ledger, lambda tables: tables.jobs.request_cancel(job))

    write(ledger, lambda tables: tables.jobs.renew_leases([(job.id, job.run)], clock() + HOLD))
    clock.advance(seconds=1)

    with ledger.reading() as tables:
        assert len(tables.jobs.abandoned(ACCOUNT)) == 1


def test_a_job_that_has_ended_is_not_cancelled(ledger: Ledger) -> None:
    """Its result stands."""
    job = started(ledger, add_job(ledger))
    write(ledger, lambda tables: tables.jobs.write(job, state=JobState.COMPLETED))

    with ledger.writing() as tables:
        assert not tables.jobs.cancel_queued(job)
        assert not tables.jobs.request_cancel(job)


# ── who is next ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_goes_by_cancellation_priority_and_age(ledger: Ledger, clock: HandMovedClock) -> None:
    """In this order, on either database."""
    for name, priority in [("third", 0), ("last", -1), ("fourth", 0), ("second", 9), ("first", -5)]:
        job = add_job(ledger, name, priority=priority)
        clock.advance(seconds=1)
    write(ledger, lambda tables: tables.jobs.request_cancel(job))

    assert queue(ledger) == ["first", "second", "third", "fourth", "last"]


def test_a_job_that_waits_for_later_is_not_in_the_queue_until_then(ledger: Ledger, clock: HandMovedClock) -> None:
    """To the moment."""
    job = started(ledger, add_job(ledger, "later"))
    later = clock() + timedelta(seconds=10)
    write(ledger, lambda tables: tables.jobs.write(job, state=JobState.QUEUED, not_before=later))
    assert queue(ledger) == []

    clock.advance(seconds=10)

    assert queue(ledger) == ["later"]


# ── what quantconnect said ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_is_claimed_by_one(ledger: Ledger, clock: HandMovedClock) -> None:
    """Two ticks at the same moment must not ask twice; what comes to nothing is due again."""
    job = started(ledger, add_job(ledger))
    later = clock() + timedelta(seconds=5)
    write(ledger, lambda tables: tables.jobs.write(job, backtest_id="b-1", look_at=clock()))
    with ledger.writing() as tables:
        (due,) = tables.jobs.to_look_at(ACCOUNT, clock())
        assert tables.jobs.claim_look(due, later, later)
        assert not tables.jobs.claim_look(due, later, later)
        assert tables.jobs.to_look_at(ACCOUNT, clock()) == []
        assert [again.id for again in tables.jobs.to_look_at(ACCOUNT, later)] == [job.id]


def test_what_is_seen_is_noted_unless_a_newer_run_exists(ledger: Ledger, clock: HandMovedClock) -> None:
    """And it does not prolong the lease of a job that is to be cancelled: that has ended on purpose."""
    job, stopped = started(ledger, add_job(ledger)), started(ledger, add_job(ledger))
    until = clock() + timedelta(minutes=1)
    with ledger.writing() as tables:
        tables.jobs.request_cancel(stopped)
        for each in (job, stopped):
            assert tables.jobs.observe(each, until, progress=0.5, look_at=until)
        assert not tables.jobs.observe(replace(job, run=2), until, progress=0.9, look_at=until)

    seen, cancelled = read_job(ledger, job), read_job(ledger, stopped)
    assert (seen.progress, seen.look_at, seen.lease_until) == (0.5, until, until)
    assert (cancelled.progress, cancelled.lease_until) == (0.5, clock())


def test_the_requests_of_a_jobs_steps_are_added_up(ledger: Ledger, clock: HandMovedClock) -> None:
    """What a job cost."""
    job = started(ledger, add_job(ledger))
    began = clock()
    clock.advance(seconds=1.5)
    with ledger.writing() as tables:
        for asked in ({"files/read": 1}, {}, {"files/read": 1, "projects/update": 1}):
            tables.jobs.keep_attempt(job, "upload", began, asked, "wait", "x" * 5000)

    with ledger.reading() as tables:
        attempts = tables.jobs.attempts_of(job.id)
    assert [attempt["requests"] for attempt in attempts] == [1, 0, 2]
    assert [attempt["asked"] for attempt in attempts] == [
        {"files/read": 1},
        {},
        {"files/read": 1, "projects/update": 1},
    ]
    assert attempts[0]["seconds"] == 1.5
    assert read_job(ledger, job).requests == 3
