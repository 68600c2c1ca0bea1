"""Rewriting LEAN's PascalCase names in Python code to the snake_case of the newer style guide.

Works on tokens, so that texts and comments stay. Attributes are renamed (`self.SetCash` → `self.set_cash`), members of
enumerations (`Resolution.Daily` → `Resolution.DAILY`), and the methods that an algorithm overrides. Classes keep their
names.
"""

import io
import re
import tokenize
from collections.abc import Sequence

_OVERRIDDEN = frozenset(
    {"Initialize", "OnData", "OnOrderEvent", "OnEndOfAlgorithm", "OnEndOfDay", "OnSecuritiesChanged"}
)
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """`SetStartDate` → `set_start_date`, `RSI` → `rsi`."""
    return _BOUNDARY.sub("_", name).lower()


def convert(source: str) -> str:
    """The same code in the new style; code that cannot be read stays as it is."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    lines = source.splitlines(keepends=True)
    for index in range(len(tokens) - 1, 0, -1):  # from the end, so that the places of the others stay
        token = tokens[index]
        new_name = _renamed(tokens, index) if token.type == tokenize.NAME else token.string
        if new_name != token.string:
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + new_name + line[column + len(token.string) :]
    return "".join(lines)


def _renamed(tokens: Sequence[tokenize.TokenInfo], index: int) -> str:
    """The new spelling of a name."""
    name, before = tokens[index].string, tokens[index - 1].string
    if before == "def" and name in _OVERRIDDEN:
        return snake_case(name)
    if before != "." or not name[:1].isupper() or name.isupper():
        return name
    owner, beyond = tokens[index - 2].string, tokens[index - 3].string if index >= 3 else ""
    if owner[:1].isupper() and beyond != "." and tokens[index + 1].string != "(":
        return snake_case(name).upper()  # a member of an enumeration
    return snake_case(name)
