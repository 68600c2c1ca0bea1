"""Environment variables that look like ours and are not: qcjobs reads past them, and somebody wonders why."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from orchestrator.settings import Settings

PREFIX: Final = "QCJOBS_"
_NAMED: Final = (
    *("HOME", "CONFIG", "REDIS_URL", "REDIS_PASSWORD", "REDIS_PREFIX", "SENTINEL_PASSWORD", "DATABASE_URL"),
    *("DATABASE_PASSWORD", "FLOWER_PASSWORD", "VAULT_KEY", "READY_FILE", "REFERENCE"),
    *("PUBLISH", "SETTINGS", "FLOWER_PORT", "METRICS_PORT"),  # of docker-compose.yml
)
_NEAR: Final = 0.85  # of 1, by difflib: a letter or an underscore is wrong. A secret of somebody's own is further off.


def misspelt(env: Mapping[str, str]) -> dict[str, str]:
    """Variables that say nothing to qcjobs, each with the one that was probably meant."""
    known = {f"{PREFIX}{name}" for name in _NAMED}
    known |= {f"{name}_FILE" for name in known}
    spelt = {*known, *(f"{PREFIX}{path}" for path in _paths(Settings))}
    found = {}
    for name in sorted(env):
        # With two underscores it is a setting, and one that does not exist is refused where settings are read.
        is_unknown = name.startswith(PREFIX) and "__" not in name and name not in known
        if is_unknown and (near := difflib.get_close_matches(name, spelt, n=1, cutoff=_NEAR)):
            found[name] = near[0]
    return found


def _paths(model: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{above}{name.upper()}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _paths(field.annotation, f"{path}__")
        elif above:
            yield path
