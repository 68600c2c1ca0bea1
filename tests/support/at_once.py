"""The same thing in many threads at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(times: int, action: Callable[[], T]) -> list[T]:
    """What each of so many simultaneous calls returned; what one of them raised is raised here."""
    together = threading.Barrier(times)

    def run() -> T:
        together.wait(timeout=30)
        return action()

    with ThreadPoolExecutor(times) as threads:
        return [future.result() for future in [threads.submit(run) for _ in range(times)]]
