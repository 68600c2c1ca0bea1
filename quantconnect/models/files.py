"""Files of a project. Names may hold folders; a notebook's content is its JSON text.

Source: QuantConnect API reference, "File Management".
"""

from pydantic import Field

from quantconnect.errors import NotFound
from quantconnect.models.base import Flag, Label, Listing, Model, Request, Text
from quantconnect.models.ids import ProjectId, SomeNumber
from quantconnect.models.numbers import Whole
from quantconnect.models.times import UtcDatetime


class ProjectFile(Model):
    """One file. Those of attached libraries are listed too, with `is_library`."""

    name: Label = ""
    content: Text = Field(default=None, repr=False)
    id: Whole = None
    project_id: SomeNumber[ProjectId] = None
    modified: UtcDatetime = None
    open: Flag = None
    is_library: Flag = None


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
    code_source_id: str | None = None


class WriteFile(Request):
    """To create a file or to replace its content. The server refuses empty content."""

    project_id: ProjectId
    name: str
    content: str = Field(repr=False)
    #: Under which name the project's lock is held; None leaves the lock unchecked.
    code_source_id: str | None = None


class RenameFile(Request):
    """Gives a file another name."""

    project_id: ProjectId
    name: str
    new_name: str = Field(min_length=1)
    code_source_id: str | None = None


class PatchFiles(Request):
    """A unified diff that may change several files. The server refuses a blank one."""

    project_id: ProjectId
    patch: str = Field(repr=False)
    code_source_id: str | None = None


class DeleteFile(Request):
    """`name` must exist."""

    project_id: ProjectId
    name: str
    code_source_id: str | None = None
