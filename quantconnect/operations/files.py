"""Files of a project, one at a time. For all at once, `projects.update` is one request.

`code_source_id` is the name under which the project's lock is held; None leaves the lock unchecked.
"""

from quantconnect.endpoints.files import CREATE_FILE, DELETE_FILE, PATCH_FILES, READ_FILES, UPDATE_FILE
from quantconnect.errors import NotFound
from quantconnect.models.files import DeleteFile, PatchFiles, ProjectFile, ReadFiles, RenameFile, WriteFile
from quantconnect.models.ids import ProjectId
from quantconnect.operations.base import Call, Procedure, call, nothing


def create(project_id: ProjectId, name: str, content: str, *, code_source_id: str | None = None) -> Call[None]:
    """Add a file.

    Raises:
        InvalidRequest: It exists already, or the content is empty.
        FileTooLarge, ProjectLocked: Nothing was changed.
    Source: API reference, Create File.
    """
    query = WriteFile(project_id=project_id, name=name, content=content, code_source_id=code_source_id)
    return call(CREATE_FILE, query, nothing)


def read(project_id: ProjectId) -> Call[list[ProjectFile]]:
    """All files with their content, those of attached libraries too.

    Source: API reference, Read File.
    """
    return call(READ_FILES, ReadFiles(project_id=project_id), lambda reply: reply.files)


def read_one(project_id: ProjectId, name: str) -> Call[ProjectFile]:
    """One file.

    Raises:
        NotFound: No such file.
    Source: API reference, Read File.
    """
    return call(READ_FILES, ReadFiles(project_id=project_id, name=name), lambda reply: reply.one(name))


def update(project_id: ProjectId, name: str, content: str, *, code_source_id: str | None = None) -> Call[None]:
    """Replace the content of a file.

    Raises:
        NotFound: No such file: create it.
        InvalidRequest: The content is empty.
        FileTooLarge, ProjectLocked: Nothing was changed.
    Source: API reference, Update File.
    """
    query = WriteFile(project_id=project_id, name=name, content=content, code_source_id=code_source_id)
    return call(UPDATE_FILE, query, nothing)


def write(project_id: ProjectId, name: str, content: str, *, code_source_id: str | None = None) -> Procedure[bool]:
    """Give a file this content whether it exists or not: update it, else create it.

    Returns:
        Whether it was created.

    Raises:
        InvalidRequest: The content is empty.
        FileTooLarge, ProjectLocked: Nothing was changed.
    Source: API reference, Update File and Create File.
    """
    try:
        yield from update(project_id, name, content, code_source_id=code_source_id)
    except NotFound:
        yield from create(project_id, name, content, code_source_id=code_source_id)
        return True
    return False


def rename(project_id: ProjectId, name: str, new_name: str, *, code_source_id: str | None = None) -> Call[None]:
    """Give a file another name.

    Raises:
        NotFound: No such file.
        ProjectLocked: Nothing was changed.
    Source: API reference, Update File.
    """
    query = RenameFile(project_id=project_id, name=name, new_name=new_name, code_source_id=code_source_id)
    return call(UPDATE_FILE, query, nothing)


def patch(project_id: ProjectId, patch: str, *, code_source_id: str | None = None) -> Call[None]:
    """Change several files by one unified diff.

    Never repeated by itself once it may have been carried out: read the files before asking again.

    Raises:
        InvalidRequest: It does not fit, or is blank.
        ProjectLocked: Nothing was changed.
    Source: API reference, Patch File; QuantConnect's MCP server for a blank one.
    """
    query = PatchFiles(project_id=project_id, patch=patch, code_source_id=code_source_id)
    return call(PATCH_FILES, query, nothing)


def delete(project_id: ProjectId, name: str, *, code_source_id: str | None = None) -> Call[None]:
    """Delete a file.

    Raises:
        NotFound: No such file.
        ProjectLocked: Nothing was changed.
    Source: API reference, Delete File.
    """
    query = DeleteFile(project_id=project_id, name=name, code_source_id=code_source_id)
    return call(DELETE_FILE, query, nothing)
