"""What beat ticks, and how often."""

import importlib

import pytest
from celery import Celery

from orchestrator.leases import HOLD
from schedules import BEAT_SCHEDULE, RECONCILE_EVERY

TICKS = list(BEAT_SCHEDULE.values())


@pytest.fixture(scope="module")
def tasks() -> Celery:
    """An app of this test's own, to which the shared tasks belong as to every other."""
    for module in ("tasks.backtests", "tasks.live", "tasks.schedules", "tasks.upkeep"):
        importlib.import_module(module)
    return Celery("specification", set_as_current=False)


@pytest.mark.parametrize("tick", TICKS, ids=list(BEAT_SCHEDULE))
def test_every_tick_names_a_task_that_exists(tasks: Celery, tick: dict[str, object]) -> None:
    """A misspelled name would only show in a worker's log."""
    assert tick["task"] in tasks.tasks


@pytest.mark.parametrize("tick", TICKS, ids=list(BEAT_SCHEDULE))
def test_a_tick_that_nobody_takes_in_time_expires(tick: dict[str, dict[str, float]]) -> None:
    """Otherwise a night without workers leaves a hundred thousand ticks behind."""
    assert 0 < tick["options"]["expires"] <= 60


def test_a_lost_job_goes_on_within_fifteen_seconds() -> None:
    """The promise: lease, look, and a new chain's way through the queue."""
    assert HOLD.total_seconds() + RECONCILE_EVERY <= 12


def test_flower_shows_the_steps_and_not_the_ticks(tasks: Celery) -> None:
    """Several ticks a second would drown the story of the jobs."""
    shown = {name for name, task in tasks.tasks.items() if task.send_events and not name.startswith("celery.")}
    assert shown == {
        "backtest.upload",
        "backtest.compile",
        "backtest.poll_compile",
        "backtest.create",
        "backtest.poll_results",
        "live.upload",
        "live.compile",
        "live.poll_compile",
        "live.deploy",
        "live.confirm",
        "live.stop",
        "live.liquidate",
        "live.command",
        "events.deliver",
    }
