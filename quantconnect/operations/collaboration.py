"""Working on a project together. People are named by their public id, a text."""

from quantconnect.endpoints.collaboration import (
    ACQUIRE_LOCK,
    ADD_COLLABORATOR,
    READ_COLLABORATORS,
    REMOVE_COLLABORATOR,
    UPDATE_COLLABORATOR,
)
from quantconnect.models.collaboration import (
    AcquireLock,
    AddCollaborator,
    Collaborators,
    ReadCollaborators,
    RemoveCollaborator,
    UpdateCollaborator,
)
from quantconnect.models.ids import ProjectId
from quantconnect.operations.base import Call, call, nothing, whole


def read(project_id: ProjectId) -> Call[Collaborators]:
    """Who works on the project, and what the asking user may do.

    Source: API reference, Read Project Collaborators.
    """
    return call(READ_COLLABORATORS, ReadCollaborators(project_id=project_id), whole)


def create(project_id: ProjectId, user_id: str, *, write: bool, live_control: bool) -> Call[Collaborators]:
    """Let somebody read the project, change it (`write`), start and stop its live algorithm (`live_control`).

    Source: API reference, Create Project Collaborator.
    """
    query = AddCollaborator(
        project_id=project_id,
        collaborator_user_id=user_id,
        collaboration_live_control=live_control,
        collaboration_write=write,
    )
    return call(ADD_COLLABORATOR, query, whole)


def update(project_id: ProjectId, user_id: str, *, write: bool, live_control: bool) -> Call[Collaborators]:
    """Change what somebody may do; see `create`.

    Source: API reference, Update Project Collaborator.
    """
    query = UpdateCollaborator(
        project_id=project_id, collaborator_user_id=user_id, live_control=live_control, write=write
    )
    return call(UPDATE_COLLABORATOR, query, whole)


def delete(project_id: ProjectId, user_id: str) -> Call[Collaborators]:
    """Let somebody work on the project no longer.

    Source: API reference, Delete Project Collaborator.
    """
    return call(REMOVE_COLLABORATOR, RemoveCollaborator(project_id=project_id, collaborator_id=user_id), whole)


def acquire_lock(project_id: ProjectId, code_source_id: str) -> Call[None]:
    """Make `code_source_id` the only one that may write the project's files; pass it with every write.

    Source: QuantConnect's MCP server, project collaboration.
    """
    return call(ACQUIRE_LOCK, AcquireLock(project_id=project_id, code_source_id=code_source_id), nothing)
