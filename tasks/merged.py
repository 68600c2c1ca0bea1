"""One look for many: ticks and wake-ups of a kind come several at a time, and each sees to all that there is to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Final

MERGED: Final = "merged with one that is under way"


def merged(look: Callable[[], str]) -> Callable[[], str]:
    """Of several calls at once in this process one looks, and once more for those that came meanwhile; they return.

    Otherwise they would stand in line for the ledger, each with a thread, to find that nothing is left to do. Where the
    one that looks fails, the next tick sees to the rest.
    """
    wanted = threading.Event()
    looking = threading.Lock()

    @wraps(look)
    def one_looks() -> str:
        wanted.set()
        said = MERGED
        while wanted.is_set() and looking.acquire(blocking=False):
            try:
                wanted.clear()
                said = look()
            finally:
                looking.release()
        return said

    return one_looks
