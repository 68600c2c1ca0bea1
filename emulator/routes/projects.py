"""`projects/*`: create, read, update (with all files in one request) and the soft delete.

Source: QuantConnect API definition; LEAN's project tests; the LEAN CLI (`projects/update` with files, parameters,
libraries, LEAN version).
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ORGANIZATION_NOT_FOUND, ApiFailure
from emulator.journal import Created
from emulator.lean import MASTER_VERSION, versions
from emulator.locks import writable_project
from emulator.routes.collaboration import collaborators
from emulator.routes.files import checked_content
from emulator.templates import default_files
from emulator.wire import Arguments
from emulator.world import RECYCLE_BIN, Project, World


def create(call: Call) -> dict[str, Any]:
    """A new project with its default files. The name may come back changed."""
    name, language = call.arguments.text("name"), call.arguments.text("language")
    check_organization(call)
    if language not in {"Py", "C#"}:
        raise ApiFailure(f"Invalid language: {language}")
    project = call.world.create_project(name, language, default_files(language))
    call.created = Created("project", project.id, project.name)
    return _listing(call.world, [project])


def read(call: Call) -> dict[str, Any]:
    """One project, all of them, or a page of them (`end` is exclusive). Deleted ones are among them."""
    if "projectId" in call.arguments:
        return _listing(call.world, [call.project()])
    check_organization(call)
    projects = sorted(call.world.projects.values(), key=lambda project: project.id)
    if "start" in call.arguments or "end" in call.arguments:
        start = call.arguments.integer("start", 0)
        end = call.arguments.integer("end", len(projects))
        if start < 0 or start >= end:
            raise ApiFailure("Invalid range: start must be less than end")
        return _listing(call.world, projects[start:end]) | {"count": len(projects)}
    return _listing(call.world, projects)


def update(call: Call) -> dict[str, Any]:
    """Change what is given, leave the rest. `files` is the complete new content of the project.

    Everything is checked before anything is changed, so a refused request leaves no trace.
    """
    project = writable_project(call)
    changes = _changes(call, project)
    files = _files(call)
    for attribute, value in changes.items():
        setattr(project, attribute, value)
    if files:
        _replace_files(call.world, project, files)
    project.modified = call.clock.text()
    return {}


def delete(call: Call) -> dict[str, Any]:
    """Move a project to the recycle bin, where it keeps its id and its content."""
    project = call.project()
    if not project.name.startswith(RECYCLE_BIN):
        project.name = call.world.free_name(RECYCLE_BIN + project.name)
        project.modified = call.clock.text()
    return {}


def check_organization(call: Call) -> None:
    """Refuse a foreign organization. None at all means the user's own."""
    organization = call.arguments.optional_text("organizationId")
    if organization and organization != call.options.organization_id:
        raise ApiFailure(ORGANIZATION_NOT_FOUND)


def _changes(call: Call, project: Project) -> dict[str, Any]:
    """The new values of the project's attributes, by attribute."""
    arguments = call.arguments
    changes: dict[str, Any] = {}
    if "name" in arguments:
        changes["name"] = name = arguments.text("name").strip("/ ")
        if any(other.name == name and other is not project for other in call.world.projects.values()):
            raise ApiFailure(f"Project name already exists: {name}")
    for key, attribute in (("description", "description"), ("encryptionKey", "encryption_key")):
        if key in arguments:
            changes[attribute] = arguments.optional_text(key)
    if "parameters" in arguments:
        changes["parameters"] = _parameters(arguments)
    if "versionId" in arguments:
        version = arguments.integer("versionId")
        changes["lean_version"] = None if version == -1 else version
    if "leanEnvironment" in arguments:
        changes["environment"] = arguments.integer("leanEnvironment")
    if "libraries" in arguments:
        changes["libraries"] = [call.world.project(_number(item)).id for item in arguments.items("libraries")]
    return changes


def _number(item: Any) -> int:
    return Arguments({"libraries": item}).integer("libraries")


def _parameters(arguments: Arguments) -> dict[str, str]:
    """Items `{key, value}`, in a list or, as the platform also prints them, in a map. Empty text clears."""
    raw = arguments.raw("parameters")
    items = list(raw.values()) if isinstance(raw, dict) else arguments.items("parameters")
    values = [Arguments(item if isinstance(item, dict) else {}) for item in items]
    return {item.text("key"): item.optional_text("value") or "" for item in values}


def _files(call: Call) -> dict[str, str]:
    files: dict[str, str] = {}
    for item in call.arguments.items("files"):
        file = Arguments(item if isinstance(item, dict) else {})
        files[file.text("name")] = checked_content(file, call.options.max_file_size)
    return files


def _replace_files(world: World, project: Project, files: dict[str, str]) -> None:
    for name in set(project.files) - set(files):
        del project.files[name]
    for name, content in files.items():
        if name not in project.files or project.files[name].content != content:
            world.write_file(project, name, content)


def _listing(world: World, projects: list[Project]) -> dict[str, Any]:
    return {"projects": [_project(world, project) for project in projects], "versions": versions()}


def _project(world: World, project: Project) -> dict[str, Any]:
    options = world.options
    live = world.latest_deployment(project)
    grid: dict[str, list[Any]] = {size: [] for size in ("xs", "sm", "md", "lg", "xl")}
    key = {"id": project.encryption_key, "name": project.encryption_key} if project.encryption_key else None
    return {
        "projectId": project.id,
        "organizationId": options.organization_id,
        "name": project.name,
        "description": project.description,
        "created": project.created,
        "modified": project.modified,
        "ownerId": options.user_id,
        "owner": True,
        "language": project.language,
        "collaborators": list(collaborators(options.user_id, project)),
        "leanVersionId": project.lean_version or MASTER_VERSION,
        "leanPinnedToMaster": project.lean_version is None,
        "leanEnvironment": project.environment,
        "channelId": project.channel,
        "parameters": [{"key": name, "value": value} for name, value in project.parameters.items()],
        "libraries": [
            {"projectId": library, "libraryName": world.projects[library].name, "ownerName": "Emulator", "access": True}
            for library in project.libraries
        ],
        "grid": grid,
        "liveGrid": grid,
        "paperEquity": 100_000,
        "lastLiveDeployment": live.launched_text if live else None,
        "liveForm": None,
        "encrypted": bool(project.encryption_key),
        "encryptionKey": key,
        "codeRunning": world.trades_live(project)
        or any(world.clock.now() < run.timeline.ends for run in project.backtests.values()),
        "maxFileSize": options.max_file_size,
        "isPinned": False,
        "sharingTokenBacktest": None,
    }


HANDLERS: dict[str, Handler] = {
    "projects/create": create,
    "projects/read": read,
    "projects/update": update,
    "projects/delete": delete,
}
