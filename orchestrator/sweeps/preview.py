"""What a sweep will cost, before it is accepted: points, requests, node-hours, and when it will have ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orchestrator.experience import Experience
from orchestrator.ledger import Tables
from orchestrator.settings import Settings

REQUESTS_EACH: Final = 3.0
"""Per backtest: one to create it, one to read its result, and its share of the looks at the project."""

REQUESTS_ONCE: Final = 8
"""Nodes, files, push and compile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An estimate. None: there is no experience to estimate from."""

    points: int
    excluded: int  #: by the constraints
    repeated: int
    reused: int  #: answered from the ledger
    nodes: int  #: used at once
    ahead: int  #: backtests in the queue already
    requests: int
    each: timedelta | None  #: the median of the latest runs
    node_hours: float | None
    hours: float | None  #: until its end, with what is ahead of it
    ends_at: datetime | None

    @property
    def to_run(self) -> int:
        """Backtests that have to be made."""
        return self.points - self.reused

    def exceeded(self, settings: Settings) -> list[str]:
        """What is more than the settings let pass unasked, in words."""
        limits = settings.sweeps
        asked = [
            (self.to_run, limits.ask_above_points, "{0:,.0f} backtests"),
            (self.nodes, limits.ask_above_nodes, "{0:,.0f} nodes at once"),
            (self.node_hours, limits.ask_above_node_hours, "{0:,.1f} node-hours"),
            (self.hours, limits.ask_above_hours, "{0:,.1f} hours until its end"),
        ]
        return [words.format(value) for value, limit, words in asked if value is not None and value > limit]


def estimate(
    tables: Tables,
    settings: Settings,
    *,
    points: int,
    excluded: int,
    repeated: int,
    reused: int,
    nodes: int,
    past: Experience | None,
    now: datetime,
) -> Preview:
    """Work the estimate out.

    Args:
        tables: For what is ahead in the queue.
        settings: For the request budget.
        points: All of the sweep.
        excluded: By constraints.
        repeated: Named more than once in the plan.
        reused: Answered from the ledger.
        nodes: Those that the sweep may use.
        past: How long such backtests took; None: none has ended.
        now: To count from.
    """
    to_run = points - reused
    used = max(min(nodes, to_run), 1)
    ahead = tables.queue.length(settings.account)
    requests = math.ceil(REQUESTS_EACH * to_run) + (REQUESTS_ONCE if to_run else 0)
    each = past.usual if past else None
    node_hours = hours = None
    if each is not None:
        node_hours = to_run * each / timedelta(hours=1)
        by_nodes = math.ceil((ahead + to_run) / nodes) * each if to_run else timedelta()
        by_budget = timedelta(minutes=requests / settings.dispatch.requests_per_minute)
        hours = max(by_nodes, by_budget) / timedelta(hours=1)
    return Preview(
        points=points,
        excluded=excluded,
        repeated=repeated,
        reused=reused,
        nodes=used if to_run else 0,
        ahead=ahead,
        requests=requests,
        each=each,
        node_hours=node_hours,
        hours=hours,
        ends_at=None if hours is None else now + timedelta(hours=hours),
    )
