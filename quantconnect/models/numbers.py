"""Numbers as QuantConnect writes them for people: `$-4.94`, `-$1,234.56`, `12.34 %`, `-`. Pure.

Sources: the statistics of LEAN's sample replies, and community reports for the sign after the currency and the blank
before the percent sign.
"""

import math
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*"
    r"(?:[^\w\s.,%+-]|[^\W\d_]{1,3}[^\w\s.,%+-]?)?\s*"  # a currency: $, €, A$, kr
    r"(?P<inner_sign>[+-]?)\s*"
    r"(?P<digits>(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*"
    r"(?P<percent>%?)"
)


def parse_number(value: object) -> float | None:
    """The number in a text, a percentage as a fraction (`12.34 %` is 0.1234); None when there is none.

    `-`, the empty text, null, booleans, infinities and anything else that is no number give None.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(value)
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    number = float(match["digits"].replace(",", ""))
    if "-" in (match["sign"], match["inner_sign"]):
        number = -number
    return _finite(number / 100 if match["percent"] else number)


def _finite(number: float) -> float | None:
    try:
        number = float(number)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _tolerant(value: Any) -> float | None:
    return parse_number(value)


#: A number that may come as text, as `-`, or not at all.
Number = Annotated[float | None, BeforeValidator(_tolerant)]
