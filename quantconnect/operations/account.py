"""Who am I, and how much is left."""

from quantconnect.endpoints.account import AUTHENTICATE, READ_ACCOUNT
from quantconnect.errors import AccountLocked, AuthenticationError
from quantconnect.models.account import Account, ReadAccount
from quantconnect.models.base import NoFields
from quantconnect.operations.base import Call, Procedure, call, nothing, whole


def authenticate() -> Procedure[bool]:
    """Whether the credentials are good.

    Raises:
        AccountLocked: Nobody can tell, because too many logins failed before.
    Source: API reference, Authentication.
    """
    try:
        yield from call(AUTHENTICATE, NoFields(), nothing)
    except AccountLocked:
        raise
    except AuthenticationError:
        return False
    return True


def read(organization_id: str | None = None) -> Call[Account]:
    """Credit and credit card of an organization.

    Args:
        organization_id: Instead of the client's; if that has none, the user's preferred one.
    Source: API reference, Account.
    """
    return call(READ_ACCOUNT, ReadAccount(organization_id=organization_id), whole)
