"""Versions of LEAN and the environments it runs in. Source: API reference, "Lean Version"; LEAN CLI."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Model, Text
from quantconnect.models.times import UtcDatetime


class LeanVersion(Model):
    """A build of LEAN that a project may be pinned to."""

    id: int
    name: Text = None
    description: Text = None
    created: UtcDatetime = None
    lean_hash: Text = None
    lean_cloud_hash: Text = None
    ref: Text = None
    public: Flag = None


class LeanVersions(Model):
    """All of them."""

    versions: Listing[LeanVersion] = Field(default_factory=list)


class LeanEnvironment(Model):
    """A set of Python packages that algorithms run with."""

    id: int
    name: Text = None
    path: Text = None
    description: Text = None
    public: Flag = None


class LeanEnvironments(Model):
    """All of them."""

    environments: Listing[LeanEnvironment] = Field(default_factory=list)
