"""`projects/collaboration/*`: who else may work on a project, and the lock that says who may write now.

Any public id is taken for an existing user: the emulator knows nobody. Source: QuantConnect API definition; the
official MCP server. Texts of refusals are our own words.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ApiFailure
from emulator.world import Collaborator, Project


def create(call: Call) -> dict[str, Any]:
    """Share the project with somebody with whom it is not shared yet."""
    project, public_id = call.project(), call.arguments.text("collaboratorUserId")
    if public_id in project.collaborators or public_id == owner_id(call.options.user_id):
        raise ApiFailure(f"User is a collaborator already: {public_id}")
    project.collaborators[public_id] = Collaborator(
        public_id,
        live_control=call.arguments.flag("collaborationLiveControl"),
        write=call.arguments.flag("collaborationWrite"),
    )
    return _listing(call, project)


def read(call: Call) -> dict[str, Any]:
    """Everybody, the owner first, and what the calling user may do."""
    return {**_listing(call, call.project()), "userLiveControl": True, "userPermissions": "write"}


def update(call: Call) -> dict[str, Any]:
    """Change what a collaborator may do."""
    project = call.project()
    collaborator = _existing(project, call.arguments.text("collaboratorUserId"))
    collaborator.live_control, collaborator.write = call.arguments.flag("liveControl"), call.arguments.flag("write")
    return _listing(call, project)


def delete(call: Call) -> dict[str, Any]:
    """Share the project with somebody no longer."""
    project = call.project()
    del project.collaborators[_existing(project, call.arguments.text("collaboratorId")).public_id]
    return _listing(call, project)


def acquire_lock(call: Call) -> dict[str, Any]:
    """Give the right to write to one code source, until another one asks."""
    project = call.project()
    project.lock = call.arguments.text("codeSourceId")
    return {}


def collaborators(user_id: int, project: Project) -> Iterator[dict[str, Any]]:
    """The owner and the others, as replies list them."""
    yield {
        "uid": user_id,
        "liveControl": True,
        "permission": "write",
        "publicId": owner_id(user_id),
        "profileImage": "",
        "email": "emulator@localhost",
        "name": "Emulator",
        "bio": "",
        "owner": True,
    }
    for collaborator in project.collaborators.values():
        digest = hashlib.sha256(collaborator.public_id.encode()).digest()
        yield {
            "uid": int.from_bytes(digest[:4], "big"),
            "liveControl": collaborator.live_control,
            "permission": "write" if collaborator.write else "read",
            "publicId": collaborator.public_id,
            "profileImage": "",
            "email": f"{collaborator.public_id}@localhost",
            "name": collaborator.public_id,
            "bio": "",
            "owner": False,
        }


def owner_id(user_id: int) -> str:
    """Public id of the emulated user."""
    return f"{user_id:032x}"


def _listing(call: Call, project: Project) -> dict[str, Any]:
    return {"collaborators": list(collaborators(call.options.user_id, project))}


def _existing(project: Project, public_id: str) -> Collaborator:
    if public_id not in project.collaborators:
        raise ApiFailure(f"Collaborator not found: {public_id}")
    return project.collaborators[public_id]


HANDLERS: dict[str, Handler] = {
    "projects/collaboration/create": create,
    "projects/collaboration/read": read,
    "projects/collaboration/update": update,
    "projects/collaboration/delete": delete,
    "projects/collaboration/lock/acquire": acquire_lock,
}
