"""Groups of commands that are imported when they are called, so that `--help` is quick."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Mapping

import click

Command = tuple[str, str, str]
"""Module, function, one line for the overview."""


def lazy_group(commands: Mapping[str, Command]) -> type[click.Group]:
    """A group of these commands, in this order."""

    class Commands(click.Group):
        """Imports a command when it is needed."""

        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
            """In the order of the table."""
            return list(commands)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
            """Import one."""
            if cmd_name not in commands:
                return None
            module, function, _ = commands[cmd_name]
            gc.disable()  # a search for garbage among hundreds of new classes finds none, and takes its time
            try:
                command: click.Command = getattr(importlib.import_module(module), function)
            finally:
                gc.freeze()
                gc.enable()
            return command

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (as above)
            """The overview, without importing anything."""
            with formatter.section("Commands"):
                formatter.write_dl([(name, line) for name, (_, _, line) in commands.items()])

    return Commands
