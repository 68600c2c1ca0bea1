"""The windows of paged reads: `start` inclusive, `end` exclusive, counted from 0, of limited width.

Source: LEAN's API tests and the QuantConnect API definition (widths, and that a bad window is refused); the texts are
our own words.
"""

from emulator.envelope import ApiFailure
from emulator.wire import Arguments


def window(arguments: Arguments, widest: int) -> slice:
    """The part of a list that a request asks for with `start` and `end`.

    Raises:
        ApiFailure: A bound is missing or negative, the window is empty or upside down, or wider than allowed.
    """
    start, end = arguments.integer("start"), arguments.integer("end")
    if start < 0 or start >= end:
        raise ApiFailure("Invalid range: start must be less than end")
    if end - start > widest:
        raise ApiFailure(f"Invalid range: at most {widest} items can be read at once")
    return slice(start, end)
