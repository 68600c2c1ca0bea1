"""Nodes: the machines of an organization. A backtest occupies one from its creation to its end.

Sources: QuantConnect API reference, "Project Nodes"; LEAN CLI for the nodes of an organization.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field

from quantconnect.models.base import Flag, Listing, Maybe, Model, OrganizationRequest, Request, Text
from quantconnect.models.ids import NodeId, ProjectId, SomeNumber
from quantconnect.models.numbers import Number, Whole


class NodePrice(Model):
    """What a node costs, in US dollars."""

    monthly: Number = None
    yearly: Number = None


class Node(Model):
    """One machine. `busy` is late by seconds after a backtest ends."""

    id: NodeId
    name: Text = None
    sku: Text = None  # as B-MICRO, B4-12, L-MICRO
    description: Text = None
    busy: Flag = None
    active: Flag = None  # only told for the nodes of a project
    used_by: Text = None
    user_profile: Text = None
    project_id: SomeNumber[ProjectId] = None
    project_name: Text = None
    cpu: Whole = None  # cores
    speed: Number = None  # GHz
    ram: Number = None  # GB
    assets: Whole = None  # how many securities it is made for
    host: Text = None
    has_gpu: Flag = None  # comes as 0 or 1
    price: Maybe[NodePrice] = None


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
    auto_select_node: Flag = None


class ReadNodes(OrganizationRequest):
    """The nodes of an organization."""


class ReadProjectNodes(Request):
    """The nodes of a project."""

    project_id: ProjectId


class UpdateProjectNodes(Request):
    """Pins the project to these nodes; an empty list lets the platform choose. Unknown ids are silently accepted."""

    project_id: ProjectId
    nodes: list[NodeId]
