"""Organizations."""

from quantconnect.endpoints.organizations import LIST_ENCRYPTION_KEYS, LIST_ORGANIZATIONS, READ_ORGANIZATION
from quantconnect.models.organizations import (
    EncryptionKey,
    ListEncryptionKeys,
    ListOrganizations,
    Organization,
    OrganizationSummary,
    ReadOrganization,
)
from quantconnect.operations.base import Call, call


def list_() -> Call[list[OrganizationSummary]]:
    """All organizations of the user.

    Source: LEAN CLI, organization client.
    """
    return call(LIST_ORGANIZATIONS, ListOrganizations(), lambda reply: reply.organizations)


def read(organization_id: str | None = None) -> Call[Organization]:
    """One organization in full: the client's unless another is given; if that has none, the user's preferred one.

    Source: LEAN CLI, organization client; LEAN, Api.cs.
    """
    return call(READ_ORGANIZATION, ReadOrganization(organization_id=organization_id), lambda r: r.organization)


def list_encryption_keys(organization_id: str | None = None) -> Call[list[EncryptionKey]]:
    """Names and hashes of the keys that an organization's projects are encrypted with.

    Raises:
        MissingCredentials: The organization is not known.
    Source: LEAN CLI, encryption keys client.
    """
    query = ListEncryptionKeys(organization_id=organization_id)
    return call(LIST_ENCRYPTION_KEYS, query, lambda reply: reply.keys)
