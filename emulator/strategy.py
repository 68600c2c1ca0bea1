"""What can be known of a strategy by reading its source, without running it.

Two readers fill this record, `python_source.py` and `csharp_source.py`; `inspection.py` picks the right one. The real
service builds the code and runs it; the emulator takes from the text whether it builds, where it is bound to fail,
and what it asks for.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """A place where the code asks for a project parameter."""

    file: str
    line: int  #: counts from 1
    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that the code is bound to meet when it runs."""

    message: str
    trace: str
    in_initialize: bool


@dataclass(frozen=True, slots=True)
class Strategy:
    """The emulator's knowledge of one set of source files. What the source does not say literally is None."""

    build_errors: tuple[str, ...] = ()
    parameters: tuple[ParameterUse, ...] = ()
    start: date | None = None
    end: date | None = None
    cash: float | None = None
    symbols: tuple[str, ...] = ()
    failure: Failure | None = None


def build_error(file: str, line: int | None, column: int | None, message: str) -> str:
    """One line of a failed build's log, in the form that the cloud console shows (community reports)."""
    return f"Build Error: File: {file} Line:{line or 1} Column:{column or 1} - {message}"
