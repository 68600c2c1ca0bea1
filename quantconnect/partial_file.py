"""A file that grows beside its target and takes the target's place only when it is complete.

Whoever looks at the target finds the old file or the whole new one, never a piece; what fails leaves nothing behind.
Knows nothing of the network.
"""

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from quantconnect.operations.base import Progress


class PartialFile:
    """`with PartialFile(target) as file: file.write(…); file.complete()`."""

    def __init__(self, target: Path, total: int | None = None, progress: Progress | None = None) -> None:
        """`total` is how many bytes will come, if that is known."""
        self._target = target
        self._total = total
        self._progress = progress
        self._written = 0
        self._part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        self._file: BinaryIO

    def __enter__(self) -> Self:
        self._file = self._part.open("xb")
        return self

    def write(self, piece: bytes) -> None:
        """Add a piece and tell how far it is."""
        self._file.write(piece)
        self._written += len(piece)
        if self._progress is not None:
            self._progress(self._written, self._total)

    def complete(self) -> bool:
        """Put the file in its place. False, and nothing done, if bytes are missing or too many."""
        if self._total is not None and self._written != self._total:
            return False
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)
