"""Projects: a folder of code in the cloud, its settings and its parameters.

Sources: QuantConnect API reference, "Project Management"; LEAN CLI for the fields of an update that the reference does
not name; LEAN's API tests for the recycle bin.
"""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, field_serializer, field_validator

from quantconnect.errors import NotFound
from quantconnect.models.base import (
    Flag,
    Label,
    Listing,
    Maybe,
    Model,
    OrganizationRequest,
    Request,
    Scalar,
    Text,
    spelled,
)
from quantconnect.models.collaboration import Collaborator
from quantconnect.models.ids import OrganizationId, ProjectId, SomeId
from quantconnect.models.lean import LeanVersion
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import UtcDatetime

PYTHON: Final = "Py"
CSHARP: Final = "C#"
_LANGUAGES: Final = {"py": PYTHON, "python": PYTHON, "c#": CSHARP, "csharp": CSHARP}

#: A deleted project is renamed into this folder and keeps being listed.
RECYCLE_BIN: Final = "Recycle Bin/"


def _known_language(language: object) -> str:
    try:
        return _LANGUAGES[str(language).strip().lower()]
    except KeyError:
        raise ValueError("language must be Python (Py) or C#") from None


#: In a request: `Py` or `C#`, also by the names people use.
Language = Annotated[str, BeforeValidator(_known_language)]


class Parameter(Model):
    """One parameter of a project, with the range that the web IDE offers for optimizations."""

    key: Label = ""
    value: Text = None
    type: Text = None
    min: Number = None
    max: Number = None
    step: Number = None


def _by_key(value: Any) -> Any:
    """Parameters come as a list of objects, or as a map whose values may be bare."""
    if value is None:
        return {}
    if isinstance(value, list):
        return {str(item.get("key", "")): item for item in value if isinstance(item, dict)}
    if isinstance(value, dict):
        return {k: item if isinstance(item, dict) else {"key": k, "value": item} for k, item in value.items()}
    return value


class Library(Model):
    """Another project that this one uses."""

    project_id: ProjectId
    library_name: Text = None
    owner_name: Text = None
    access: Flag = None


class EncryptionKeyName(Model):
    """The key that a project's code is encrypted with; the key itself stays with its owner."""

    id: Text = None
    name: Text = None


class Project(Model):
    """A project as the cloud describes it; never with the content of its files."""

    project_id: ProjectId
    organization_id: SomeId[OrganizationId] = None
    name: Label = ""
    language: Text = None  # "Py" or "C#"
    description: Text = None
    created: UtcDatetime = None
    modified: UtcDatetime = None
    owner_id: Whole = None
    owner: Flag = None
    collaborators: Listing[Collaborator] = Field(default_factory=list)
    parameters: Annotated[dict[str, Parameter], BeforeValidator(_by_key)] = Field(default_factory=dict)
    libraries: Listing[Library] = Field(default_factory=list)
    lean_version_id: Whole = None
    lean_pinned_to_master: Flag = None
    lean_environment: Whole = None
    channel_id: Text = None
    encrypted: Flag = None
    encryption_key: Maybe[EncryptionKeyName] = None
    code_running: Flag = None
    last_live_deployment: Text = None
    paper_equity: Number = None  # account currency
    is_pinned: Flag = None
    #: The longest file that the account's tier allows, in characters.
    max_file_size: Whole = None

    @property
    def deleted(self) -> bool:
        """Whether the project lies in the recycle bin."""
        return self.name.startswith(RECYCLE_BIN)


class Projects(Model):
    """The answer to `projects/read`."""

    projects: Listing[Project] = Field(default_factory=list)
    versions: Listing[LeanVersion] = Field(default_factory=list, repr=False)
    count: Whole = None

    def one(self, project_id: ProjectId) -> Project:
        """The project with this id.

        Raises:
            NotFound: It is not in the answer.
        """
        for project in self.projects:
            if project.project_id == project_id:
                return project
        raise NotFound(f"Project {project_id} is not in QuantConnect's answer.", endpoint="projects/read")

    def present(self) -> list[Project]:
        """The projects that are not in the recycle bin."""
        return [project for project in self.projects if not project.deleted]


class CreatedProject(Model):
    """The answer to `projects/create`. Without a project in it, nobody knows whether one was made."""

    projects: list[Project] = Field(min_length=1)

    @property
    def project(self) -> Project:
        """The new project; its name may differ from the one asked for."""
        return self.projects[0]


class CreateProject(OrganizationRequest):
    """`name` may hold folders, as in `research/rsi`; the server may change it."""

    organization_required = False

    name: str = Field(min_length=1)
    language: Language = PYTHON

    @field_validator("name")
    @classmethod
    def _relative(cls, name: str) -> str:
        return name.lstrip("/")


class ReadProjects(Request):
    """Without `project_id`, all projects; `start` to `end` (exclusive) is a window of them, counted from 0."""

    project_id: ProjectId | None = None
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=1)
    #: Instead of those of all organizations.
    organization_id: str | None = None


class UpdateProject(Request):
    """Each field alone is allowed. `files` (name → content) is the complete new content of the project: files that are
    not in it are deleted. `parameters` (name → value) replaces all; empty, it clears them.
    """

    project_id: ProjectId
    name: str | None = None
    description: str | None = None
    parameters: dict[str, Scalar] | None = None
    files: dict[str, str] | None = Field(default=None, min_length=1, repr=False)
    libraries: list[ProjectId] | None = None
    #: A version of LEAN; -1 follows the newest.
    version_id: int | None = None
    lean_environment: int | None = None
    encryption_key: str | None = None
    #: Under which name the project's lock is held; None leaves the lock unchecked.
    code_source_id: str | None = None

    @field_serializer("parameters")
    def _parameters_on_the_wire(self, parameters: dict[str, Scalar] | None) -> object:
        if parameters is None:
            return None
        # An empty text clears the parameters; the LEAN CLI sends it, an empty list was never seen.
        return [{"key": key, "value": spelled(value)} for key, value in parameters.items()] or ""

    @field_serializer("files")
    def _files_on_the_wire(self, files: dict[str, str] | None) -> object:
        return None if files is None else [{"name": name, "content": content} for name, content in files.items()]


class DeleteProject(Request):
    """Moves the project to the recycle bin."""

    project_id: ProjectId


class OfLibrary(Request):
    """A project, and another one that it uses as a library."""

    project_id: ProjectId
    library_id: ProjectId
