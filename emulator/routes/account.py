"""`authenticate`, `account/read` and `user/read`: who is asking, and what is on the account.

`authenticate` is the cheapest request, good for testing credentials.
Source: QuantConnect API definition (`account/read`), the LEAN CLI (the others).
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.routes.projects import check_organization

USER_NAME = "Emulator"


def authenticate(_call: Call) -> dict[str, Any]:
    """Nothing to do: an unsigned request never gets here."""
    return {}


def read(call: Call) -> dict[str, Any]:
    """The organization's credit in QCC, and an invented card."""
    check_organization(call)
    return {
        "organizationId": call.options.organization_id,
        "creditBalance": round(call.world.credit, 2),
        "card": {"brand": "visa", "expiration": "12/35", "last4": "0000"},
    }


def read_user(call: Call) -> dict[str, Any]:
    """The user's public face."""
    check_organization(call)
    return {"user": {"name": USER_NAME, "profile": "", "badge": None}}


HANDLERS: dict[str, Handler] = {
    "authenticate": authenticate,
    "account/read": read,
    "user/read": read_user,
}
