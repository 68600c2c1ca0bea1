"""Organizations."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.organizations import (
    EncryptionKeys,
    ListEncryptionKeys,
    ListOrganizations,
    OrganizationReply,
    Organizations,
    ReadOrganization,
)

LIST_ORGANIZATIONS = Endpoint(
    "organizations/list", ListOrganizations, Organizations, repeatable=True, source="LEAN CLI, organization client"
)
READ_ORGANIZATION = Endpoint(
    "organizations/read",
    ReadOrganization,
    OrganizationReply,
    repeatable=True,
    source="LEAN CLI, organization client; LEAN, Api.cs",
)
# The LEAN CLI writes this path with a slash at its end.
LIST_ENCRYPTION_KEYS = Endpoint(
    "organizations/encryption/keys/list/",
    ListEncryptionKeys,
    EncryptionKeys,
    repeatable=True,
    source="LEAN CLI, encryption keys client",
)
