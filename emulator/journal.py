"""What was asked of the emulator and what came of it, so that tests can count requests and effects.

Holds paths, ids and names only; headers and bodies never enter it.
"""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

MAX_ENTRIES = 100_000
"""The oldest entries go first; an emulator may run for days."""


@dataclass(frozen=True, slots=True)
class Created:
    """Something that did not exist before this request."""

    kind: str  #: for example "project" or "backtest"
    id: str | int
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One request to the API."""

    time: str  #: of arrival, ISO 8601, UTC
    method: str
    path: str  #: below /api/v2, for example "backtests/create"
    status: int | None  #: HTTP status of the reply; None if the connection was closed without one
    success: bool  #: whether the request took effect
    project: int | None
    created: Created | None
    duration_ms: float
    fault: str | None  #: kind of the fault it ran into


class Journal:
    """The most recent requests in the order in which they were finished."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)

    def record(self, entry: Entry) -> None:
        """Append one request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()

    def payload(self) -> list[dict[str, Any]]:
        """All entries as JSON values, oldest first."""
        return [asdict(entry) for entry in self._entries]
