"""`live/commands/*`: a message to a running algorithm, or to all of the organization's. It shows in their logs.

Source: the official MCP server and LEAN's live command tests; `$type` names the command's class. The refusal of a
project that does not run is own words.
"""

import json
from typing import Any

from emulator.call import Call, Handler
from emulator.deployment import Deployment, Status
from emulator.envelope import ApiFailure
from emulator.routes.live import deployment_of
from emulator.routes.projects import check_organization


def create(call: Call) -> dict[str, Any]:
    """Send a command to the algorithm of one project."""
    command, deployment = _command(call), deployment_of(call)
    if deployment.status(call.clock.now()) is not Status.RUNNING:
        raise ApiFailure("This project does not run live; a command needs a running algorithm.")
    _deliver(call, deployment, command)
    return {}


def broadcast(call: Call) -> dict[str, Any]:
    """Send a command to every running algorithm, but for one project's if it is excluded. None may be running."""
    check_organization(call)
    command = _command(call)
    excluded = call.arguments.integer("excludeProjectId", 0)
    for deployment in call.world.deployments.values():
        running = deployment.status(call.clock.now()) is Status.RUNNING
        if running and deployment.project_id != excluded:
            _deliver(call, deployment, command)
    return {}


def _command(call: Call) -> dict[str, Any]:
    command = call.arguments.mapping("command")
    if not command:
        raise ApiFailure("Invalid or missing parameter: command")
    return command


def _deliver(call: Call, deployment: Deployment, command: dict[str, Any]) -> None:
    kind = command.get("$type") or "generic"
    text = json.dumps(command, separators=(",", ":"), ensure_ascii=False)
    deployment.remarks.append((call.clock.now(), f"Command received ({kind}): {text}"))


HANDLERS: dict[str, Handler] = {"live/commands/create": create, "live/commands/broadcast": broadcast}
