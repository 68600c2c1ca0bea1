"""The figures of the house, from a ledger with a known story in it; on SQLite and on PostgreSQL."""

import pytest
import redis

from orchestrator.events import EventType
from orchestrator.figures import Lag, read_figures
from orchestrator.limits import SharedLimiter, urgently
from orchestrator.outcomes import Fail
from orchestrator.request_counts import RequestCounter, read_counts
from orchestrator.settlement import settle
from orchestrator.states import JobState
from quantconnect import NoSpareNodes, RequestTimeout
from tests.support import cloud
from tests.support.workbench import ACCOUNT, Workbench, add_job

BACKTEST = "backtest"


def test_an_empty_ledger_has_figures(bench: Workbench) -> None:
    """The first scrape comes before the first job."""
    figures = read_figures(bench.ledger)

    assert (figures.jobs, figures.lag, figures.accounts, figures.oldest_due) == ({}, {}, [], 0.0)


def test_jobs_are_counted_by_account_kind_and_state(bench: Workbench) -> None:
    """With who holds a node, and at which step."""
    add_job(bench.ledger)
    bench.clock.advance(seconds=90)
    add_job(bench.ledger)
    bench.compiled(has_slot=False)
    running = bench.created()
    bench.change(running, step="poll_results")

    figures = read_figures(bench.ledger)

    assert figures.jobs[ACCOUNT, BACKTEST, JobState.QUEUED] == 2
    assert figures.jobs[ACCOUNT, BACKTEST, JobState.RUNNING] == 2
    assert figures.oldest_queued == {(ACCOUNT, BACKTEST): 90.0}
    assert figures.nodes_used == {ACCOUNT: 1}
    assert figures.running_steps[ACCOUNT, "poll_results"] == 1


def test_the_nodes_are_those_that_quantconnect_told_of(bench: Workbench) -> None:
    """As last read."""
    bench.write(lambda tables: tables.accounts.write_nodes(ACCOUNT, 3))

    assert read_figures(bench.ledger).nodes == {ACCOUNT: 3}


def test_the_lag_counts_from_the_last_look_that_saw_the_backtest_run(bench: Workbench) -> None:
    """Not from the first that saw it ended: that one was late already."""
    bench.cloud.answers("backtests/read", {"backtest": cloud.backtest("b-1")}, {"backtest": cloud.completed("b-1")})
    job = bench.created("b-1")
    bench.clock.advance(seconds=20)
    bench.perform("poll_results", job)
    bench.clock.advance(seconds=12)

    bench.perform("poll_results", job)

    assert bench.job(job).state is JobState.COMPLETED
    assert read_figures(bench.ledger).lag == {ACCOUNT: Lag(count=1, median=12.0, worst=12.0)}


def test_the_lag_tells_of_the_last_hour_only(bench: Workbench) -> None:
    """A slow night must not colour the whole week."""
    job = bench.created()
    bench.clock.advance(seconds=5)
    settle(bench.runtime, job, Fail("runtime_error", "it broke"))
    assert read_figures(bench.ledger).lag[ACCOUNT].count == 1

    bench.clock.advance(hours=2)

    assert read_figures(bench.ledger).lag == {}


def test_events_and_deliveries_are_counted(bench: Workbench) -> None:
    """What was told to whom, and what waits."""
    job = add_job(bench.ledger)
    with bench.ledger.writing() as tables:
        for event_type in (EventType.BACKTEST_RECOVERED, EventType.BACKTEST_RECOVERED, EventType.BACKTEST_FAILED):
            tables.outbox.record(event_type, job)
        first, second, _ = (event.id for event in tables.outbox.unannounced())
        tables.outbox.announce(first, ["log", "webhook:x"])
        tables.outbox.announce(second, ["webhook:x"])
        tables.outbox.claim(first, "log")
        tables.outbox.delivered(first, "log")
    bench.clock.advance(seconds=30)

    figures = read_figures(bench.ledger)

    assert figures.events == {"BacktestRecovered": 2, "BacktestFailed": 1}
    assert figures.deliveries == {("log", "delivered"): 1, ("webhook:x", "due"): 2}
    assert (figures.oldest_due, figures.unannounced) == (30.0, 1)


# ── what Redis knows ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_requests_are_counted_by_endpoint_and_outcome_for_all_processes(redis_url: str) -> None:
    """Two workers, one sum; and the key does not live for ever."""
    with redis.Redis.from_url(redis_url) as first, redis.Redis.from_url(redis_url) as second:
        RequestCounter(first, ACCOUNT)("backtests/list", None)
        RequestCounter(second, ACCOUNT)("backtests/list", None)
        RequestCounter(second, ACCOUNT)("backtests/create", NoSpareNodes())
        RequestCounter(first, ACCOUNT)("backtests/create", RequestTimeout())

        assert sorted(read_counts(first, ACCOUNT)) == [
            ("backtests/create", "no_spare_nodes", 1),
            ("backtests/create", "request_timeout", 1),
            ("backtests/list", "ok", 2),
        ]
        assert list(read_counts(first, "somebody else")) == []
        assert int(first.ttl(f"qc:requests:{ACCOUNT}")) > 0


def test_a_count_that_cannot_be_written_harms_no_request() -> None:
    """Redis may be away while QuantConnect answers."""
    with redis.Redis(port=9, socket_timeout=0.2, socket_connect_timeout=0.2) as nobody:
        RequestCounter(nobody, ACCOUNT)("backtests/list", None)


def test_what_is_left_of_the_budget_is_told_without_spending_it(redis_url: str) -> None:
    """Prometheus asks every few seconds."""
    limiter = SharedLimiter(redis_url, ACCOUNT, 10, reserve=3)
    for _ in range(2):
        limiter.admit("backtests/list")
    with urgently():
        limiter.admit("live/update/stop")

    for _ in range(3):
        budget = limiter.budget()
        assert (budget.left, budget.urgent_left, budget.per_minute) == (5, 2, 10)
    assert budget.paused_seconds == 0
    limiter.slow_down("x", 30)
    assert limiter.budget().paused_seconds == pytest.approx(30, abs=2)
    limiter.close()
