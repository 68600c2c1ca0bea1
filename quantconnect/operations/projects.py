"""Projects, and the libraries they use."""

from collections.abc import Mapping, Sequence

from quantconnect.endpoints.projects import (
    ADD_LIBRARY,
    CREATE_PROJECT,
    DELETE_PROJECT,
    READ_PROJECTS,
    REMOVE_LIBRARY,
    UPDATE_PROJECT,
)
from quantconnect.models.base import Scalar
from quantconnect.models.ids import ProjectId
from quantconnect.models.projects import (
    PYTHON,
    CreateProject,
    DeleteProject,
    OfLibrary,
    Project,
    ReadProjects,
    UpdateProject,
)
from quantconnect.operations.base import Call, call, nothing


def create(name: str, language: str = PYTHON, organization_id: str | None = None) -> Call[Project]:
    """Make a project with the default files. The server may change the name: use the returned one.

    Args:
        name: May hold folders, as `research/rsi`.
        language: `Py` or `C#`.
        organization_id: Instead of the client's.
    Source: API reference, Create Project.
    """
    query = CreateProject(name=name, language=language, organization_id=organization_id)
    return call(CREATE_PROJECT, query, lambda reply: reply.project)


def read(project_id: ProjectId) -> Call[Project]:
    """One project, without the content of its files.

    Raises:
        NotFound: It does not exist, or is not yours.
    Source: API reference, Read Project.
    """
    return call(READ_PROJECTS, ReadProjects(project_id=project_id), lambda reply: reply.one(project_id))


def list_(
    *, start: int | None = None, end: int | None = None, organization_id: str | None = None
) -> Call[list[Project]]:
    """All projects but those in the recycle bin; those of all organizations unless one is given.

    `start` to `end` (exclusive) is a window, counted from 0 and with those in the bin; without, it is one answer.

    Source: API reference, Read Project; LEAN's API tests for the window and the bin.
    """
    query = ReadProjects(start=start, end=end, organization_id=organization_id)
    return call(READ_PROJECTS, query, lambda reply: reply.present())


def update(
    project_id: ProjectId,
    *,
    name: str | None = None,
    description: str | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    files: Mapping[str, str] | None = None,
    libraries: Sequence[ProjectId] | None = None,
    version_id: int | None = None,
    lean_environment: int | None = None,
    encryption_key: str | None = None,
    code_source_id: str | None = None,
) -> Call[None]:
    """Change what is given, all in one request.

    `parameters` replaces all; empty, it clears them. `files` (name → content) is the complete new content of the
    project: files that are not in it are deleted. `version_id` is one of LEAN's, -1 follows the newest.
    `code_source_id` is the name under which the project's lock is held.

    Raises:
        FileTooLarge, ProjectLocked: Nothing was changed, as far as known.
    Source: API reference, Update Project; LEAN CLI, cloud push, for everything but name and description.
    """
    query = UpdateProject(
        project_id=project_id,
        name=name,
        description=description,
        parameters=None if parameters is None else dict(parameters),
        files=None if files is None else dict(files),
        libraries=None if libraries is None else [*libraries],
        version_id=version_id,
        lean_environment=lean_environment,
        encryption_key=encryption_key,
        code_source_id=code_source_id,
    )
    return call(UPDATE_PROJECT, query, nothing)


def delete(project_id: ProjectId) -> Call[None]:
    """Move the project to the recycle bin.

    Source: API reference, Delete Project; LEAN's API tests for the bin.
    """
    return call(DELETE_PROJECT, DeleteProject(project_id=project_id), nothing)


def add_library(project_id: ProjectId, library_id: ProjectId) -> Call[None]:
    """Let the project use another one as a library.

    Source: LEAN CLI, project client.
    """
    return call(ADD_LIBRARY, OfLibrary(project_id=project_id, library_id=library_id), nothing)


def remove_library(project_id: ProjectId, library_id: ProjectId) -> Call[None]:
    """Let the project use the library no longer.

    Source: LEAN CLI, project client.
    """
    return call(REMOVE_LIBRARY, OfLibrary(project_id=project_id, library_id=library_id), nothing)
