"""One call of one endpoint, as a handler sees it, and the form of a handler."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.clock import Clock
from emulator.journal import Created
from emulator.options import EmulatorOptions
from emulator.wire import Arguments
from emulator.world import Project, World


@dataclass(slots=True)
class Call:
    """The arguments, the world they meet, and what the journal should know afterwards."""

    arguments: Arguments
    world: World
    created: Created | None = None

    @property
    def clock(self) -> Clock:
        """The world's clock."""
        return self.world.clock

    @property
    def options(self) -> EmulatorOptions:
        """The world's settings."""
        return self.world.options

    def project(self) -> Project:
        """The project that `projectId` names, or a refusal."""
        return self.world.project(self.arguments.integer("projectId"))


Handler = Callable[[Call], dict[str, Any]]
"""Answers a call with the payload of its reply, or raises `ApiFailure`."""
