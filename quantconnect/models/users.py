"""The user who asks. Source: LEAN CLI, user client."""

from quantconnect.models.base import Maybe, Model, OrganizationRequest, Text


class User(Model):
    """How others see the user."""

    name: Text = None
    profile: Text = None  # a path below the web site
    badge: Text = None


class UserReply(Model):
    """The answer to `user/read`."""

    user: Maybe[User] = None


class ReadUser(OrganizationRequest):
    """The badge depends on the organization."""

    organization_required = False
