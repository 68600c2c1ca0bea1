"""`nodes/read` for the organization, `projects/nodes/*` for what one project may use.

Source: QuantConnect API definition; the official MCP server's node tests: pinning an empty list switches back to the
automatic choice with all nodes inactive, and unknown ids are accepted in silence.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import ApiFailure
from emulator.routes.projects import check_organization
from emulator.world import Node, Project, World

_CORES_AND_MEMORY = {"B4-12": (4, 12.0), "R4-12": (4, 12.0), "L-MICRO": (1, 0.5)}


def read(call: Call) -> dict[str, Any]:
    """All nodes of the organization, busy or not."""
    check_organization(call)
    return _nodes(call.world, None)


def read_for_project(call: Call) -> dict[str, Any]:
    """The same nodes, each with whether this project pinned it."""
    project = call.project()
    return {"nodes": _nodes(call.world, project), "autoSelectNode": not project.pinned_nodes}


def update_for_project(call: Call) -> dict[str, Any]:
    """Pin the nodes that this project may use."""
    project = call.project()
    nodes = call.arguments.items("nodes")
    if not all(isinstance(node, str) for node in nodes):
        raise ApiFailure("Invalid or missing parameter: nodes")
    project.pinned_nodes = list(nodes)
    return read_for_project(call)


def _nodes(world: World, project: Project | None) -> dict[str, Any]:
    return {
        kind: [_node(world, node, project) for node in nodes]
        for kind, nodes in (
            ("backtest", world.backtest_nodes),
            ("research", world.research_nodes),
            ("live", world.live_nodes),
        )
    }


def _node(world: World, node: Node, project: Project | None) -> dict[str, Any]:
    busy = world.is_busy(node)
    user = node.project if busy else None
    cores, memory = _CORES_AND_MEMORY[node.sku]
    return {
        "id": node.id,
        "name": node.name,
        "sku": node.sku,
        "description": f"{cores} cores, {memory:g} GB, emulated",
        "speed": 3.1,
        "cpu": cores,
        "ram": memory,
        "assets": 1,
        "busy": busy,
        "usedBy": "Emulator" if user else "",
        "userProfile": "",
        "projectName": user.name if user else "",
        "projectId": user.id if user else None,
        "host": None,
        "active": bool(project and node.id in project.pinned_nodes),
        "hasGpu": 0,
        "price": {"monthly": 0, "yearly": 0},
    }


HANDLERS: dict[str, Handler] = {
    "nodes/read": read,
    "projects/nodes/read": read_for_project,
    "projects/nodes/update": update_for_project,
}
