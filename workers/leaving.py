"""A worker that is told to end does so, even if one of its threads never comes back.

Python waits for its threads, and a handler is somebody else's code. By the time this insists, the messages are given
back and the steps under way have had their time; whatever is left is what a crash would leave, which others go on with.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Final

import psutil
import structlog

INSISTS_AFTER: Final = 20.0
"""Seconds after SIGTERM; ten of them are Celery's for the steps under way (`worker_soft_shutdown_timeout`)."""

log = structlog.get_logger(__name__)


def insist(**_: Any) -> None:
    """Hear that the worker is to end."""
    if psutil.Process().children():  # a pool of processes, which Celery ends itself
        return
    timer = threading.Timer(INSISTS_AFTER, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    log.warning("a thread does not come back; the worker leaves it behind", threads=threading.active_count())
    os._exit(0)
