"""The endpoints, one file per resource, and the table that finds them by path."""

from emulator.call import Handler
from emulator.routes import (
    account,
    ai_tools,
    authorizations,
    backtest_data,
    backtests,
    collaboration,
    compiles,
    data,
    files,
    lean,
    libraries,
    live,
    live_commands,
    live_data,
    nodes,
    objects,
    optimizations,
    organizations,
    projects,
)

ROUTES: dict[str, Handler] = {
    **account.HANDLERS,
    **organizations.HANDLERS,
    **lean.HANDLERS,
    **projects.HANDLERS,
    **collaboration.HANDLERS,
    **libraries.HANDLERS,
    **nodes.HANDLERS,
    **files.HANDLERS,
    **compiles.HANDLERS,
    **backtests.HANDLERS,
    **backtest_data.HANDLERS,
    **optimizations.HANDLERS,
    **live.HANDLERS,
    **live_data.HANDLERS,
    **live_commands.HANDLERS,
    **authorizations.HANDLERS,
    **objects.HANDLERS,
    **data.HANDLERS,
    **ai_tools.HANDLERS,
}
"""Handler by path below /api/v2, without slashes at the ends."""

ENDPOINTS = frozenset(ROUTES)


_LINKED = frozenset({"live/commands/create"})


def answers_get(endpoint: str) -> bool:
    """Whether an endpoint takes GET with query parameters beside POST: reads do, as the LEAN CLI uses them.

    And what is behind a link: LEAN makes one for a live command, and a browser follows the one to a brokerage's login.
    """
    return endpoint.rpartition("/")[2] in {"read", "list", "authenticate", "authorize"} or endpoint in _LINKED
