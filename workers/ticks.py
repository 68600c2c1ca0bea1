"""Ticks make no story: a few of them a second, day and night, mostly to find that there is nothing to do.

What a tick begins tells of itself (`a run begins`, `delivered` …), and one that fails is an error like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from schedules import BEAT_SCHEDULE

STEADY: Final = 60.0  # seconds; what comes less often may tell of itself

TICKS: Final = frozenset(tick["task"] for tick in BEAT_SCHEDULE.values() if tick["schedule"] < STEADY)
"""Names of the tasks."""

_TOLD_BY: Final = ("celery.worker.strategy", "celery.app.trace", "celery.worker.request")
"""Celery's loggers of `received`, `succeeded` and `discarding revoked` (a tick that nobody took in time)."""


def quieten() -> None:
    """Leave Celery's own lines about ticks out of this process's log, unless they are warnings, or all is wanted."""
    for name in _TOLD_BY:
        logger = logging.getLogger(name)
        if is_worth_a_line not in logger.filters:
            logger.addFilter(is_worth_a_line)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Whether a record of Celery's is more than that a tick came and went."""
    if record.levelno > logging.INFO or logging.getLogger().isEnabledFor(logging.DEBUG):
        return True
    told = record.args
    name = told.get("name") if isinstance(told, Mapping) else (told or (None,))[0]
    return name not in TICKS
