"""Every endpoint as a value, one file per resource, same names as in `models`. Knows the models, and nothing above."""

from typing import Any, Final

from quantconnect.endpoints import (
    account,
    ai,
    backtests,
    collaboration,
    compiles,
    data,
    files,
    lean,
    live,
    market,
    modules,
    nodes,
    objects,
    optimizations,
    organizations,
    projects,
    services,
    users,
)
from quantconnect.endpoints.base import Endpoint

_RESOURCES: Final = (
    account,
    ai,
    backtests,
    collaboration,
    compiles,
    data,
    files,
    lean,
    live,
    market,
    modules,
    nodes,
    objects,
    optimizations,
    organizations,
    projects,
    services,
    users,
)

#: All endpoints, for whoever wants to walk them.
ALL: Final[tuple[Endpoint[Any, Any], ...]] = tuple(
    value for resource in _RESOURCES for value in vars(resource).values() if isinstance(value, Endpoint)
)

__all__ = ["ALL", "Endpoint"]
