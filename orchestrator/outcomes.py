"""What a step of a chain can come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestrator.jobs import Result


@dataclass(frozen=True, slots=True)
class Advance:
    """The step's work is done, by us or before us; the next step follows."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """The same step again after `delay`. The task re-queues itself; no worker sleeps."""

    delay: timedelta
    reason: str  #: what the job waits for, in plain words
    frees_node: bool = False  #: its node is free already: the dispatcher may use it


@dataclass(frozen=True, slots=True)
class Board:
    """Its backtest runs, and `orchestrator.board` looks after it: no message and no worker until `look_at`."""

    look_at: datetime
    reason: str  #: what the job waits for, in plain words
    frees_node: bool = False  #: a node is free: the dispatcher may use it


@dataclass(frozen=True, slots=True)
class Requeue:
    """Back to the queue: node, worker and message are given back until the job's turn comes again."""

    delay: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Complete:
    """The backtest ended well."""

    result: Result


@dataclass(frozen=True, slots=True)
class Confirm:
    """What was to be done to a live algorithm is done, and reading has confirmed it."""

    note: str  #: in words, for the audit
    facts: Mapping[str, Any]  #: what was read


@dataclass(frozen=True, slots=True)
class Fail:
    """The job ends here."""

    kind: str  #: for programs: `build_error`, `runtime_error`, `invalid` …
    message: str  #: for people, one line that says what to do
    detail: str | None = None  #: build log or stack trace


@dataclass(frozen=True, slots=True)
class Cancel:
    """Somebody stopped the job, and nothing of it runs any more."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A newer run exists, or the job has ended: this run says and does nothing."""


Outcome = Advance | Wait | Board | Requeue | Complete | Confirm | Fail | Cancel
"""What a step returns. `Stale` is not among them: a step never decides that."""
