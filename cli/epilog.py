"""How each command's `--help` ends: with lines that can be copied."""

from __future__ import annotations

KEEP_LINES = "\b"
"""Click joins the lines of a paragraph unless it begins with this character on a line of its own."""


def examples(*lines: str) -> str:
    """The epilog of a command."""
    return "\n".join((KEEP_LINES, "Examples:", *(f"  {line}" for line in lines)))
