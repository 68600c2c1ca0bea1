"""Projects, the nodes of a project, and the libraries it uses."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.nodes import ProjectNodes, ReadProjectNodes, UpdateProjectNodes
from quantconnect.models.projects import (
    CreatedProject,
    CreateProject,
    DeleteProject,
    OfLibrary,
    Projects,
    ReadProjects,
    UpdateProject,
)

_PAGES = REFERENCE + "project-management/"

# Twice makes two projects: the server gives the second one another name.
CREATE_PROJECT = Endpoint(
    "projects/create", CreateProject, CreatedProject, repeatable=False, source=_PAGES + "create-project"
)
READ_PROJECTS = Endpoint("projects/read", ReadProjects, Projects, repeatable=True, source=_PAGES + "read-project")
UPDATE_PROJECT = Endpoint(
    "projects/update",
    UpdateProject,
    Done,
    repeatable=True,
    source=_PAGES + "update-project; LEAN CLI, cloud push, for everything but name and description",
)
# Nobody says what a second move to the recycle bin does.
DELETE_PROJECT = Endpoint("projects/delete", DeleteProject, Done, repeatable=False, source=_PAGES + "delete-project")
READ_PROJECT_NODES = Endpoint(
    "projects/nodes/read", ReadProjectNodes, ProjectNodes, repeatable=True, source=_PAGES + "nodes/read-project-nodes"
)
UPDATE_PROJECT_NODES = Endpoint(
    "projects/nodes/update",
    UpdateProjectNodes,
    ProjectNodes,
    repeatable=True,
    source=_PAGES + "nodes/update-project-nodes",
)
# The second time the library is there already, or gone.
ADD_LIBRARY = Endpoint("projects/library/create", OfLibrary, Done, repeatable=False, source="LEAN CLI, project client")
REMOVE_LIBRARY = Endpoint(
    "projects/library/delete", OfLibrary, Done, repeatable=False, source="LEAN CLI, project client"
)
