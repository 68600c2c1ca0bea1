"""The one place where a Redis URL becomes connections: the limiter, the counters and the checks all ask here."""

from __future__ import annotations

from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from orchestrator.redis_address import SentinelAddress, is_sentinel

PATIENCE: Final = 5.0
"""Seconds that Redis may take for an answer. A connection that hangs must not hold a step for ever."""


def connection_pool(url: str, timeout: float | None = None) -> redis.ConnectionPool:
    """Connections to the server of a URL; nothing is opened yet. `timeout` is in seconds, usually `PATIENCE`.

    Behind sentinels every new connection asks them which server is the master now.

    Raises:
        ValueError: It is no Redis URL. The message may quote a part of it, and so of a password.
    """
    seconds = PATIENCE if timeout is None else timeout
    options: dict[str, Any] = {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "retry": Retry(NoBackoff(), 1),  # by default redis-py tries ten times
    }
    if not is_sentinel(url):
        return redis.ConnectionPool.from_url(url, **options)
    address = SentinelAddress.parse(url)
    tls = {} if address.tls is None else {"ssl": True, **address.tls}
    login = {"password": address.sentinel_password} if address.sentinel_password else {}
    sentinels = Sentinel(address.sentinels, sentinel_kwargs={**options, **tls, **login})  # type: ignore[no-untyped-call] # redis-py's
    return SentinelConnectionPool(  # type: ignore[no-untyped-call] # redis-py's
        address.master,
        sentinels,
        db=address.db,
        username=address.username,
        password=address.password,
        **options,
        **tls,
    )


def connect(url: str, timeout: float | None = None) -> redis.Redis:
    """A client with connections of its own. Close it, or use it with `with`.

    Raises:
        ValueError: As for `connection_pool`.
    """
    return redis.Redis.from_pool(connection_pool(url, timeout))
