"""Compiles."""

from quantconnect.endpoints.compiles import CREATE_COMPILE, READ_COMPILE
from quantconnect.models.compiles import Compile, CreateCompile, ReadCompile
from quantconnect.models.ids import CompileId, ProjectId
from quantconnect.operations.base import Call, call, whole


def create(project_id: ProjectId) -> Call[Compile]:
    """Compile the project as it is now. Ask `read` until it is no longer pending.

    Source: API reference, Create Compilation Job.
    """
    return call(CREATE_COMPILE, CreateCompile(project_id=project_id), whole)


def read(project_id: ProjectId, compile_id: CompileId) -> Call[Compile]:
    """How far the compile is. A build that failed is no error here: see `Compile.failed` and its logs.

    Raises:
        CompileNotFound: Unknown or expired.
    Source: API reference, Read Compilation Result.
    """
    return call(READ_COMPILE, ReadCompile(project_id=project_id, compile_id=compile_id), whole)
