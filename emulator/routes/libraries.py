"""`projects/library/*`: attach another project as a library, and detach it.

A library's files are listed with the project's, below the library's name, and compiled with them.
Source: the LEAN CLI. Texts of refusals are our own words.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ApiFailure


def create(call: Call) -> dict[str, Any]:
    """Attach. Twice is once."""
    project, library = call.project(), call.world.project(call.arguments.integer("libraryId"))
    if library is project:
        raise ApiFailure("A project cannot be its own library")
    if library.id not in project.libraries:
        project.libraries.append(library.id)
    return {}


def delete(call: Call) -> dict[str, Any]:
    """Detach."""
    project, library = call.project(), call.arguments.integer("libraryId")
    if library not in project.libraries:
        raise ApiFailure(f"Library not found: {library}")
    project.libraries.remove(library)
    return {}


HANDLERS: dict[str, Handler] = {
    "projects/library/create": create,
    "projects/library/delete": delete,
}
