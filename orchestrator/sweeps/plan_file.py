"""A plan as a map: what a YAML file or a program says, and what the ledger keeps of it.

source: examples/moving_average_cross
grid:
  fast: 5:50:5
  slow: [20, 50, 100, 200]
random: {points: 100, seed: 7, parameters: {fast: "5:50", slow: "20:200"}}
list:
  - {fast: 10, slow: 30}
candidates:
  - {name: today, note: runs live, parameters: {fast: 12, slow: 26}}
walk_forward: {start: 2015-01-01, end: 2020-12-31, train: 2 years, test: 6 months}
where:
  - fast < slow
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from orchestrator.errors import BadPlan
from orchestrator.jobs import Scalar, checked_parameters
from orchestrator.sweeps.plan import Draws, Plan, Point
from orchestrator.sweeps.values import read_axis
from orchestrator.sweeps.windows import read_walk_forward

ABOUT: Final = ("source", "name", "note", "priority", "project", "replace", "reuse")
"""What a plan file may say beside the plan; a command's own options go before it."""

PARTS: Final = ("grid", "random", "list", "candidates", "walk_forward", "where")


class PlainLoader(yaml.SafeLoader):
    """YAML without the guesses of version 1.1 that bite in a plan: there `5:50:5` is 21005 (base sixty), `on` is true
    and 2015-01-31 is no text. What is left are numbers, true and false, null, texts, lists and maps.
    """


_GUESSED: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "timestamp")}
PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _GUESSED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?([0-9]+\.[0-9]*([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$"),
    list("-+.0123456789"),
)
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$", re.IGNORECASE), list("tTfF"))


def read_plan_file(path: Path) -> dict[str, Any]:
    """The map in a YAML file; its keys are checked, its parts are read by `read_plan`.

    Raises:
        BadPlan: The file cannot be read, is no YAML, or has a key that means nothing.
    """
    try:
        said = yaml.load(path.read_text("utf-8"), PlainLoader)  # noqa: S506 (a safe loader)
    except OSError as error:
        raise BadPlan(f"The plan {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadPlan(f"The plan {path} is not valid YAML.") from error
    if not isinstance(said, dict) or not said:
        raise BadPlan(f"The plan {path} must be a map with {', '.join(PARTS)}.")
    _only(said, (*ABOUT, *PARTS), "A plan")
    return said


def read_plan(said: Mapping[str, Any]) -> Plan:
    """The plan in a map.

    Raises:
        BadPlan: A part of it cannot be understood; the message names it.
    """
    _only(said, (*ABOUT, *PARTS), "A plan")
    return Plan(
        grid={name: read_axis(name, values) for name, values in _map("grid", said.get("grid")).items()},
        draws=_draws(said.get("random")),
        listed=(*_listed(said.get("list")), *_candidates(said.get("candidates"))),
        windows=None if said.get("walk_forward") is None else read_walk_forward(said["walk_forward"]),
        where=tuple(_texts("where", said.get("where"))),
    )


def with_seed(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same map; random draws without a seed get one, so that the plan can be repeated."""
    draws = said.get("random")
    if not isinstance(draws, Mapping) or draws.get("seed") is not None:
        return dict(said)
    return {**said, "random": {**draws, "seed": random.randrange(2**31)}}  # noqa: S311 (no secret)


def _draws(said: object) -> Draws | None:
    if said is None:
        return None
    draws = _map("random", said)
    _only(draws, ("points", "seed", "parameters"), "random")
    count, seed = draws.get("points"), draws.get("seed", 0)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise BadPlan("random.points says how many points to draw, such as 100.")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise BadPlan("random.seed is a whole number.")
    axes = {
        name: read_axis(name, values) for name, values in _map("random.parameters", draws.get("parameters")).items()
    }
    if not axes:
        raise BadPlan("random.parameters says what to draw from, such as {fast: '5:50'}.")
    return Draws(count, seed, axes)


def _listed(said: object) -> list[Point]:
    return [Point(_parameters("list", entry)) for entry in _items("list", said)]


def _candidates(said: object) -> list[Point]:
    points = []
    for entry in _items("candidates", said):
        candidate = _map("candidates", entry)
        _only(candidate, ("name", "note", "parameters"), "A candidate")
        if not isinstance(candidate.get("name"), str) or not candidate["name"].strip():
            raise BadPlan("Every candidate has a name.")
        labels: dict[str, Scalar] = {"candidate": candidate["name"].strip()}
        if candidate.get("note") is not None:
            labels["note"] = str(candidate["note"]).strip()
        points.append(Point(_parameters("candidates", candidate.get("parameters") or {}), labels))
    return points


def _parameters(part: str, said: object) -> dict[str, Scalar]:
    return checked_parameters(_map(part, said))


def _map(part: str, said: object) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise BadPlan(f"{part} must be a map of names and values.")
    return {str(name): value for name, value in said.items()}


def _items(part: str, said: object) -> Sequence[object]:
    if said is None:
        return []
    if not isinstance(said, Sequence) or isinstance(said, str):
        raise BadPlan(f"{part} must be a list.")
    return said


def _texts(part: str, said: object) -> list[str]:
    texts = [said] if isinstance(said, str) else _items(part, said)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise BadPlan(f"{part} is a list of expressions, such as 'fast < slow'.")
    return [str(text) for text in texts]


def _only(said: Mapping[str, Any], known: Sequence[str], whose: str) -> None:
    for key in map(str, said):
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise BadPlan(f"{whose} knows no {key!r}. Did you mean {nearest[0]!r}?")
