"""One call of one endpoint, as a handler sees it, and the form of a handler."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.clock import Clock
from emulator.journal import Created
from emulator.options import EmulatorOptions
from emulator.wire import Arguments
from emulator.world import Project, World


@dataclass(slots=True)
class Call:
    """The arguments, the world they meet, what the journal should know afterwards, and the form of the reply."""

    arguments: Arguments
    world: World
    created: Created | None = None
    status: int = 200  #: HTTP status of the reply
    headers: dict[str, str] = field(default_factory=dict)  #: of the reply, beside the usual ones
    enveloped: bool = True  #: whether `success` and `errors` go beside the payload; a bare empty one is an empty body

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
