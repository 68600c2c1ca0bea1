"""What a failed request means for its job: most failures are waits."""

from datetime import timedelta

import httpx
import pytest

from orchestrator.dispatcher import Start, dispatch
from orchestrator.outcomes import Board, Fail, Requeue, Wait
from orchestrator.settlement import LONGEST_DETAIL, LONGEST_ERROR
from orchestrator.states import JobState
from orchestrator.workflow.failures import LONGEST_WAIT
from tests.support.cloud import SLOW_DOWN, Answer, completed, files, refused, unanswered, unreachable
from tests.support.workbench import ACCOUNT, CODE, FINGERPRINT, Workbench, add_job

PAGE = httpx.Response(200, text="<html>Down for maintenance</html>")


@pytest.mark.parametrize(
    "answer",
    [unreachable(), unanswered(), PAGE, httpx.Response(502, text="<html>"), refused("Internal Error 21")],
    ids=["unreachable", "no answer", "a page instead of JSON", "bad gateway", "internal error"],
)
def test_an_outage_is_borne(bench: Workbench, answer: Answer) -> None:
    """Nothing is lost because QuantConnect is away for an hour."""
    job = bench.created()
    bench.cloud.answers("backtests/read", answer)

    assert isinstance(bench.perform("poll_results", job), Board)
    assert bench.job(job).state is JobState.RUNNING


def test_a_backtest_that_is_too_large_to_be_read_fails(bench: Workbench) -> None:
    """It would be as large the next time; a list that is too large is waited for, as nobody knows whose fault it is."""
    job = bench.created()
    huge = httpx.Response(200, content=b'{"success": true, "backtest": {"error": "' + b"x" * 64_000_000 + b'"}}')
    bench.cloud.answers("backtests/read", huge)

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert (outcome.kind, bench.cloud.count("backtests/read")) == ("too_large", 1)
    assert "larger than 64 MB" in outcome.message
    assert "largest_answer_mb" in outcome.message


def test_an_error_that_repeats_itself_for_ever_is_cut(bench: Workbench) -> None:
    """Stack traces come from programs; the ledger, and whoever hears of it, need the beginning."""
    job = bench.created()
    broken = {"error": "e" * 1_000_000, "stacktrace": "s" * 1_000_000}
    bench.cloud.answers(
        "backtests/read", {"backtest": {"backtestId": "b-1", "status": "Runtime Error", "completed": True, **broken}}
    )

    bench.perform("poll_results", job)

    failed = bench.job(job)
    assert failed.error_kind == "runtime_error"
    assert len(failed.error or "") == LONGEST_ERROR
    assert len(failed.error_detail or "") == LONGEST_DETAIL


def test_waits_grow_from_one_second_to_half_a_minute(bench: Workbench) -> None:
    """A service that comes back must not be run over."""
    job = bench.created()
    bench.cloud.answers("backtests/read", unreachable())
    delays = []
    for _ in range(7):
        outcome = bench.perform("poll_results", job)
        assert isinstance(outcome, Board)
        delays.append((outcome.look_at - bench.clock()).total_seconds())

    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_one_answer_ends_the_series(bench: Workbench) -> None:
    """The next outage begins with short waits and its own patience."""
    job = bench.created()
    bench.cloud.answers(
        "backtests/read", unreachable(), {"backtest": {"backtestId": "b-1", "status": "In Progress..."}}
    )
    bench.perform("poll_results", job)
    assert bench.job(job).failing_since is not None

    bench.perform("poll_results", job)

    assert bench.job(job).failing_since is None
    assert bench.job(job).failures == 0


def test_an_outage_of_more_than_a_day_fails_the_job(bench: Workbench) -> None:
    """Everything ends."""
    job = bench.created()
    bench.cloud.answers("backtests/read", unreachable())
    bench.perform("poll_results", job)
    bench.clock.advance(hours=25)

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "unreachable"


def test_wrong_credentials_are_tried_exactly_once(bench: Workbench) -> None:
    """Repeated bad logins lock the account: the other jobs do not even ask."""
    first, second = bench.running("a"), bench.running("b")
    waiting = add_job(bench.ledger, "c")
    bench.cloud.answers("files/read", refused("Hash doesn't match."))

    assert isinstance(bench.perform("upload", first), Requeue)
    assert isinstance(bench.perform("upload", second), Requeue)

    assert len(bench.cloud.asked) == 1
    assert dispatch(bench.runtime) == []
    assert {bench.job(job).state for job in (first, second, waiting)} == {JobState.QUEUED}
    assert "CredentialsRefused" in bench.events(first)


def test_jobs_go_on_with_other_credentials(bench: Workbench) -> None:
    """They were accepted; correcting a token is all that is asked of their owner."""
    job = add_job(bench.ledger)
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, "another", "no"))

    assert dispatch(bench.runtime) == [Start(job.id, 1, job.kind)]


def test_credentials_seen_to_work_are_remembered(bench: Workbench) -> None:
    """Until then only one job at a time may try them."""
    job = bench.running()
    bench.cloud.answers("files/read", files(main_py=CODE))

    bench.perform("upload", job)

    with bench.ledger.reading() as tables:
        assert tables.accounts.proven(ACCOUNT, FINGERPRINT)


@pytest.mark.parametrize("answer", [refused(SLOW_DOWN), httpx.Response(429)], ids=["by text", "by status"])
def test_slow_down_is_a_wait_and_everyone_is_told_once(bench: Workbench, answer: Answer) -> None:
    """All processes of the account share one budget; telling them twice would double the pause."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", answer)

    outcome = bench.perform("create", job)

    assert isinstance(outcome, Wait)
    assert outcome.delay == timedelta(seconds=30)
    assert bench.gate.silences == [None]  # it did not say how long
    assert bench.job(job).create_intent_at is None


def test_no_wait_outlives_the_brokers_patience(bench: Workbench) -> None:
    """A message that waits longer than the visibility time-out is handed out a second time."""
    job = bench.created()
    bench.cloud.answers("backtests/read", httpx.Response(429, headers={"Retry-After": "86400"}))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Board)
    assert outcome.look_at - bench.clock() == LONGEST_WAIT < timedelta(seconds=900)


def test_a_used_up_budget_is_a_wait_of_its_own_length(bench: Workbench) -> None:
    """Nobody said no; the job asks again when there is room."""
    bench.gate.refuse_next(seconds=17)

    outcome = bench.perform("poll_results", bench.created())

    assert isinstance(outcome, Board)
    assert outcome.look_at - bench.clock() == timedelta(seconds=17)
    assert bench.gate.silences == []


def test_a_quota_is_waited_for_in_the_queue(bench: Workbench) -> None:
    """It may take a day; neither worker nor node nor message is held meanwhile."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused("You have reached the daily quota of backtests."))

    assert isinstance(bench.perform("create", job), Requeue)

    after = bench.job(job)
    assert not after.has_slot
    assert after.not_before is not None
    assert after.not_before - bench.clock() >= timedelta(minutes=10)


def test_every_other_refusal_fails_the_job_with_quantconnects_words(bench: Workbench) -> None:
    """Asking the same again changes nothing."""
    job = bench.compiled()
    bench.cloud.answers("backtests/create", refused("Invalid parameters"))

    outcome = bench.perform("create", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "refused"
    assert "Invalid parameters" in outcome.message


def test_each_step_is_recorded_with_its_requests(bench: Workbench) -> None:
    """Requests are the scarce good; `qcjobs show` says who spent them."""
    job = bench.created()
    bench.cloud.answers("backtests/read", {"backtest": completed("b-1")})

    bench.perform("poll_results", job)

    with bench.ledger.reading() as tables:
        (attempt,) = tables.jobs.attempts_of(job.id)
    assert (attempt["step"], attempt["requests"], attempt["outcome"]) == ("poll_results", 1, "complete")
    assert bench.job(job).requests == 1
