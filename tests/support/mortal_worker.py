"""What a worker includes that is to die at a message: `celery -A workers worker -I tests.support.mortal_worker`.

`MORTAL_POINTS` names a file with one point a line; a worker that comes by one of them strikes it out and kills itself.

    before <task>           the ledger is written, the message has not left
    after <task>            the message is in Redis, the one that it follows is not acknowledged
    before again <task>     the same for a task that waits and is sent anew
    done <task>             everything is done, and the message is not acknowledged

`MORTAL_CLOCK` is the number of seconds by which the worker's clock is wrong.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from celery import Task, signals

from orchestrator.ledger.clock import utc_now
from orchestrator.runtime import Runtime
from orchestrator.settings import Settings
from workers import bootstrap, life

POINTS: Final = "MORTAL_POINTS"
CLOCK: Final = "MORTAL_CLOCK"

_lock = threading.Lock()


def points(file: Path) -> list[str]:
    """The points at which nobody has died yet."""
    return file.read_text().splitlines()


def _come_by(point: str) -> None:
    if POINTS not in os.environ:
        return
    file = Path(os.environ[POINTS])
    with _lock:
        left = points(file)
        if point not in left:
            return
        left.remove(point)
        file.write_text("".join(f"{line}\n" for line in left))
        os.kill(os.getpid(), signal.SIGKILL)


@signals.before_task_publish.connect(weak=False)
def _before(sender: str, headers: Mapping[str, Any], **_: Any) -> None:
    _come_by(f"before {_again(headers)}{sender}")


@signals.after_task_publish.connect(weak=False)
def _after(sender: str, headers: Mapping[str, Any], **_: Any) -> None:
    _come_by(f"after {_again(headers)}{sender}")


@signals.task_postrun.connect(weak=False)
def _done(task: Task[Any, Any], **_: Any) -> None:
    _come_by(f"done {task.name}")


def _again(headers: Mapping[str, Any]) -> str:
    return "again " if headers.get("retries") else ""


def _with_a_wrong_clock(settings: Settings) -> Runtime:
    wrong = timedelta(seconds=float(os.environ.get(CLOCK, "0")))

    def clock() -> datetime:
        return utc_now() + wrong

    runtime = bootstrap.build_runtime(settings)
    runtime.ledger.clock = clock
    return replace(runtime, clock=clock)


life.build_runtime = _with_a_wrong_clock  # type: ignore[attr-defined] # a seam, not a promise
