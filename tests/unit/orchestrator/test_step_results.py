"""Step 5: look seldom, notice the end soon, keep what the backtest said."""

import pytest

from orchestrator.outcomes import Board, Complete, Fail, Requeue
from orchestrator.states import JobState
from tests.support.cloud import Body, backtest, completed, refused
from tests.support.workbench import Workbench


def read(answer: Body) -> Body:
    """The answer to `backtests/read`."""
    return {"backtest": answer}


def test_a_running_backtest_is_looked_at_again(bench: Workbench) -> None:
    """And the job knows how far it is, for whoever watches."""
    job = bench.created()
    bench.clock.advance(seconds=10)
    bench.cloud.answers("backtests/read", read(backtest("b-1", progress=0.25)))

    assert isinstance(bench.perform("poll_results", job), Board)
    assert bench.job(job).progress == 0.25


def test_a_finished_backtest_completes_the_job(bench: Workbench) -> None:
    """The numbers are floats, the statistics as QuantConnect spells them."""
    job = bench.created()
    bench.cloud.answers("backtests/read", read(completed("b-1", synthetic=True)))

    assert isinstance(bench.perform("poll_results", job), Complete)

    assert bench.job(job).state is JobState.COMPLETED
    with bench.ledger.reading() as tables:
        result = tables.jobs.result(job.id)
    assert result is not None
    assert result.numbers["sharpe_ratio"] == 1.2513
    assert result.numbers["total_return"] == 0.125
    assert result.statistics["Total Orders"] == "7"
    assert result.lean_version == "2.5.0.0.17000"
    assert result.complete
    assert result.synthetic


def test_a_result_with_very_many_trades_is_kept_without_them(bench: Workbench) -> None:
    """The numbers are what was paid for; the ledger is no place for everything else."""
    job = bench.created()
    trades = [
        {"orderIds": [number], "profitLoss": 1.5, "entryTime": "2026-03-01T12:00:00Z"} for number in range(200_000)
    ]
    performance = {"portfolioStatistics": {"sharpeRatio": "1.2513"}, "closedTrades": trades}
    bench.cloud.answers("backtests/read", read(completed("b-1", totalPerformance=performance)))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Complete)
    assert outcome.result.total_performance is None
    assert outcome.result.numbers["sharpe_ratio"] == 1.2513
    assert outcome.result.complete


def test_statistics_without_end_are_not_kept(bench: Workbench) -> None:
    """An algorithm may make as many of its own as it likes."""
    job = bench.created()
    statistics = {f"Statistic {number:09}": "0.123456789" for number in range(600_000)}
    bench.cloud.answers("backtests/read", read(completed("b-1", statistics=statistics)))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "too_large"
    assert bench.job(job).state is JobState.FAILED


def test_completed_without_statistics_is_not_the_end(bench: Workbench) -> None:
    """They come seconds later; a result without them would be worthless."""
    job = bench.created()
    bench.cloud.answers("backtests/read", read(completed("b-1", statistics=[])), read(completed("b-1")))

    assert isinstance(bench.perform("poll_results", job), Board)
    bench.clock.advance(seconds=2)
    assert isinstance(bench.perform("poll_results", job), Complete)


def test_statistics_that_never_come_are_waited_for_a_minute(bench: Workbench) -> None:
    """For some backtests they stay away; the job completes, and says that its result is not."""
    job = bench.created()
    bench.cloud.answers("backtests/read", read(completed("b-1", statistics=[], totalPerformance=None)))
    bench.perform("poll_results", job)
    bench.clock.advance(seconds=60)

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Complete)
    assert not outcome.result.complete


def test_an_end_told_by_the_status_alone_ends_too(bench: Workbench) -> None:
    """A reply may lack `completed`; waiting for it would never end."""
    job = bench.created()
    bare = backtest("b-1", status="Completed.", progress=1, statistics=[])
    del bare["completed"]
    bench.cloud.answers("backtests/read", read(bare))
    bench.perform("poll_results", job)
    bench.clock.advance(seconds=61)

    assert isinstance(bench.perform("poll_results", job), Complete)


def test_a_runtime_error_fails_the_job_with_its_first_line(bench: Workbench) -> None:
    """One line for people, the stack trace for whoever mends the code."""
    job = bench.created()
    broken = backtest(
        "b-1", status="Runtime Error", completed=True, error="division by zero\nin on_data", stacktrace="at main.py:7"
    )
    bench.cloud.answers("backtests/read", read(broken))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "runtime_error"
    assert outcome.message.endswith("division by zero")
    assert bench.job(job).error_detail == "at main.py:7"


def test_an_empty_error_is_a_healthy_backtest(bench: Workbench) -> None:
    """Some replies say `error: ""` where others say null."""
    bench.cloud.answers("backtests/read", read(completed("b-1", error="", stacktrace="")))

    assert isinstance(bench.perform("poll_results", bench.created()), Complete)


def test_a_backtest_that_is_not_visible_yet_is_waited_for(bench: Workbench) -> None:
    """Reads lag behind creates."""
    bench.cloud.answers("backtests/read", refused("Backtest not found"))

    assert isinstance(bench.perform("poll_results", bench.created()), Board)


def test_a_backtest_that_somebody_deleted_fails_the_job(bench: Workbench) -> None:
    """Running it again unasked would cost money that somebody just saved."""
    job = bench.created()
    bench.cloud.answers("backtests/read", refused("Backtest not found"))
    bench.clock.advance(seconds=61)

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "deleted"


def test_a_backtest_without_end_is_deleted(bench: Workbench) -> None:
    """It would hold its node for ever."""
    job = bench.created()
    bench.cloud.answers("backtests/read", read(backtest("b-1", progress=0.97)))
    bench.cloud.answers("backtests/delete", {})
    bench.clock.advance(hours=13, seconds=1)

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "timeout"
    assert bench.cloud.last("backtests/delete")["backtestId"] == "b-1"


def test_one_running_backtest_alone_is_read_without_a_list(bench: Workbench) -> None:
    """One request tells end and result."""
    bench.cloud.answers("backtests/read", read(completed("b-1")))

    bench.perform("poll_results", bench.created())

    assert [path for path, _ in bench.cloud.asked] == ["backtests/read"]


@pytest.mark.parametrize("progress", [0.0, 0.3, 0.99, 1.0])
def test_a_wait_between_two_looks_is_half_a_minute_at_most(bench: Workbench, progress: float) -> None:
    """However long the backtest, its end must be noticed."""
    job = bench.created()
    bench.clock.advance(hours=6)
    bench.cloud.answers("backtests/read", read(backtest("b-1", progress=progress)))

    outcome = bench.perform("poll_results", job)

    assert isinstance(outcome, Board)
    assert 1 <= (outcome.look_at - bench.clock()).total_seconds() <= 30


def test_without_a_backtest_there_is_nothing_to_poll(bench: Workbench) -> None:
    """It goes back to the queue instead of failing: the chain was begun in the wrong place."""
    assert isinstance(bench.perform("poll_results", bench.compiled()), Requeue)
