"""Telling the dispatcher and the outbox that there is something to do. Only speeds up what a tick does anyway.

By name, because the links of a chain wake the dispatcher and the dispatcher starts the links.
"""

from __future__ import annotations

from typing import Final

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

PATIENCE: Final = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 0.5}
"""Under a second: whoever wakes has other things to do, and the next tick sees to it. (Links are sent with the app's
own policy, which outlasts a restart of Redis.)"""

log = structlog.get_logger(__name__)


def wake(*, events: bool = True) -> None:
    """Wake the dispatcher and, unless nothing was recorded, the outbox."""
    _send("jobs.dispatch", *(["events.announce"] if events else []))


def wake_control() -> None:
    """Let what is urgent begin now."""
    _send("control.dispatch", "events.announce")


def _send(*names: str) -> None:
    try:
        for name in names:
            current_app.send_task(name, ignore_result=True, expires=60, retry=True, retry_policy=PATIENCE)
    except OperationalError as error:
        log.warning("nobody could be woken; the next tick will see to it", error=str(error))
