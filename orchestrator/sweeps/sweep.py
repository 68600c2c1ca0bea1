"""The record of a sweep, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A set of backtests made from one source and many parameter sets."""

    id: str  #: begins with `s`, which no job's id does
    account: str
    name: str
    source: str
    note: str | None
    plan: Mapping[str, Any]  #: as `orchestrator.sweeps.plan_file` reads it
    points: int
    most_nodes: int | None  #: backtests at once; None: as many as there are nodes
    paused: bool
    rerun_of: str | None
    created_at: datetime
    ended_at: datetime | None  #: None while one of its jobs has not ended


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a sweep's jobs are in each state; those that were begun again count once."""

    counts: Mapping[JobState, int]
    paused: int  #: of the queued ones

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Those of which nothing follows."""
        return sum(count for state, count in self.counts.items() if state.is_terminal)

    @property
    def has_ended(self) -> bool:
        """Whether nothing follows of any."""
        return self.ended == self.total
