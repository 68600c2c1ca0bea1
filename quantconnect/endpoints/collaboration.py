"""Working on a project together."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.collaboration import (
    AcquireLock,
    AddCollaborator,
    Collaborators,
    ReadCollaborators,
    RemoveCollaborator,
    UpdateCollaborator,
)

_PAGES = REFERENCE + "project-management/collaboration/"

READ_COLLABORATORS = Endpoint(
    "projects/collaboration/read",
    ReadCollaborators,
    Collaborators,
    repeatable=True,
    source=_PAGES + "read-project-collaborators",
)
# The second time the person is one already.
ADD_COLLABORATOR = Endpoint(
    "projects/collaboration/create",
    AddCollaborator,
    Collaborators,
    repeatable=False,
    source=_PAGES + "create-project-collaborator",
)
UPDATE_COLLABORATOR = Endpoint(
    "projects/collaboration/update",
    UpdateCollaborator,
    Collaborators,
    repeatable=True,
    source=_PAGES + "update-project-collaborator",
)
# The second time the person is none any more.
REMOVE_COLLABORATOR = Endpoint(
    "projects/collaboration/delete",
    RemoveCollaborator,
    Collaborators,
    repeatable=False,
    source=_PAGES + "delete-project-collaborator",
)
ACQUIRE_LOCK = Endpoint(
    "projects/collaboration/lock/acquire",
    AcquireLock,
    Done,
    repeatable=True,
    source="QuantConnect's MCP server, project collaboration",
)
