"""Who am I."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done, NoFields

#: The cheapest question there is: are these credentials good?
AUTHENTICATE = Endpoint("authenticate", NoFields, Done, repeatable=True, source=REFERENCE + "authentication")
