"""Writes the table of endpoints in `docs/api.md`, from the code. A test compares them.

Run: .venv/bin/python docs/generate_api.py
"""

import dis
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, Final

from quantconnect.client import QuantConnectClient, Resource
from quantconnect.endpoints import ALL
from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.methods import asked, iterated

PAGE: Final = Path(__file__).with_name("api.md")
BEGIN: Final = "<!-- table of endpoints: written by generate_api.py -->"
END: Final = "<!-- end of the table -->"


def methods(part: object, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """The methods of a client and its resources by name, with the operations behind them."""
    for cls in type(part).__mro__:
        for name, value in vars(cls).items():
            if isinstance(value, asked | iterated):
                yield prefix + name, inspect.unwrap(getattr(part, name))
    for name, value in vars(part).items():
        if isinstance(value, Resource):
            yield from methods(value, f"{prefix}{name}.")


def globals_used(code: CodeType) -> Iterator[str]:
    """The names of the module that a piece of code uses, within functions inside of it, too."""
    yield from (step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from globals_used(inner)


def endpoints(operation: Callable[..., Any]) -> set[str]:
    """The paths that an operation asks: it uses endpoints, or operations of its own file that do."""
    found: set[str] = set()
    for name in globals_used(operation.__code__):
        value = operation.__globals__.get(name)
        if isinstance(value, Endpoint):
            found.add(value.path)
        elif inspect.isfunction(value) and value.__module__ == operation.__module__:
            found |= endpoints(value)
    return found


def named(source: str) -> str:
    """A page of the reference by its title; other sources have names already."""
    if not source.startswith(REFERENCE):
        return source
    title = source.removeprefix(REFERENCE).rpartition("/")[2].replace("-", " ").capitalize()
    return f"[{title}]({source})"


def table() -> str:
    """One line for each endpoint."""
    by_path: dict[str, list[str]] = defaultdict(list)
    with QuantConnectClient(1, "unused") as client:
        for name, operation in methods(client):
            for path in endpoints(operation):
                by_path[path].append(f"`{name}`")
    lines = ["| Endpoint | Methods | Repeated by itself | Source |", "|---|---|---|---|"]
    for endpoint in sorted(ALL, key=lambda endpoint: endpoint.path):
        repeated = "yes" if endpoint.repeatable else "no"
        source = "; ".join(map(named, endpoint.source.split("; ")))
        lines.append(f"| `{endpoint.path}` | {', '.join(by_path[endpoint.path])} | {repeated} | {source} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
