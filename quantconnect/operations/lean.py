"""Versions of LEAN, and its environments."""

from quantconnect.endpoints.lean import READ_LEAN_ENVIRONMENTS, READ_LEAN_VERSIONS
from quantconnect.models.base import NoFields
from quantconnect.models.lean import LeanEnvironment, LeanVersion
from quantconnect.operations.base import Call, call


def versions() -> Call[list[LeanVersion]]:
    """The versions that a project may be pinned to.

    Source: API reference, Lean Version.
    """
    return call(READ_LEAN_VERSIONS, NoFields(), lambda reply: reply.versions)


def environments() -> Call[list[LeanEnvironment]]:
    """The sets of Python packages that a project may run with.

    Source: LEAN CLI, LEAN client.
    """
    return call(READ_LEAN_ENVIRONMENTS, NoFields(), lambda reply: reply.environments)
