"""The one place where a Redis URL becomes connections: the limiter, the counters and the checks all ask here."""

from __future__ import annotations

from typing import Final

import redis

PATIENCE: Final = 5.0
"""Seconds that Redis may take for an answer. A connection that hangs must not hold a step for ever."""


def connection_pool(url: str, timeout: float | None = None) -> redis.ConnectionPool:
    """Connections to the server of a URL; nothing is opened yet. `timeout` is in seconds, usually `PATIENCE`.

    Raises:
        ValueError: It is no Redis URL. The message may quote a part of it, and so of a password.
    """
    seconds = PATIENCE if timeout is None else timeout
    return redis.ConnectionPool.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)


def connect(url: str, timeout: float | None = None) -> redis.Redis:
    """A client with connections of its own. Close it, or use it with `with`.

    Raises:
        ValueError: As for `connection_pool`.
    """
    return redis.Redis.from_pool(connection_pool(url, timeout))
