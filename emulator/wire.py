"""What a request says, whichever way it was said: query, JSON body, form body or multipart body.

Forms come in PHP's bracket notation (`files[0][name]=main.py`, `parameters[fast]=10`), and every scalar in them is
text, so the typed readers below accept `"123"` and `"true"` where JSON would say 123 and true.
Source: the QuantConnect documentation's examples (form bodies), the LEAN CLI (`projects/update` as a form).
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from emulator import multipart
from emulator.envelope import ApiFailure

_BRACKETS = re.compile(r"\[([^\]]*)\]")


class Arguments:
    """The arguments of one request, read by name and type."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def sent(self, name: str) -> bool:
        """Whether the request named it at all, be it with null."""
        return name in self._values

    def raw(self, name: str) -> Any:
        """The value as it came, None when absent."""
        return self._values.get(name)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number, given as a number or as text.

        Raises:
            ApiFailure: It is no whole number, or absent without a default.
        """
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        digits = re.fullmatch(r"(-?[0-9]{1,18})(\.0+)?", str(value))  # PHP may have made 1 into 1.0
        if digits is None:
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return int(digits[1])

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number, given as a number or as text.

        Raises:
            ApiFailure: It is no number, or absent without a default.
        """
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return number

    def text(self, name: str) -> str:
        """A text with at least one visible character.

        Raises:
            ApiFailure: It is absent or blank.
        """
        text = self.optional_text(name)
        if text is None or not text.strip():
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return text

    def optional_text(self, name: str) -> str | None:
        """A text, possibly empty; None when absent. A number counts as its digits."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return str(value)

    def flag(self, name: str) -> bool:
        """True for true, 1, "1" and "true"; otherwise, and when absent, False."""
        return str(self._values.get(name)).lower() in {"true", "1"}

    def mapping(self, name: str) -> dict[str, Any]:
        """A map of names to values. Absent, empty text and the empty list all mean an empty map."""
        value = self._values.get(name)
        if not value:
            return {}
        if not isinstance(value, dict):
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return {str(key): item for key, item in value.items()}

    def items(self, name: str) -> list[Any]:
        """A list. Absent and empty text mean an empty list."""
        value = self._values.get(name)
        if not value:
            return []
        if not isinstance(value, list):
            raise ApiFailure(f"Invalid or missing parameter: {name}")
        return value


def read(query: str, content_type: str, body: bytes) -> Arguments:
    """The arguments in a request's query and body; the body wins where both name one.

    Raises:
        ApiFailure: The body is not what its content type says.
    """
    values = from_pairs(parse_qsl(query, keep_blank_values=True)) if query else {}
    if body.strip():
        values.update(_from_body(content_type, body))
    return Arguments(values)


def from_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Build nested maps and lists from names in bracket notation.

    A level whose keys are 0, 1, 2 … becomes a list, as PHP would print it. `name[]` appends.
    """
    values: dict[str, Any] = {}
    for name, value in pairs:
        head = name.split("[", 1)[0]
        keys = _BRACKETS.findall(name[len(head) :]) if head else []
        level, last = values, head or name
        for key in keys:
            below = level.get(last)
            if not isinstance(below, dict):
                below = level[last] = {}
            level, last = below, key or str(len(below))
        level[last] = value
    return {name: _lists(value) for name, value in values.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if list(value) == [str(index) for index in range(len(value))]:
        return [_lists(item) for item in value.values()]
    return {key: _lists(item) for key, item in value.items()}


def _from_body(content_type: str, body: bytes) -> dict[str, Any]:
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            return from_pairs(parse_qsl(body.decode(), keep_blank_values=True))
        if content_type.startswith("multipart/form-data"):
            return multipart.read(content_type, body)
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiFailure("Invalid request body") from None
    if isinstance(values, dict):
        return values
    if values == []:  # an empty map, said by PHP
        return {}
    raise ApiFailure("Invalid request body")
