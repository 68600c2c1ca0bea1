"""Who am I, and how much is left."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.account import Account, ReadAccount
from quantconnect.models.base import Done, NoFields

#: The cheapest question there is: are these credentials good?
AUTHENTICATE = Endpoint("authenticate", NoFields, Done, repeatable=True, source=REFERENCE + "authentication")
# The reference shows its answer without `success`, LEAN's tests with it.
READ_ACCOUNT = Endpoint(
    "account/read", ReadAccount, Account, repeatable=True, source=REFERENCE + "account", says_success=False
)
