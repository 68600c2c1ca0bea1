"""What a parameter of a sweep may take: `5:50:5`, `list(20, 50, 100)`, a single value. Pure.

A range counts its end in, and keeps the digits it was written with: `0.1:0.3:0.1` is 0.1, 0.2, 0.3.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from orchestrator.errors import BadPlan
from orchestrator.jobs import Scalar

MOST_VALUES: Final = 100_000
"""Of one parameter; a slip of the finger such as `0:1:0.000001` should be told, not computed."""

_LIST: Final = re.compile(r"list\((?P<items>.*)\)", re.DOTALL)
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE: Final = re.compile(rf"({_NUMBER}):({_NUMBER})(?::({_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Values:
    """So many values, in their order."""

    values: tuple[Scalar, ...]

    def draw(self, source: random.Random) -> Scalar:
        """One of them."""
        return source.choice(self.values)


@dataclass(frozen=True, slots=True)
class Span:
    """Every number between two ends: what a range without a step means where numbers are drawn."""

    low: Decimal
    high: Decimal

    def draw(self, source: random.Random) -> Scalar:
        """A whole number if both ends are whole, else one with six digits more than the ends differ by."""
        if _is_whole(self.low) and _is_whole(self.high):
            return source.randint(int(self.low), int(self.high))
        width = float(self.high - self.low)
        return float(f"{float(self.low) + source.random() * width:.7g}")


Axis = Values | Span


def read_scalar(text: str) -> Scalar:
    """A value as it is written: one that reads as a number or as true/false becomes one."""
    text = text.strip()
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    for number in (int, float):
        try:
            parsed = number(text)
        except ValueError:
            continue
        # "007" or "1e400" would change on the way; such a value stays the text it is.
        return parsed if str(parsed) == text else text
    return text


def read_axis(name: str, said: object) -> Axis:
    """The values of one parameter.

    Args:
        name: Of the parameter, for messages.
        said: A text such as `5:50:5`, a list, or a single value.

    Raises:
        BadPlan: It cannot be understood, is empty, or has too many values.
    """
    if isinstance(said, Sequence) and not isinstance(said, str):
        return _listed(name, [read_scalar(item) if isinstance(item, str) else item for item in said])
    if isinstance(said, bool | int | float):
        return Values((said,))
    if not isinstance(said, str):
        kind = "null" if said is None else type(said).__name__
        raise BadPlan(f"Parameter {name!r} is a {kind}; write a range such as 5:50:5, a list, or a value.")
    text = said.strip()
    if listed := _LIST.fullmatch(text):
        return _listed(name, [read_scalar(item) for item in listed["items"].split(",") if item.strip()])
    if found := _RANGE.fullmatch(text):
        return _ranged(name, *(None if part is None else _decimal(name, part) for part in found.groups()))
    if text[:1] in {"[", "{"}:
        raise BadPlan(f"Parameter {name!r}: write several values as list(10, 20, 50).")
    return Values((read_scalar(text),))


def every(name: str, axis: Axis) -> tuple[Scalar, ...]:
    """All values, for a grid.

    Raises:
        BadPlan: A range of decimals without a step has no end of them.
    """
    if isinstance(axis, Values):
        return axis.values
    if not (_is_whole(axis.low) and _is_whole(axis.high)):
        raise BadPlan(f"Parameter {name!r} needs a step in a grid, such as {axis.low}:{axis.high}:0.1.")
    return _steps(name, axis.low, axis.high, Decimal(1)).values


def _listed(name: str, items: Sequence[object]) -> Values:
    if not items:
        raise BadPlan(f"Parameter {name!r} has no values.")
    scalars: list[Scalar] = []
    for item in items:
        if not isinstance(item, bool | int | float | str):
            raise BadPlan(f"Parameter {name!r}: {item!r} is neither a text nor a number nor true/false.")
        scalars.append(item)
    return Values(tuple(dict.fromkeys(scalars)) if not _mixed(scalars) else tuple(scalars))


def _mixed(scalars: Sequence[Scalar]) -> bool:
    """Whether True and 1 stand side by side, which Python takes for the same."""
    return len({type(scalar) for scalar in scalars}) > 1


def _ranged(name: str, low: Decimal | None, high: Decimal | None, step: Decimal | None) -> Axis:
    assert low is not None and high is not None  # noqa: S101, PT018 (the pattern has both)
    if step is not None:
        return _steps(name, low, high, step)
    if high < low:
        raise BadPlan(f"Parameter {name!r}: {low}:{high} runs backwards; a step such as -1 would say that it is meant.")
    return Span(low, high)


def _steps(name: str, low: Decimal, high: Decimal, step: Decimal) -> Values:
    if step == 0 or (high - low) * step < 0:
        raise BadPlan(f"Parameter {name!r}: with a step of {step}, {low} never reaches {high}.")
    count = int((high - low) / step) + 1
    if count > MOST_VALUES:
        raise BadPlan(f"Parameter {name!r} has {count:,} values; {MOST_VALUES:,} are the most.")
    whole = all(map(_is_whole, (low, step)))
    steps = [low + number * step for number in range(count)]
    return Values(tuple(int(value) if whole else float(value) for value in steps))


def _decimal(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadPlan(f"Parameter {name!r}: {text!r} is no number.") from error
    if abs(number) > Decimal(10) ** 15:
        raise BadPlan(f"Parameter {name!r}: {text} is too large a number for a range.")
    return number


def _is_whole(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0
