"""Compiles: a snapshot of a project's code, checked by the cloud. One serves any number of backtests.

A build that fails is no error of the request: the answer says so in `state`, and why in `logs`.
Sources: QuantConnect API reference, "Compiling Code"; community reports for further states and for `logs` as one text.
"""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from quantconnect.models.base import Label, Lines, Listing, Model, Request, Text, as_label
from quantconnect.models.ids import CompileId, ProjectId, SomeNumber
from quantconnect.models.numbers import Whole

IN_QUEUE: Final = "InQueue"
BUILD_SUCCESS: Final = "BuildSuccess"
BUILD_ERROR: Final = "BuildError"


class LeanParameter(Model):
    """A call of LEAN's API whose arguments could become parameters."""

    line: Whole = None
    type: Text = None


class FileParameters(Model):
    """What the compiler noticed in one file."""

    file: Text = None
    parameters: Listing[LeanParameter] = Field(default_factory=list)


class Compile(Model):
    """A compile. `compile_id` is empty when an answer to `compile/read` leaves it out."""

    compile_id: Annotated[CompileId, BeforeValidator(as_label)] = CompileId("")
    #: `InQueue`, `BuildSuccess`, `BuildError`; others may exist, so it stays a text.
    state: Label = ""
    logs: Lines = Field(default_factory=list)
    project_id: SomeNumber[ProjectId] = None
    signature: Text = None  # of the code
    signature_order: Lines = Field(default_factory=list)
    parameters: Listing[FileParameters] = Field(default_factory=list, repr=False)

    @property
    def pending(self) -> bool:
        """Whether to ask again."""
        return self.state == IN_QUEUE

    @property
    def succeeded(self) -> bool:
        """Whether backtests can be started from it."""
        return self.state == BUILD_SUCCESS

    @property
    def failed(self) -> bool:
        """Whether it will never succeed. A state that nobody has described counts as a failure."""
        return not (self.pending or self.succeeded)


class CreatedCompile(Compile):
    """The answer to `compile/create`. Without an id, nobody knows which compile it is about."""

    compile_id: CompileId = Field(min_length=1)


class CreateCompile(Request):
    """Takes the code as it is now in the project."""

    project_id: ProjectId


class ReadCompile(Request):
    """The project's id is needed although a compile's is unique."""

    project_id: ProjectId
    compile_id: CompileId
