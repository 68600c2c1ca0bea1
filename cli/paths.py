"""Paths that options take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class FilePath(click.Path):
    """The path of a file. An empty one, as a script's unset variable makes it, would be the folder one is in."""

    def __init__(self, *, exists: bool = False) -> None:
        super().__init__(exists=exists, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path.

        Raises:
            click.BadParameter: It is empty, a folder, or not there although it has to be.
        """
        if not str(value).strip():
            self.fail("A file needs a name.", param, ctx)
        return super().convert(value, param, ctx)
