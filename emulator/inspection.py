"""From a project's files to what the emulator knows of its strategy."""

from collections.abc import Mapping
from functools import lru_cache

from emulator import csharp_source, python_source
from emulator.strategy import Strategy


def inspect(language: str, sources: Mapping[str, str]) -> Strategy:
    """Read the sources of a project.

    Args:
        language: "Py" or "C#", as in the project.
        sources: Content by file name. Files of another language (notebooks, pages) are ignored.
    """
    return _inspect(language, tuple(sorted(sources.items())))


@lru_cache(maxsize=64)  # the same files are compiled again and again, and reading them costs milliseconds
def _inspect(language: str, sources: tuple[tuple[str, str], ...]) -> Strategy:
    read = csharp_source.read if language == "C#" else python_source.read
    return read(dict(sources))
