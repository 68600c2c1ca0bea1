"""Draws the floors of the house, `docs/images/floors.svg`, from the imports in the code. A test compares them.

Run: .venv/bin/python docs/generate_picture.py
"""

from __future__ import annotations

import ast
import html
import tomllib
from pathlib import Path
from typing import Any, Final

import grimp

ROOT: Final = Path(__file__).parent.parent
PICTURE: Final = Path(__file__).parent / "images" / "floors.svg"

WIDTH: Final = 1000  # of the picture, in its own units, as everything below
BAND: Final = 92
GAP: Final = 26
LEFT: Final = 16
SIDE: Final = 190  # for the arrows
BOX: Final = 640
STYLE: Final = (
    "text{font-family:system-ui,sans-serif;fill:#1b1f24}.name{font:600 20px ui-monospace,monospace}"
    ".told{font-size:14px}.rooms{font:13px ui-monospace,monospace;fill:#57606a}.floor{font-size:30px;fill:#8c959f}"
    "rect{fill:#f6f8fa;stroke:#8c959f}.annex{stroke-dasharray:6 4}path{fill:none;stroke:#0969da;stroke-width:1.6}"
    "marker path{fill:#0969da;stroke:none}"
)
TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8Z"/></marker></defs>'
)


def floors() -> list[str]:
    """From the top down, as import-linter's contract has them, and the annex below."""
    contracts: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    return [*contracts[0]["layers"], "emulator"]


def purpose(package: str) -> str:
    """The first sentence of what a package says of itself, without the number of its floor."""
    text = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))) or ""
    first = text.split("\n\n")[0].replace("\n", " ").replace("`", "")
    return first.split(": ", 1)[1].split(". ")[0].rstrip(".") if first.startswith("FLOOR") else first.rstrip(".:")


def rooms(graph: grimp.ImportGraph, package: str) -> list[str]:
    """Packages within a package."""
    return sorted(
        child.rpartition(".")[2]
        for child in graph.find_children(package)
        if graph.find_children(child) and ".tests" not in child
    )


def imports(graph: grimp.ImportGraph, packages: list[str]) -> list[tuple[int, int]]:
    """Which floor imports from which, as positions from the top."""
    found = []
    for above, importer in enumerate(packages):
        for below, imported in enumerate(packages):
            if above != below and graph.direct_import_exists(importer=importer, imported=imported, as_packages=True):
                found.append((above, below))
    return found


def draw() -> str:
    """The picture as SVG."""
    packages = floors()
    graph = grimp.build_graph(*packages, include_external_packages=False)
    height = len(packages) * (BAND + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title">',
        '<title id="title">The floors of the house: a file imports only from floors below its own</title>',
        f"<style>{STYLE}</style>",
        TIP,
        f'<rect x="0" y="0" width="{WIDTH}" height="{height}" style="fill:#ffffff;stroke:none"/>',
    ]
    for place, package in enumerate(packages):
        top = _top(place)
        number = "" if package == "emulator" else str(len(packages) - 2 - place)
        kind = ' class="annex"' if package == "emulator" else ""
        inside = html.escape("  ".join(f"{room}/" for room in rooms(graph, package)))
        parts += [
            f'<rect{kind} x="{LEFT}" y="{top}" width="{BOX + 120}" height="{BAND}" rx="8"/>',
            f'<text class="floor" x="{LEFT + 18}" y="{top + 56}">{number}</text>',
            f'<text class="name" x="{LEFT + 60}" y="{top + 32}">{package}/</text>',
            f'<text class="told" x="{LEFT + 60}" y="{top + 54}">{html.escape(_short(purpose(package)))}</text>',
            f'<text class="rooms" x="{LEFT + 60}" y="{top + 76}">{inside}</text>',
        ]
    right = LEFT + BOX + 120
    for number, (above, below) in enumerate(imports(graph, packages)):
        start, end = _top(above) + 30 + 6 * (below - above), _top(below) + BAND - 22 - 6 * (below - above) % 40
        reach = right + 26 + 28 * abs(below - above) + 3 * (number % 3)
        parts.append(
            f'<path d="M{right} {start} C{reach} {start} {reach} {end} {right + 3} {end}" marker-end="url(#tip)"/>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _top(place: int) -> int:
    return GAP + place * (BAND + GAP)


def _short(text: str, longest: int = 92) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + " …"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
