"""`files/*`: one file at a time, or several with a patch. Files of libraries are listed, but not written here.

Source: the official MCP server's file tests (what fails), the QuantConnect API definition (fields); the text and code
for a missing file are a community report. Texts marked "own words" have never been published.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import FILE_NOT_FOUND_CODE, ApiFailure
from emulator.journal import Created
from emulator.locks import writable_project
from emulator.patch import PatchError, apply, parse
from emulator.wire import Arguments
from emulator.world import File, Project, World


def checked_content(arguments: Arguments, limit: int) -> str:
    """The `content` of a file to be written.

    Raises:
        ApiFailure: It is missing, empty (own words), or longer than the limit, in characters.
    """
    content = arguments.optional_text("content")
    if not content:
        raise ApiFailure("File content cannot be empty")
    if len(content) > limit:
        raise ApiFailure(f"File exceeds the maximum size of {limit:,} characters.")
    return content


def create(call: Call) -> dict[str, Any]:
    """A new file; an existing one is refused (own words)."""
    project, name = writable_project(call), call.arguments.text("name")
    if name in project.files:
        raise ApiFailure(f"File already exists: {name}")
    content = checked_content(call.arguments, call.options.max_file_size)
    file = call.world.write_file(project, name, content)
    call.created = Created("file", file.id, name)
    return {"files": [_file(project, file)]}


def read(call: Call) -> dict[str, Any]:
    """One file by name, or all of them, those of libraries included."""
    project = call.project()
    files = {name: _file(project, file) for name, file in sorted(project.files.items())}
    files |= _library_files(call.world, project)
    if "name" not in call.arguments:
        return {"files": list(files.values())}
    name = call.arguments.text("name")
    if name not in files:
        raise _not_found(name)
    return {"files": [files[name]]}


def update(call: Call) -> dict[str, Any]:
    """New content, a new name, or both, for an existing file."""
    project, arguments = writable_project(call), call.arguments
    file = _existing(project, arguments.text("name"))
    new_name = arguments.text("newName") if "newName" in arguments else file.name
    if new_name != file.name and new_name in project.files:
        raise ApiFailure(f"File already exists: {new_name}")
    content = file.content
    if "content" in arguments or new_name == file.name:
        content = checked_content(arguments, call.options.max_file_size)
    del project.files[file.name]
    written = call.world.write_file(project, new_name, content)
    written.id = file.id
    return {"files": [_file(project, written)]}


def delete(call: Call) -> dict[str, Any]:
    """Remove a file for good."""
    project = writable_project(call)
    del project.files[_existing(project, call.arguments.text("name")).name]
    project.modified = call.clock.text()
    return {}


def patch(call: Call) -> dict[str, Any]:
    """Apply a unified diff to any number of files: all of it, or nothing when a part does not fit (own words)."""
    project = writable_project(call)
    try:
        contents = apply(
            parse(call.arguments.text("patch")), {name: file.content for name, file in project.files.items()}
        )
    except PatchError as error:
        raise ApiFailure(f"Patch could not be applied: {error}") from None
    for content in contents.values():
        if content is not None:
            checked_content(Arguments({"content": content}), call.options.max_file_size)
    for name, content in contents.items():
        if content is None:
            project.files.pop(name, None)
        else:
            call.world.write_file(project, name, content)
    project.modified = call.clock.text()
    return {}


def _existing(project: Project, name: str) -> File:
    if name not in project.files:
        raise _not_found(name)
    return project.files[name]


def _not_found(name: str) -> ApiFailure:
    return ApiFailure(f"File not found: {name}", code=FILE_NOT_FOUND_CODE)


def _library_files(world: World, project: Project) -> dict[str, dict[str, Any]]:
    files = sorted(world.library_files(project).items())
    return {name: {**_file(project, file), "name": name, "isLibrary": True} for name, file in files}


def _file(project: Project, file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "projectId": project.id,
        "name": file.name,
        "content": file.content,
        "modified": file.modified,
        "open": False,
        "isLibrary": False,
    }


HANDLERS: dict[str, Handler] = {
    "files/create": create,
    "files/read": read,
    "files/update": update,
    "files/patch": patch,
    "files/delete": delete,
}
