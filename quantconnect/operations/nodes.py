"""Nodes of an organization, and of a project."""

from collections.abc import Sequence

from quantconnect.endpoints.nodes import READ_NODES
from quantconnect.endpoints.projects import READ_PROJECT_NODES, UPDATE_PROJECT_NODES
from quantconnect.models.ids import NodeId, ProjectId
from quantconnect.models.nodes import Nodes, ProjectNodes, ReadNodes, ReadProjectNodes, UpdateProjectNodes
from quantconnect.operations.base import Call, call, whole


def read(organization_id: str | None = None) -> Call[Nodes]:
    """The nodes of an organization, the client's unless another is given.

    Raises:
        MissingCredentials: Neither is known.
    Source: LEAN CLI, node client; LEAN, Api.cs.
    """
    return call(READ_NODES, ReadNodes(organization_id=organization_id), whole)


def read_project(project_id: ProjectId) -> Call[ProjectNodes]:
    """The nodes that the project may use.

    Source: API reference, Read Project Nodes.
    """
    return call(READ_PROJECT_NODES, ReadProjectNodes(project_id=project_id), whole)


def update_project(project_id: ProjectId, nodes: Sequence[NodeId]) -> Call[ProjectNodes]:
    """Pin the project to these nodes; none at all lets the platform choose. Unknown ids are silently accepted.

    Source: API reference, Update Project Nodes; QuantConnect's MCP server for none and unknown ones.
    """
    return call(UPDATE_PROJECT_NODES, UpdateProjectNodes(project_id=project_id, nodes=[*nodes]), whole)
