"""Waiting for a condition, with a deadline and a name for what is awaited.

A fixed sleep is either too long or too short; this is neither.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(
    condition: Callable[[], T], *, within: float = 10.0, what: str = "the condition", every: float = 0.02
) -> T:
    """Ask until the answer is truthy, and return that answer.

    Args:
        condition: Asked again and again; an exception from it is a failure at once.
        within: Seconds until it counts as never.
        what: Ends the sentence "waited in vain for …".
        every: Seconds between two questions.

    Raises:
        AssertionError: The deadline passed; the message carries the last answer.
    """
    deadline = time.monotonic() + within
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited in vain for {what} ({within:g} s; last answer: {answer!r})")
        time.sleep(every)
