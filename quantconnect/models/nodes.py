"""Nodes: the machines of an organization. A backtest occupies one from its creation to its end.

Sources: QuantConnect API reference, "Project Nodes"; LEAN CLI for the nodes of an organization.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field

from quantconnect.models.base import Listing, Model, Request
from quantconnect.models.ids import NodeId, ProjectId
from quantconnect.models.numbers import Number


class Node(Model):
    """One machine. `busy` is late by seconds after a backtest ends."""

    id: NodeId
    name: str | None = None
    sku: str | None = None  # as B-MICRO, B4-12, L-MICRO
    description: str | None = None
    busy: bool | None = None
    active: bool | None = None  # only told for the nodes of a project
    used_by: str | None = None
    project_id: ProjectId | None = None
    project_name: str | None = None
    cpu: int | None = None  # cores
    speed: Number = None  # GHz
    ram: Number = None  # GB
    assets: int | None = None
    host: str | None = None
    has_gpu: bool | None = None  # comes as 0 or 1


class Nodes(Model):
    """Nodes by what they are for."""

    backtest: Listing[Node] = Field(default_factory=list)
    research: Listing[Node] = Field(default_factory=list)
    live: Listing[Node] = Field(default_factory=list)


def _none_at_all(value: object) -> object:
    return value or {}


class ProjectNodes(Model):
    """The nodes a project may use, and whether the platform picks one by itself."""

    nodes: Annotated[Nodes, BeforeValidator(_none_at_all)] = Field(default_factory=Nodes)
    auto_select_node: bool | None = None


class ReadNodes(Request):
    """The nodes of an organization."""

    organization_id: str


class ReadProjectNodes(Request):
    """The nodes of a project."""

    project_id: ProjectId


class UpdateProjectNodes(Request):
    """Pins the project to these nodes; an empty list lets the platform choose. Unknown ids are silently accepted."""

    project_id: ProjectId
    nodes: list[NodeId]
