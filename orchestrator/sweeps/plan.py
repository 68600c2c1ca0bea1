"""Which backtests a sweep is made of: a plan, and the points it comes to. Pure.

A plan is the union of a grid, random draws, an explicit list and named candidates, each crossed with the walk-forward
windows if there are any, without what the constraints exclude and without repetitions.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from orchestrator.errors import BadPlan
from orchestrator.jobs import Scalar, checked_parameters, parameters_key
from orchestrator.sweeps.constraints import Constraints
from orchestrator.sweeps.values import Axis, every
from orchestrator.sweeps.windows import WalkForward

MOST_POINTS: Final = 100_000
TRIES_PER_POINT: Final = 200
"""Random draws that a constraint or a repetition may cost, before the plan counts as too narrow."""


@dataclass(frozen=True, slots=True)
class Point:
    """One backtest of a sweep."""

    parameters: Mapping[str, Scalar]
    labels: Mapping[str, Scalar] = field(default_factory=dict)  #: candidate, note, window, part: for people


@dataclass(frozen=True, slots=True)
class Draws:
    """So many random points."""

    count: int
    seed: int
    axes: Mapping[str, Axis]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    grid: Mapping[str, Axis] = field(default_factory=dict)
    draws: Draws | None = None
    listed: tuple[Point, ...] = ()
    windows: WalkForward | None = None
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """The points of a plan, and what was left out."""

    points: tuple[Point, ...]
    excluded: int  #: by the constraints
    repeated: int


def expand(plan: Plan, *, base: Mapping[str, Scalar] | None = None, most: int = MOST_POINTS) -> Expansion:
    """Every point of the plan, in its order.

    Args:
        plan: What to run.
        base: Parameters that each point has unless it says otherwise; constraints may name them.
        most: More points than that are refused, before they are made.

    Raises:
        BadPlan: No point or too many, a constraint that cannot be computed, a parameter that is no scalar.
    """
    constraints = Constraints(plan.where)
    stretches = _stretches(plan.windows)
    _limit(_grid_size(plan.grid) + (plan.draws.count if plan.draws else 0) + len(plan.listed), len(stretches), most)
    excluded = repeated = 0
    points: dict[object, Point] = {}
    for point in itertools.chain(_grid(plan.grid), plan.listed, _only_windows(plan)):
        parameters = checked_parameters({**(base or {}), **point.parameters})
        if not constraints.hold(parameters):
            excluded += 1
        elif parameters_key(parameters) in points:
            repeated += 1
        else:
            points[parameters_key(parameters)] = Point(parameters, point.labels)
    if plan.draws is not None:
        _draw(plan.draws, constraints, base or {}, points)
    if not points:
        raise BadPlan(
            "No point is left: the constraints exclude all of them." if excluded else "The plan has no points."
        )
    crossed = tuple(_crossed(points.values(), plan.windows, stretches))
    return Expansion(crossed, excluded, repeated)


def _grid_size(grid: Mapping[str, Axis]) -> int:
    return math.prod(len(every(name, axis)) for name, axis in grid.items()) if grid else 0


def _grid(grid: Mapping[str, Axis]) -> Iterator[Point]:
    if grid:
        for values in itertools.product(*(every(name, axis) for name, axis in grid.items())):
            yield Point(dict(zip(grid, values, strict=True)))


def _only_windows(plan: Plan) -> Iterator[Point]:
    """Windows alone are a plan, too: the source's own parameters on each of them."""
    if plan.windows is not None and not (plan.grid or plan.draws or plan.listed):
        yield Point({})


def _stretches(windows: WalkForward | None) -> list[Point]:
    if windows is None:
        return []
    return [
        Point(
            {windows.start_parameter: str(stretch.first), windows.end_parameter: str(stretch.last)},
            {"window": stretch.window, "part": stretch.part},
        )
        for stretch in windows.stretches()
    ]


def _crossed(points: Iterable[Point], windows: WalkForward | None, stretches: list[Point]) -> Iterator[Point]:
    if windows is None:
        yield from points
        return
    for stretch, point in itertools.product(stretches, points):
        yield Point({**point.parameters, **stretch.parameters}, {**point.labels, **stretch.labels})


def _draw(draws: Draws, constraints: Constraints, base: Mapping[str, Scalar], points: dict[object, Point]) -> None:
    source = random.Random(draws.seed)  # noqa: S311 (repeatable on purpose)
    wanted, tries = draws.count, draws.count * TRIES_PER_POINT
    while wanted and tries:
        tries -= 1
        drawn = {name: axis.draw(source) for name, axis in draws.axes.items()}
        parameters = checked_parameters({**base, **drawn})
        if parameters_key(parameters) not in points and constraints.hold(parameters):
            points[parameters_key(parameters)] = Point(parameters)
            wanted -= 1
    if wanted:
        raise BadPlan(
            f"Only {draws.count - wanted} different random points were found that meet the constraints, "
            f"not {draws.count}."
        )


def _limit(points: int, stretches: int, most: int) -> None:
    total = points * max(stretches, 1)
    if total > most:
        raise BadPlan(f"The plan has {total:,} points; {most:,} are the most in one sweep.")
