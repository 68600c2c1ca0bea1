"""Working on a project together. Source: API reference, "Project Collaboration"; QuantConnect's MCP server."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Model, Request, Text
from quantconnect.models.ids import ProjectId
from quantconnect.models.numbers import Whole


class Collaborator(Model):
    """Somebody who may see or change the project; its owner is among them."""

    uid: Whole = None
    public_id: Text = None  # by which others name this person
    name: Text = None
    email: Text = None
    bio: Text = None
    profile_image: Text = None
    permission: Text = None  # "read" or "write"
    live_control: Flag = None  # may start and stop live algorithms
    owner: Flag = None


class Collaborators(Model):
    """The collaborators of a project, and what the asking user may do."""

    collaborators: Listing[Collaborator] = Field(default_factory=list)
    user_live_control: Flag = None
    user_permissions: Text = None  # "read" or "write"


class ReadCollaborators(Request):
    """The collaborators of a project."""

    project_id: ProjectId


class AddCollaborator(Request):
    """`collaborator_user_id` is the person's public id, a text."""

    project_id: ProjectId
    collaborator_user_id: str
    collaboration_live_control: bool
    collaboration_write: bool


class UpdateCollaborator(Request):
    """The same with shorter names, as the API has them."""

    project_id: ProjectId
    collaborator_user_id: str
    live_control: bool
    write: bool


class RemoveCollaborator(Request):
    """Here the public id is called `collaborator_id`."""

    project_id: ProjectId
    collaborator_id: str


class AcquireLock(Request):
    """Makes `code_source_id` the only one that may write the project's files."""

    project_id: ProjectId
    code_source_id: str = Field(min_length=1)
