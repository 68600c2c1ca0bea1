"""An idle worker's log does not grow; what matters is still told."""

import io
import logging
from collections.abc import Iterator

import pytest
from celery.app.trace import LOG_FAILURE, LOG_RECEIVED, LOG_SUCCESS

from orchestrator.logs import configure_logging
from schedules import BEAT_SCHEDULE
from workers.ticks import TICKS, is_worth_a_line, quieten

TOLD = {"id": "4711", "runtime": 0.01, "return_value": "0 looks", "args": "()", "kwargs": "{}", "eta": None}
FAILED = {"description": "raised unexpected", "exc": "ValueError()"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What a worker logs; the loggers are afterwards as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    quieten()
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.worker.request"):
        logging.getLogger(name).removeFilter(is_worth_a_line)


def say(task: str) -> None:
    """What Celery says of a task that comes, is done, fails, and of one that came too late."""
    logging.getLogger("celery.worker.strategy").info(LOG_RECEIVED, {"name": task, **TOLD})
    logging.getLogger("celery.app.trace").info(LOG_SUCCESS, {"name": task, **TOLD})
    logging.getLogger("celery.app.trace").error(LOG_FAILURE, {"name": task, **TOLD, **FAILED})
    logging.getLogger("celery.worker.request").info("Discarding revoked task: %s[%s]", task, "4711")


@pytest.mark.parametrize("task", sorted(TICKS))
def test_a_tick_that_came_and_went_is_no_news_and_one_that_failed_is(task: str, stream: io.StringIO) -> None:
    """One line every half second is a gigabyte a year."""
    say(task)

    (line,) = stream.getvalue().splitlines()
    assert f"Task {task}[4711] raised unexpected" in line


@pytest.mark.parametrize("task", ["backtest.create", "events.deliver", "live.liquidate", "jobs.prune"])
def test_a_step_is_told_as_before(task: str, stream: io.StringIO) -> None:
    """They are the story."""
    say(task)

    assert len(stream.getvalue().splitlines()) == 4


def test_whoever_wants_to_see_everything_sees_the_ticks_too(stream: io.StringIO) -> None:
    """`worker.log_level: DEBUG`."""
    configure_logging("DEBUG", stream=stream)
    say("jobs.look")

    assert len(stream.getvalue().splitlines()) == 4


def test_other_lines_of_the_same_loggers_stay(stream: io.StringIO) -> None:
    """Without arguments, or about something else."""
    logging.getLogger("celery.worker.request").info("nothing in particular")
    logging.getLogger("celery.worker.strategy").info("%s is not jobs.look", "this")

    assert len(stream.getvalue().splitlines()) == 2


def test_everything_that_beat_sends_every_few_seconds_is_a_tick() -> None:
    """A new one must not be forgotten."""
    assert {"jobs.look", "jobs.dispatch", "schedules.run"} <= TICKS
    assert {tick["task"] for tick in BEAT_SCHEDULE.values()} - TICKS == {"live.thin", "jobs.prune"}
