"""One number over two parameters, as a grid of colours: in the terminal, and as SVG. Pure.

Where other parameters vary as well, a cell shows the best of its backtests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table
from rich.text import Text

from orchestrator.jobs import Job, Result, Scalar

RAMP: Final = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Viridis: as telling in grey, and to people who do not see red or green."""

MOST: Final = 40
"""Values of one parameter that a picture shows; more would be no picture."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers, by the values of two parameters."""

    across: str
    down: str
    columns: tuple[Scalar, ...]
    rows: tuple[Scalar, ...]
    cells: Mapping[tuple[Scalar, Scalar], float]  #: by (column, row)

    def colour(self, value: float) -> tuple[int, int, int]:
        """Between the lowest and the highest."""
        low, high = min(self.cells.values()), max(self.cells.values())
        place = 0.5 if high <= low else (value - low) / (high - low)
        at = min(int(place * (len(RAMP) - 1)), len(RAMP) - 2)
        share = place * (len(RAMP) - 1) - at
        below, above = RAMP[at], RAMP[at + 1]
        red, green, blue = (round(a + (b - a) * share) for a, b in zip(below, above, strict=True))
        return red, green, blue


def grid_of(
    results: Sequence[tuple[Job, Result]],
    number: str,
    axes: tuple[str, str] | None = None,
    *,
    lowest: bool = False,
) -> Grid | None:
    """The grid over two parameters: those that are named, or the two that vary. None: there are not two, or too many
    values for a picture.
    """
    told = [
        (job, float(value)) for job, result in results if isinstance(value := result.numbers.get(number), int | float)
    ]
    varying = varying_parameters([job for job, _ in told])
    across, down = axes or (varying if len(varying) == 2 else (None, None))
    if across is None or down is None:
        return None
    cells: dict[tuple[Scalar, Scalar], float] = {}
    better: Callable[..., float] = min if lowest else max
    for job, value in told:
        if across in job.parameters and down in job.parameters:
            key = job.parameters[across], job.parameters[down]
            cells[key] = better(value, cells[key]) if key in cells else value
    columns, rows = _ordered({x for x, _ in cells}), _ordered({y for _, y in cells})
    if not cells or max(len(columns), len(rows)) > MOST:
        return None
    return Grid(across, down, columns, rows, cells)


def varying_parameters(jobs: Sequence[Job]) -> tuple[str, ...]:
    """Those of which there is more than one value."""
    names = sorted({name for job in jobs for name in job.parameters})
    return tuple(name for name in names if len({str(job.parameters.get(name)) for job in jobs}) > 1)


def as_table(grid: Grid, shown: Callable[[float], str]) -> Table:
    """For the terminal."""
    table = Table(box=None, padding=0, pad_edge=False, header_style="bold")
    table.add_column(Text(f"{grid.down} ↓  {grid.across} → "), justify="right", no_wrap=True)
    for column in grid.columns:
        table.add_column(Text(f" {column} "), justify="center", no_wrap=True)
    for row in grid.rows:
        cells = [_cell(grid, grid.cells.get((column, row)), shown) for column in grid.columns]
        table.add_row(Text(f"{row} ", style="bold"), *cells)
    return table


def as_svg(grid: Grid, shown: Callable[[float], str], escape: Callable[[str], str]) -> str:
    """For a page."""
    width, height, left, top = 64, 28, 110, 40
    right, bottom = left + width * len(grid.columns) + 10, top + height * len(grid.rows) + 10
    label = escape(f"{grid.across} across, {grid.down} down")
    parts = [
        f'<svg viewBox="0 0 {right} {bottom}" width="{right}" role="img" aria-label="{label}">',
        f'<text x="{left}" y="14" class="axis">{escape(grid.across)} →</text>',
        f'<text x="4" y="{top - 6}" class="axis">{escape(grid.down)} ↓</text>',
    ]
    for x, column in enumerate(grid.columns):
        middle = left + width * x + width / 2
        parts.append(f'<text x="{middle}" y="{top - 6}" class="tick middle">{escape(str(column))}</text>')
    for y, row in enumerate(grid.rows):
        base = top + height * y
        parts.append(f'<text x="{left - 6}" y="{base + 18}" class="tick end">{escape(str(row))}</text>')
        for x, column in enumerate(grid.columns):
            value = grid.cells.get((column, row))
            if value is None:
                continue
            red, green, blue = grid.colour(value)
            parts.append(
                f'<rect x="{left + width * x}" y="{base}" width="{width - 1}" height="{height - 1}" '
                f'fill="rgb({red},{green},{blue})"><title>{escape(f"{grid.across}={column} {grid.down}={row}")}</title>'
                f'</rect><text x="{left + width * x + width / 2}" y="{base + 18}" class="middle" '
                f'fill="{_ink(red, green, blue)}">{escape(shown(value))}</text>'
            )
    return "\n".join([*parts, "</svg>"])


def _cell(grid: Grid, value: float | None, shown: Callable[[float], str]) -> Text:
    if value is None:
        return Text("  ·  ", style="dim", justify="center")
    red, green, blue = grid.colour(value)
    return Text(f" {shown(value)} ", style=f"{_ink(red, green, blue)} on rgb({red},{green},{blue})", justify="center")


def _ink(red: int, green: int, blue: int) -> str:
    """What can be read on that colour."""
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "white"


def _ordered(values: set[Scalar]) -> tuple[Scalar, ...]:
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return tuple(sorted(values, key=None if numeric else str))
