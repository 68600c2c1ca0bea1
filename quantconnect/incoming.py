"""The body of an answer while it comes in: neither endless nor without end in time.

A time-out watches the pauses between two pieces only; a server that sends a little now and then, or a lot, would hold
its caller for ever, or take all of the memory. Knows nothing of the network.
"""

import time
from collections.abc import Callable
from typing import Final

from quantconnect.errors import AnswerTooLarge, RequestTimeout

LARGEST_ANSWER: Final = 64_000_000
"""Bytes. The largest answers are results with tens of thousands of trades, some 600 bytes each; what is larger by
nature (data, objects, reports) is a download, which goes to a file piece by piece."""

PATIENCE: Final = 10
"""Time-outs that an answer may take as a whole."""


class Incoming:
    """`for piece in …: body.add(piece)`, and then `body.whole`."""

    def __init__(self, path: str, largest: int, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`path` is the endpoint's, `largest` in bytes after decompression, `timeout` the request's, in seconds."""
        self._path = path
        self._largest = largest
        self._clock = clock
        self._until = clock() + PATIENCE * timeout
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """One more piece.

        Raises:
            AnswerTooLarge: It is more than anybody wants to have in memory.
            RequestTimeout: It takes too long.
        """
        self._size += len(piece)
        if self._size > self._largest:
            self._pieces.clear()
            raise AnswerTooLarge(endpoint=self._path, largest=self._largest)
        if self._clock() > self._until:
            raise RequestTimeout(endpoint=self._path)
        self._pieces.append(piece)

    @property
    def whole(self) -> bytes:
        """Everything that came."""
        return b"".join(self._pieces)
