"""Numbers that options take: finite, and small enough to be reckoned with and kept."""

from __future__ import annotations

import math
from typing import Any, Final

import click

from orchestrator.submission import HIGHEST_ID


class Amount(click.FloatRange):
    """A number within a range. `nan` is within none, though click lets it pass, and nothing lasts infinitely."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number.

        Raises:
            click.BadParameter: It is none, or out of range.
        """
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is no finite number.", param, ctx)
        return number


SECONDS: Final = Amount(min=0, max=1e9)
"""Some thirty years."""

DAYS: Final = Amount(min=0, max=36_500)
SOME_DAYS: Final = Amount(min=0, min_open=True, max=36_500)

PROJECT: Final = click.IntRange(min=1, max=HIGHEST_ID - 1)
"""The id of a cloud project."""
