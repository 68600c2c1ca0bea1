"""Nodes of an organization."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.nodes import Nodes, ReadNodes

READ_NODES = Endpoint("nodes/read", ReadNodes, Nodes, repeatable=True, source="LEAN CLI, node client; LEAN, Api.cs")
