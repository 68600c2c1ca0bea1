"""`authenticate`: the cheapest request, good for testing credentials."""

from typing import Any

from emulator.call import Call, Handler


def authenticate(_call: Call) -> dict[str, Any]:
    """Nothing to do: an unsigned request never gets here."""
    return {}


HANDLERS: dict[str, Handler] = {"authenticate": authenticate}
