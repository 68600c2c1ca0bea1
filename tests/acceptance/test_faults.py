"""The promises under fire: real processes, killed for real. Two outside witnesses: ledger and emulator's journal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestrator import JobHandle
from tasks import lanes
from tests.support.eventually import eventually
from tests.support.house import House, house

GOES_ON_WITHIN = timedelta(seconds=15)

SLOW_ENDPOINT = {
    "upload": "projects/update",
    "compile": "compile/create",
    "poll_compile": "compile/read",
    "create": "backtests/create",
    "poll_results": "backtests/read",
}
"""What each step asks: made slow, it holds the step open long enough to be killed inside."""


@pytest.fixture
def running_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house(tmp_path, monkeypatch.setenv) as running:
        running.start_worker()
        running.start_beat()
        yield running


def begun_after(running: House, handle: JobHandle, moment: datetime) -> datetime | None:
    """When somebody went on with the job: by a new run, or where only looking was left, by a new look."""
    with running.ledger.reading() as tables:
        attempts = tables.jobs.attempts_of(handle.id)
    return min((attempt["started_at"] for attempt in attempts if attempt["started_at"] > moment), default=None)


def test_ten_jobs_on_two_nodes_cost_one_push_and_one_compile_per_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What users buy: everything runs once, and no request is wasted on what is known."""
    with house(tmp_path, monkeypatch.setenv, nodes=2) as running:
        running.start_worker()
        running.start_beat()
        handles = [running.submit("abc"[index % 3] * 3, period=index) for index in range(10)]
        jobs = running.wait(handles, within=120)

        assert len(running.created("backtest")) == 10
        assert {job.backtest_id for job in jobs} == {created["id"] for created in running.created("backtest")}
        assert running.asked()["compile/create"] == 3
        assert running.asked()["projects/update"] == 3
        assert len(running.created("project")) == 3
        results = {handle.id: handle.result for handle in handles}
        assert all(result is not None and result.numbers["sharpe_ratio"] is not None for result in results.values())


@pytest.mark.parametrize("step", SLOW_ENDPOINT)
def test_a_worker_killed_inside_a_step_costs_neither_the_job_nor_a_second_backtest(
    running_house: House, step: str
) -> None:
    """Nothing is lost and nothing happens twice, whichever instruction was the last."""
    running_house.fault(SLOW_ENDPOINT[step], "slow", seconds=2)
    handle = running_house.submit()
    eventually(lambda: running_house.fired(SLOW_ENDPOINT[step]), within=60, what=f"the request of {step}", every=0.05)
    killed_at = datetime.now(UTC)
    running_house.kill("worker")
    running_house.start_worker("replacement")

    (job,) = running_house.wait([handle])

    begun = begun_after(running_house, handle, killed_at)
    assert begun is not None, "the job ended without another attempt: the worker was not killed inside the step"
    assert begun - killed_at < GOES_ON_WITHIN
    assert [created["id"] for created in running_house.created("backtest")] == [job.backtest_id]


def test_an_answer_lost_after_the_backtest_was_made_is_looked_up_not_asked_again(running_house: House) -> None:
    """The expensive doubt: the request succeeded and nobody heard."""
    running_house.fault("backtests/create", "drop-after")
    (job,) = running_house.wait([running_house.submit()])
    assert [created["id"] for created in running_house.created("backtest")] == [job.backtest_id]
    assert running_house.asked()["backtests/create"] == 1


def test_an_answer_lost_before_the_backtest_was_made_is_asked_again_once_that_is_certain(
    running_house: House,
) -> None:
    """Certainty takes until the first request can no longer be under way."""
    running_house.fault("backtests/create", "drop-before")
    running_house.wait([running_house.submit()])
    assert len(running_house.created("backtest")) == 1
    assert running_house.asked()["backtests/create"] == 2


def test_an_answer_lost_after_the_project_was_made_makes_no_second_project(running_house: House) -> None:
    """`projects/create` is not idempotent either."""
    running_house.fault("projects/create", "drop-after")
    running_house.wait([running_house.submit()])
    assert len(running_house.created("project")) == 1


def test_redis_restarted_empty_in_the_middle_of_five_jobs_loses_none(running_house: House) -> None:
    """The ledger is the truth; Redis only carries."""
    handles = [running_house.submit("alpha", period=period) for period in range(5)]
    eventually(lambda: len(running_house.created("backtest")) >= 1, within=40, what="the first backtest")
    redis = running_house.redis
    redis.kill()
    shutil.rmtree(redis.data)
    redis.data.mkdir()
    redis.start()

    running_house.wait(handles, within=150)

    assert len(running_house.created("backtest")) == 5


def test_two_workers_on_postgresql_share_the_work_and_survive_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    """The grown-up form: a database over a socket, several workers, one of them killed in the middle."""
    with house(tmp_path, monkeypatch.setenv, nodes=3) as running:
        monkeypatch.setenv("QCJOBS_DATABASE_URL", postgres_url)
        running.start_worker("first")
        running.start_worker("second")
        running.start_beat()
        handles = [running.submit("alpha", period=period) for period in range(6)]
        eventually(lambda: len(running.created("backtest")) >= 2, within=40, what="two backtests under way")
        running.kill("first")

        jobs = running.wait(handles, within=150)

        assert {job.backtest_id for job in jobs} == {created["id"] for created in running.created("backtest")}
        assert len(running.created("backtest")) == 6


def test_api_that_answers_html_and_errors_for_a_while_only_delays(running_house: House) -> None:
    """A maintenance page is not a failed job."""
    for kind in ("html", "error-502", "error-500", "garbage"):
        running_house.fault("compile/create", kind)
    running_house.fault("backtests/read", "html", times=2)
    running_house.wait([running_house.submit()])
    assert len(running_house.created("backtest")) == 1


def test_a_worker_that_is_far_behind_begins_nothing_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow is not dead: jobs that wait in line longer than a lease keep their place, and none is given up."""
    with house(tmp_path, monkeypatch.setenv, nodes=12) as running:
        running.fault("backtests/create", "slow", seconds=2, times=0)
        running.start_worker("upkeep", (lanes.UPKEEP,))
        running.start_worker("slow", (lanes.BACKTESTS,), threads=1)
        running.start_beat()
        jobs = running.wait([running.submit("alpha", period=period) for period in range(12)], within=150)

        assert [job.run for job in jobs] == [1] * 12
        assert len(running.created("backtest")) == 12


def test_no_spare_nodes_and_slow_down_are_waits(running_house: House) -> None:
    """Capacity answers are not failures, and nothing was created by them."""
    running_house.fault("backtests/create", "no-spare-nodes")
    (job,) = running_house.wait([running_house.submit()])
    assert len(running_house.created("backtest")) == 1
    assert job.error is None
