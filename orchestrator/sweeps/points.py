"""From the points of a plan to requests for backtests. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.jobs import Submission
from orchestrator.submission import LONGEST_NAME
from orchestrator.sweeps.plan import Point


def submissions_of(one: Submission, points: Sequence[Point], first: int = 0) -> list[Submission]:
    """A submission for each point; each is named for what tells it from the others."""
    values: dict[str, set[str]] = {}
    for point in points:
        for key, value in point.parameters.items():
            values.setdefault(key, set()).add(str(value))
    telling = sorted(key for key, seen in values.items() if len(seen) > 1 or key not in one.parameters)
    return [
        replace(
            one,
            name=_name(one.name, point, telling),
            parameters=point.parameters,
            labels=dict(point.labels) or None,
            position=first + place,
        )
        for place, point in enumerate(points)
    ]


def _name(title: str, point: Point, telling: Sequence[str]) -> str:
    candidate = point.labels.get("candidate")
    said = [f"{key}={point.parameters[key]}" for key in telling if key in point.parameters]
    return " ".join([title, *([str(candidate)] if candidate else []), *said])[:LONGEST_NAME]
