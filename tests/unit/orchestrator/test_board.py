"""One look serves all: who looks, when, and what everybody learns from it."""

from datetime import timedelta

import pytest

from orchestrator import board
from orchestrator.jobs import Job
from orchestrator.outcomes import Board, Complete, Fail
from orchestrator.states import JobState
from quantconnect.models.ids import ProjectId
from tests.support.cloud import Body, backtest, completed, refused
from tests.support.workbench import ACCOUNT, Workbench

ENDED = "Completed."


def listed(*items: Body) -> Body:
    """The answer to `backtests/list`."""
    return {"backtests": list(items)}


def looking(bench: Workbench) -> list[str]:
    """Who is told to look, by this tick."""
    return [start.job_id for start in board.due(bench.runtime)]


def asked(bench: Workbench) -> list[str]:
    """Every endpoint that was asked, in order."""
    return [path for path, _ in bench.cloud.asked]


def look_in(bench: Workbench, job: Job) -> float:
    """Seconds until the job is looked at next."""
    look_at = bench.job(job).look_at
    assert look_at is not None
    return (look_at - bench.clock()).total_seconds()


def finished_in(bench: Workbench, seconds: float, name: str = "past") -> None:
    """Let one backtest of the code have taken so long; somebody saw it shortly before."""
    job = bench.created(name, name)
    bench.change(job, backtest_created_at=bench.clock() - timedelta(seconds=seconds), completed_at=bench.clock())
    bench.change(job, seen_running_at=bench.clock() - timedelta(seconds=seconds / 10))
    bench.change(job, state=JobState.COMPLETED, ended_at=bench.clock(), has_slot=False)


# ── who looks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_project_one_job_looks(bench: Workbench) -> None:
    """Fifty running backtests must not cost fifty requests a look."""
    jobs = [bench.created(f"b-{number}", str(number)) for number in range(5)]

    assert len(looking(bench)) == 1
    assert looking(bench) == []
    assert all(bench.job(job).look_at > bench.clock() for job in jobs)  # type: ignore[operator]


def test_each_project_is_looked_at_by_itself(bench: Workbench) -> None:
    """A list shows one project."""
    one, other = bench.created("b-1"), bench.created("b-2", "other", project_id=ProjectId(2))

    assert sorted(looking(bench)) == sorted([one.id, other.id])


def test_a_look_that_came_to_nothing_is_due_again(bench: Workbench) -> None:
    """The message was lost, or its worker killed."""
    bench.created("b-1"), bench.created("b-2")
    assert len(looking(bench)) == 1

    bench.clock.advance(seconds=board.CLAIM.total_seconds())

    assert len(looking(bench)) == 1


def test_nobody_looks_before_it_is_time(bench: Workbench) -> None:
    """A running backtest costs no message."""
    job = bench.created()
    bench.change(job, look_at=bench.clock() + timedelta(seconds=20))

    assert looking(bench) == []
    bench.clock.advance(seconds=20)
    assert looking(bench) == [job.id]


def test_a_backtest_that_was_just_made_is_not_looked_at(bench: Workbench) -> None:
    """It has hardly begun; the first look is planned, by experience if there is any."""
    finished_in(bench, 100)
    job = bench.created()
    bench.change(job, look_at=None)

    assert isinstance(bench.perform("poll_results", job), Board)

    assert asked(bench) == []
    assert look_in(bench, job) == 30
    assert bench.job(job).lease_until > bench.job(job).look_at  # type: ignore[operator]


# ── what everybody learns ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_is_noted_for_all_of_the_project(bench: Workbench) -> None:
    """Progress, and when each is to be looked at next."""
    finished_in(bench, 20)
    jobs = [bench.created(f"b-{number}", str(number)) for number in (1, 2)]
    bench.clock.advance(seconds=10)
    bench.cloud.answers("backtests/list", listed(backtest("b-1", progress=0.4), backtest("b-2", progress=0.6)))

    assert isinstance(bench.perform("poll_results", jobs[0]), Board)

    assert [bench.job(job).progress for job in jobs] == [0.4, 0.6]
    assert [look_in(bench, job) for job in jobs] == [pytest.approx(9.4), pytest.approx(9.4)]
    assert asked(bench) == ["backtests/list"]


def test_whoever_ended_gives_its_node_back_at_once(bench: Workbench) -> None:
    """Its statistics may still be on their way; the next backtest need not wait for them."""
    jobs = [bench.created(f"b-{number}", str(number)) for number in (1, 2, 3)]
    bench.cloud.answers(
        "backtests/list", listed(backtest("b-1"), backtest("b-2", status=ENDED), backtest("b-3", status=ENDED))
    )

    outcome = bench.perform("poll_results", jobs[0])

    assert isinstance(outcome, Board)
    assert outcome.frees_node
    assert [bench.job(job).has_slot for job in jobs] == [True, False, False]


def test_results_are_read_when_the_statistics_are_expected(bench: Workbench) -> None:
    """A reading before would be in vain, and costs a request."""
    jobs = [bench.created(f"b-{number}", str(number)) for number in (1, 2)]
    bench.cloud.answers("backtests/list", listed(backtest("b-1", status=ENDED), backtest("b-2", status=ENDED)))
    bench.write(lambda tables: tables.accounts.note_settling(ACCOUNT, timedelta(seconds=4)))
    bench.perform("poll_results", jobs[0])
    assert asked(bench) == ["backtests/list"]
    assert looking(bench) == []

    bench.clock.advance(seconds=4)
    bench.cloud.answers("backtests/read", lambda body: {"backtest": completed(str(body["backtestId"]))})

    assert sorted(looking(bench)) == sorted(job.id for job in jobs)
    assert all(isinstance(bench.perform("poll_results", job), Complete) for job in jobs)
    assert asked(bench) == ["backtests/list", "backtests/read", "backtests/read"]


def test_when_statistics_come_is_learned(bench: Workbench) -> None:
    """As late as was needed, then a little earlier each time."""

    def settling() -> float:
        with bench.ledger.reading() as tables:
            known = tables.accounts.settling(ACCOUNT)
        assert known is not None
        return known.total_seconds()

    late = bench.created("b-1")
    bench.cloud.answers("backtests/read", {"backtest": completed("b-1", statistics=[])}, {"backtest": completed("b-1")})
    bench.perform("poll_results", late)
    bench.clock.advance(seconds=3)
    assert isinstance(bench.perform("poll_results", late), Complete)
    assert settling() == 3

    soon = bench.created("b-2", "soon")
    bench.change(soon, completed_seen_at=bench.clock(), completed_at=bench.clock())
    bench.clock.advance(seconds=3)
    bench.cloud.answers("backtests/read", {"backtest": completed("b-2")})
    assert isinstance(bench.perform("poll_results", soon), Complete)
    assert settling() == pytest.approx(2.985)

    unseen = bench.created("b-3", "unseen")
    hour_ago = bench.clock() - timedelta(hours=1)
    bench.change(unseen, completed_seen_at=bench.clock(), completed_at=hour_ago)
    bench.cloud.answers("backtests/read", {"backtest": completed("b-3")})
    assert isinstance(bench.perform("poll_results", unseen), Complete)
    assert settling() == pytest.approx(2.985), "an end that nobody saw tells nothing"


def test_statistics_are_waited_for_from_when_the_end_was_seen(bench: Workbench) -> None:
    """Not from when it may have been: a long backtest is looked at seldom, and its guess may be bad."""
    job = bench.created()
    bench.change(job, looked_at=bench.clock(), progress=0.9)
    bench.clock.advance(hours=1)
    bench.cloud.answers("backtests/read", {"backtest": completed("b-1", statistics=[])})
    assert isinstance(bench.perform("poll_results", job), Board)

    bench.clock.advance(seconds=30)

    assert isinstance(bench.perform("poll_results", job), Board)


def test_the_end_is_told_from_the_progress_before_it(bench: Workbench) -> None:
    """The duration that is learned is the backtest's, not that of our looks."""
    jobs = [bench.created(f"b-{number}", str(number)) for number in (1, 2)]
    bench.clock.advance(seconds=18)
    bench.cloud.answers(
        "backtests/list",
        listed(backtest("b-1", progress=0.9), backtest("b-2", progress=0.9)),
        listed(backtest("b-1", status=ENDED), backtest("b-2", status=ENDED)),
    )
    bench.perform("poll_results", jobs[0])
    bench.clock.advance(seconds=2.7)
    bench.perform("poll_results", jobs[0])

    ended = bench.job(jobs[1])
    assert ended.completed_at is not None
    assert ended.backtest_created_at is not None
    assert (ended.completed_at - ended.backtest_created_at).total_seconds() == pytest.approx(20)
    assert look_in(bench, ended) == pytest.approx(0.3)


def test_the_end_of_one_is_noticed_by_the_look_of_another(bench: Workbench) -> None:
    """Whoever is due first, looks for all."""
    first, second = bench.created("b-1"), bench.created("b-2")
    bench.change(second, look_at=bench.clock() + timedelta(seconds=25))
    bench.cloud.answers("backtests/list", listed(backtest("b-1"), backtest("b-2", status=ENDED)))
    assert looking(bench) == [first.id]

    bench.perform("poll_results", first)

    assert look_in(bench, second) == board.SETTLES_WITHIN.total_seconds()


# ── where reading is what tells ───────────────────────────────────────────────────────────────────────────────────────


def test_one_running_backtest_alone_is_read_without_a_list(bench: Workbench) -> None:
    """One request tells end and result; what waits for its statistics does not count."""
    alone, ended = bench.created("b-1"), bench.created("b-2")
    bench.change(ended, completed_seen_at=bench.clock())
    bench.cloud.answers("backtests/read", {"backtest": backtest("b-1")})

    bench.perform("poll_results", alone)

    assert asked(bench) == ["backtests/read"]


def usual_pair(bench: Workbench, settling: float = 1) -> list[Job]:
    """Two backtests of a code that always takes twenty seconds, just made."""
    finished_in(bench, 20, "past-1")
    finished_in(bench, 20, "past-2")
    bench.write(lambda tables: tables.accounts.note_settling(ACCOUNT, timedelta(seconds=settling)))
    jobs = [bench.created(f"b-{number}", str(number)) for number in (1, 2)]
    for job in jobs:
        bench.change(job, look_at=None)
        bench.perform("poll_results", job)
    return jobs


def test_two_backtests_of_which_all_is_known_cost_one_reading_each(bench: Workbench) -> None:
    """A list would tell that they ended, and nothing more."""
    jobs = usual_pair(bench)
    assert [look_in(bench, job) for job in jobs] == [21] * 2
    bench.clock.advance(seconds=21)
    bench.cloud.answers("backtests/read", lambda body: {"backtest": completed(str(body["backtestId"]))})

    assert sorted(looking(bench)) == sorted(job.id for job in jobs)
    assert all(isinstance(bench.perform("poll_results", job), Complete) for job in jobs)

    assert asked(bench) == ["backtests/read", "backtests/read"]
    ended = bench.job(jobs[0])
    assert ended.completed_at is not None
    assert ended.backtest_created_at is not None
    assert ended.completed_at - ended.backtest_created_at == timedelta(seconds=20)


def test_whoever_takes_longer_than_usual_is_listed_from_then_on(bench: Workbench) -> None:
    """One list for both costs less than a reading of each."""
    jobs = usual_pair(bench)
    bench.clock.advance(seconds=21)
    bench.cloud.answers("backtests/read", lambda body: {"backtest": backtest(str(body["backtestId"]), progress=0.5)})
    assert all(isinstance(bench.perform("poll_results", job), Board) for job in jobs)
    bench.clock.advance(seconds=20.2)
    bench.cloud.answers("backtests/list", listed(backtest("b-1", progress=0.95), backtest("b-2", progress=0.95)))

    (starter,) = looking(bench)
    bench.perform("poll_results", next(job for job in jobs if job.id == starter))

    assert asked(bench) == ["backtests/read", "backtests/read", "backtests/list"]


def test_statistics_that_take_their_time_do_not_keep_the_node(bench: Workbench) -> None:
    """A list right after the end gives it to the next backtest."""
    jobs = usual_pair(bench, settling=5)

    assert [look_in(bench, job) for job in jobs] == [pytest.approx(20.4)] * 2
    bench.clock.advance(seconds=20.4)
    assert len(looking(bench)) == 1


def test_a_backtest_that_the_list_does_not_show_is_read(bench: Workbench) -> None:
    """It was deleted: reading tells. Whoever looked."""
    first, gone = bench.created("b-1"), bench.created("b-2")
    bench.clock.advance(seconds=61)
    bench.cloud.answers("backtests/list", listed(backtest("b-1")))
    bench.cloud.answers("backtests/read", refused("Backtest not found"))
    bench.perform("poll_results", first)

    assert gone.id in looking(bench)
    outcome = bench.perform("poll_results", gone)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "deleted"


def test_a_new_backtest_may_be_missing_from_the_list_for_a_moment(bench: Workbench) -> None:
    """Lists lag."""
    first, new = bench.created("b-1"), bench.created("b-2")
    bench.cloud.answers("backtests/list", listed(backtest("b-1")))

    bench.perform("poll_results", new)

    assert asked(bench) == ["backtests/list"]
    assert look_in(bench, new) == 3
    assert bench.job(first).looked_at == bench.clock()


def test_a_backtest_that_should_have_ended_long_ago_is_seen_to_though_others_run(bench: Workbench) -> None:
    """Their looks must not put it off for ever."""
    stuck = bench.created("b-1")
    bench.clock.advance(hours=13, seconds=1)
    other = bench.created("b-2")
    assert set(looking(bench)) == {stuck.id, other.id}
    bench.cloud.answers("backtests/read", {"backtest": backtest("b-1", progress=0.97)})
    bench.cloud.answers("backtests/delete", {})

    outcome = bench.perform("poll_results", stuck)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "timeout"


def test_a_backtest_that_ended_while_nobody_looked_is_kept(bench: Workbench) -> None:
    """The workers were down for a day: its result is there, and is not thrown away."""
    job = bench.created("b-1")
    bench.clock.advance(hours=24)
    bench.cloud.answers("backtests/read", {"backtest": completed("b-1")})

    assert isinstance(bench.perform("poll_results", job), Complete)


def test_a_failed_look_is_put_off_and_nothing_is_lost(bench: Workbench) -> None:
    """QuantConnect is away: the board keeps the job, and no message waits for it."""
    job, other = bench.created("b-1"), bench.created("b-2")
    bench.cloud.answers("backtests/list", refused("Internal Error 21"))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Board)
    assert look_in(bench, job) == 1
    bench.clock.advance(seconds=5)
    assert looking(bench) in ([job.id], [other.id])


def test_two_do_not_look_at_the_same_time(bench: Workbench) -> None:
    """A recovered run and a tick may meet."""
    job, _ = bench.created("b-1"), bench.created("b-2")
    lease = f"board:{ACCOUNT}:{job.project_id}"
    bench.write(lambda tables: tables.projects.lease(lease, "another", board.LOOKING))

    assert isinstance(bench.perform("poll_results", job), Board)
    assert asked(bench) == []
    assert look_in(bench, job) == 1
