"""Every endpoint as a value, one file per resource, same names as in `models`. Knows the models, and nothing above."""

from typing import Any, Final

from quantconnect.endpoints import account, backtests, compiles, files, nodes, projects
from quantconnect.endpoints.base import Endpoint

#: All endpoints, for whoever wants to walk them.
ALL: Final[tuple[Endpoint[Any, Any], ...]] = tuple(
    value
    for resource in (account, projects, files, compiles, backtests, nodes)
    for value in vars(resource).values()
    if isinstance(value, Endpoint)
)

__all__ = ["ALL", "Endpoint"]
