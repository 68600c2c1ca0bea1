"""The user who asks."""

from quantconnect.endpoints.users import READ_USER
from quantconnect.models.users import ReadUser, User
from quantconnect.operations.base import Call, call


def read(organization_id: str | None = None) -> Call[User]:
    """How others see the user; the badge depends on the organization, the client's unless another is given.

    Source: LEAN CLI, user client.
    """
    return call(READ_USER, ReadUser(organization_id=organization_id), lambda reply: reply.user or User())
