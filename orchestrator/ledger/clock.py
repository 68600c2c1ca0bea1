"""The time, passed in rather than looked up, so that tests decide what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, in UTC with zone."""
    return datetime.now(UTC)
