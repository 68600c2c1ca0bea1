"""What walk-forward windows say: for each, the point that was best in training, and its worth in the test after.

Pure. Only the second is an honest estimate: the first was chosen for being the highest of many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.jobs import Job, Result, Scalar, parameters_key
from orchestrator.sweeps.windows import TEST, TRAIN


@dataclass(frozen=True, slots=True)
class Chosen:
    """One window."""

    window: int
    parameters: Mapping[str, Scalar]  #: without those that the windows set
    trained: float  #: the best number of the training
    tested: float | None  #: the same point's in the test; None while that is not known


def walk_forward(results: Sequence[tuple[Job, Result | None]], number: str, *, lowest: bool = False) -> list[Chosen]:
    """Choose by one of `Result.numbers` in each window; windows without a trained point are left out."""
    dated = _set_by_windows(results)
    told: dict[tuple[Any, Any, Any], tuple[float, Mapping[str, Scalar]]] = {}
    for job, result in results:
        value = None if result is None else result.numbers.get(number)
        if job.labels and isinstance(value, int | float):
            own: dict[str, Scalar] = {name: said for name, said in job.parameters.items() if name not in dated}
            told[job.labels.get("window"), job.labels.get("part"), parameters_key(own)] = float(value), own
    windows = sorted({int(window) for window, part, _ in told if part == TRAIN and isinstance(window, int)})
    found = []
    for window in windows:
        trained = [(value, key, own) for (at, part, key), (value, own) in told.items() if (at, part) == (window, TRAIN)]
        best, key, point = (min if lowest else max)(trained, key=lambda entry: entry[0])
        tested = told.get((window, TEST, key))
        found.append(Chosen(window, point, best, None if tested is None else tested[0]))
    return found


def _set_by_windows(results: Sequence[tuple[Job, Result | None]]) -> set[str]:
    """Parameters that only tell the stretches of time apart: within one stretch, all points have the same."""
    values: dict[tuple[Any, Any], dict[str, set[str]]] = {}
    for job, _ in results:
        stretch = values.setdefault(((job.labels or {}).get("window"), (job.labels or {}).get("part")), {})
        for name, value in job.parameters.items():
            stretch.setdefault(name, set()).add(str(value))
    names = {name for stretch in values.values() for name in stretch}
    alike = {name for name in names if all(len(stretch.get(name, ())) == 1 for stretch in values.values())}
    over_all = {name: set().union(*(stretch.get(name, set()) for stretch in values.values())) for name in alike}
    return {name for name, seen in over_all.items() if len(seen) > 1}
