"""Writes the table of settings in `docs/configuration.md`, from the schema and its comments. A test compares them.

Run: .venv/bin/python docs/generate_configuration.py
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from orchestrator import settings
from orchestrator.timetable import duration_text

PAGE: Final = Path(__file__).with_name("configuration.md")
BEGIN: Final = "<!-- table of settings: written by generate_configuration.py -->"
END: Final = "<!-- end of the table -->"


@dataclass(frozen=True)
class Row:
    """One setting."""

    path: str
    kind: str
    default: str
    told: str  #: the comment beside it in the schema


def comments(model: type[BaseModel]) -> dict[str, str]:
    """Field → its `#:` comment, beside it or on the line before."""
    source = inspect.getsource(model)
    lines = source.splitlines()
    found: dict[str, str] = {}
    (cls,) = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    for node in [node for node in cls.body if isinstance(node, ast.AnnAssign)]:
        beside = re.search(r"#: (.*)", lines[(node.end_lineno or node.lineno) - 1])
        above = re.match(r"\s*#: (.*)", lines[node.lineno - 2])
        if told := beside or above:
            found[ast.unparse(node.target)] = told[1].strip()
    return found


def rows(model: type[BaseModel] = settings.Settings, prefix: str = "") -> Iterator[tuple[str, Row | None]]:
    """Every setting below a part of the tree; a heading first (with None)."""
    told = comments(model)
    leaves: list[tuple[str, Row | None]] = []
    inner: list[tuple[str, Row | None]] = []
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        if part := section_of(field.annotation):
            many = {list: "[]", dict: ".NAME"}.get(get_origin(_bare(field.annotation)), "")
            inner += rows(part, f"{path}{many}.")
            if not many:
                continue
        leaves.append((path, Row(path, kind(field), default(field), told.get(name, ""))))
    if leaves:
        yield prefix.rstrip("."), None
        yield from leaves
    yield from inner


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The part of the tree that a field holds, itself or as the values of a list or a map."""
    bare = _bare(annotation)
    held = get_args(bare)[-1] if get_origin(bare) in (list, dict) else bare
    return held if isinstance(held, type) and issubclass(held, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Without `Annotated`, and without what else a value may be."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not type(None)))
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def kind(field: FieldInfo) -> str:
    """What a value may be, with its limits."""
    bare = _bare(field.annotation)
    choices = get_args(bare) if get_origin(bare) is Literal else ()
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        choices = tuple(bare)
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    names = {
        int: "whole number",
        float: "number",
        str: "text",
        bool: "true or false",
        Path: "path",
        SecretStr: "secret",
        timedelta: "duration, as `90s` or `6h`",
    }
    name = names.get(bare) or {list: "list", dict: "map"}.get(get_origin(bare) or bare, "text")
    limits = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    told = [
        f"{limits[key]} {value:g}"
        for part in field.metadata
        for key in limits
        if (value := getattr(part, key, None)) is not None
    ]
    return f"{name} {', '.join(told)}".strip()


def default(field: FieldInfo) -> str:
    """What holds when nobody says anything."""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None:
        return "none"
    if isinstance(value, timedelta):
        return f"`{duration_text(value)}`"
    return f"`{json.dumps(value, default=str, ensure_ascii=False)}`"


def table() -> str:
    """A table for each part of the tree."""
    lines: list[str] = []
    for path, row in rows():
        if row is None:
            lines += ["", f"### {f'`{path}`' if path else 'At the top'}", ""]
            lines += ["| setting | value | default | |", "|---|---|---|---|"]
        else:
            told = re.sub(r"<", "&lt;", row.told).replace("|", "\\|")
            lines.append(f"| `{row.path}` | {row.kind} | {row.default} | {told} |")
    return "\n".join(lines).strip()


def page(text: str) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
