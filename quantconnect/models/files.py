"""Files of a project. Names may hold folders; a notebook's content is its JSON text.

Source: QuantConnect API reference, "File Management".
"""

from pydantic import Field

from quantconnect.errors import NotFound
from quantconnect.models.base import Listing, Model, Request, UtcDatetime
from quantconnect.models.ids import ProjectId


class ProjectFile(Model):
    """One file. Those of attached libraries are listed too, with `is_library`."""

    name: str = ""
    content: str | None = Field(default=None, repr=False)
    id: int | None = None
    project_id: ProjectId | None = None
    modified: UtcDatetime = None
    open: bool | None = None
    is_library: bool | None = None


class Files(Model):
    """The answer to everything about files; to writes often without any."""

    files: Listing[ProjectFile] = Field(default_factory=list)

    def one(self, name: str) -> ProjectFile:
        """The file with this name.

        Raises:
            NotFound: It is not in the answer.
        """
        for file in self.files:
            if file.name == name:
                return file
        raise NotFound(f"File {name} is not in QuantConnect's answer.", endpoint="files/read")


class ReadFiles(Request):
    """Without `name`, all files with their content."""

    project_id: ProjectId
    name: str | None = None


class WriteFile(Request):
    """To create a file or to replace its content. The server refuses empty content."""

    project_id: ProjectId
    name: str
    content: str = Field(repr=False)
    #: Under which name the project's lock is held; None leaves the lock unchecked.
    code_source_id: str | None = None


class DeleteFile(Request):
    """`name` must exist."""

    project_id: ProjectId
    name: str
    code_source_id: str | None = None
