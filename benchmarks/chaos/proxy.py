"""A wire that can be cut: TCP on loopback, handed on to another port of this machine."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

from workers.embedded.ports import LOOPBACK


class Wire:
    """Threads, not asyncio: whoever cuts it lives in another thread, and it carries a dozen connections."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_whole = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Every connection breaks, and none can be made until it is mended."""
        self._is_whole = False
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """It carries again."""
        self._is_whole = True

    def _accept(self) -> None:
        while True:
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            try:
                inner = socket.create_connection((LOOPBACK, self._target), timeout=5) if self._is_whole else None
            except OSError:
                inner = None
            if inner is None:
                outer.close()
                continue
            inner.settimeout(None)
            with self._lock:
                self._ends |= {outer, inner}
            for ends in ((outer, inner), (inner, outer)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._ends -= {source, sink}
