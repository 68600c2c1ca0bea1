"""The user who asks."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.users import ReadUser, UserReply

READ_USER = Endpoint("user/read", ReadUser, UserReply, repeatable=True, source="LEAN CLI, user client")
