"""`live/auth0/*`: logging in at a brokerage through its web page.

`authorize` sends the browser to that page; until the user has logged in there, `read` has nothing to say. The
emulator's page logs in by being opened. Source: the official MCP server; the LEAN CLI's tests (form of the accounts).
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ApiFailure

PATH = "/emulator/brokerage"
"""Below this path a page for each brokerage logs in."""

_KEYS = {
    "alpaca": ("alpaca-access-token",),
    "tradestation": ("trade-station-client-id", "trade-station-refresh-token"),
    "charlesschwab": ("charles-schwab-access-token",),
    "tastytrade": ("tastytrade-refresh-token",),
}

BROKERAGES = frozenset(_KEYS)
"""The brokerages that log in this way."""


def authorize(call: Call) -> dict[str, Any]:
    """A redirection to the brokerage's login page, without a body."""
    call.status, call.enveloped = 302, False
    call.headers = {"Location": f"{call.options.url}{PATH}/{_brokerage(call)}"}
    return {}


def read(call: Call) -> dict[str, Any]:
    """Tokens and accounts as soon as the user has logged in. The tokens are invented."""
    brokerage = _brokerage(call)
    if brokerage not in call.world.authorized:
        return {"authorization": {}}
    tokens = {key: f"emulated-{brokerage}-{number}" for number, key in enumerate(_KEYS[brokerage])}
    accounts = [{"id": "EMU0001", "name": "EMU0001 | Margin | USD"}]
    return {"authorization": {**tokens, "accounts": accounts}}


def _brokerage(call: Call) -> str:
    brokerage = call.arguments.text("brokerage").lower()
    if brokerage not in BROKERAGES:
        raise ApiFailure(f"Brokerage without web login: {brokerage[:60]}")
    return brokerage


HANDLERS: dict[str, Handler] = {"live/auth0/authorize": authorize, "live/auth0/read": read}
