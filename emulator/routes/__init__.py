"""The endpoints, one file per resource, and the table that finds them by path."""

from emulator.call import Handler
from emulator.routes import account, backtests, compiles, files, nodes, projects

ROUTES: dict[str, Handler] = {
    **account.HANDLERS,
    **projects.HANDLERS,
    **nodes.HANDLERS,
    **files.HANDLERS,
    **compiles.HANDLERS,
    **backtests.HANDLERS,
}
"""Handler by path below /api/v2, without slashes at the ends."""

ENDPOINTS = frozenset(ROUTES)


def answers_get(endpoint: str) -> bool:
    """Whether an endpoint takes GET with query parameters beside POST: reads do, as the LEAN CLI uses them."""
    return endpoint.rpartition("/")[2] in {"read", "list", "authenticate"}
