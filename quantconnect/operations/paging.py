"""Walking through all pages of something that may still grow.

A page is a window from `start` to `end` (exclusive). The walk ends where it reaches the length that the last page
told; if the API tells no length, at a page that is not full. A page that is not full although there should be more is
either all that can be had yet, or all that the server gives at once: the walk goes on behind its last item, and ends at
a page that is empty or the same again. So a length that grows in between is followed, nothing comes twice, and the walk
always ends.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from quantconnect.errors import InvalidRequest
from quantconnect.operations.base import Call, Items, Stream
from quantconnect.operations.waiting import until_ready

T = TypeVar("T")
P = TypeVar("P")


def pages(
    page: Callable[[int, int], Call[P]],
    items: Callable[[P], Sequence[T]],
    length: Callable[[P], int | None],
    *,
    size: int,
    smaller: int | None = None,
    start: int = 0,
    patience: timedelta,
) -> Stream[T]:
    """All items from `start` on.

    Args:
        page: Asks for the window from its first to its second argument.
        items: Of a page.
        length: Of everything, as a page tells it.
        size: Of a page; the largest that the API allows.
        smaller: To try once if the first page is refused: sources disagree about the largest.
        start: The first item wanted, counted from 0.
        patience: How long to wait for each page that is still being loaded.
    """
    before: Sequence[T] = ()
    while True:
        try:
            found = yield from until_ready(page(start, start + size), patience)
        except InvalidRequest:
            if smaller is None:
                raise
            size, smaller = smaller, None
            continue
        smaller = None
        these, total = items(found), length(found)
        # A log may hold the same full page twice.
        if not these or ((total is None or len(before) < size) and _same(these, before)):
            return
        yield Items(tuple(these))
        start += len(these)
        if len(these) > size or (len(these) < size if total is None else start >= total):
            return
        before = these


def _same(these: Sequence[object], before: Sequence[object]) -> bool:
    """As written: a NaN in a field that nobody knows differs from itself, and the walk would not end."""
    return len(these) == len(before) and repr(these) == repr(before)
