"""Numbers as QuantConnect writes them for people: `$-4.94`, `-$1,234.56`, `12.34 %`, `-`. Pure.

The one place where text becomes a number. Units afterwards: a rate is a fraction (0.15 is 15 %), money is in the
account's currency. Whether a text is a rate or money is seen by its sign (% or $); where a field is known to be a
percentage, `percentage` reads it as one although it does not say so.
Sources: the statistics of LEAN's sample replies, and community reports for the sign after the currency and the blank
before the percent sign.
"""

import math
import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*"
    r"(?:[^\w\s.,%+-]|[^\W\d_]{1,3}[^\w\s.,%+-]?)?\s*"  # a currency: $, €, A$, kr
    r"(?P<inner_sign>[+-]?)\s*"
    r"(?P<digits>(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*"
    r"(?P<percent>%?)"
)

#: No number for people is longer; a longer text is something else, and slow to look at.
_LONGEST: Final = 400


def parse_number(value: object) -> float | None:
    """The number in a text, a percentage as a fraction (`12.34 %` is 0.1234); None when there is none.

    `-`, the empty text, null, booleans, infinities and anything else that is no number give None.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(value)
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= _LONGEST else None
    if match is None:
        return None
    number = float(match["digits"].replace(",", ""))
    if "-" in (match["sign"], match["inner_sign"]):
        number = -number
    return _finite(number / 100 if match["percent"] else number)


def percentage(value: object) -> float | None:
    """The same for a field that counts in percent, with or without the sign: `12.34` and `12.34 %` are 0.1234."""
    number = parse_number(value)
    if number is None or (isinstance(value, str) and "%" in value):
        return number
    return number / 100


def _finite(number: float) -> float | None:
    try:
        number = float(number)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _number(value: Any) -> float | None:
    return parse_number(value)


def as_whole(value: Any) -> int | None:
    """The whole number that a value is or spells, else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = parse_number(value)
    return int(number) if number is not None and number.is_integer() else None


#: A number that may come as text, as `-`, or not at all.
Number = Annotated[float | None, BeforeValidator(_number)]
#: A whole number that may come as `12`, `12.0` or `"12"`.
Whole = Annotated[int | None, BeforeValidator(as_whole)]
