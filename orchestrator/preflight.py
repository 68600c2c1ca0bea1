"""Looks at what a submission or a worker needs, and says what is wrong in plain words. Finds, and reports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from orchestrator.errors import RedisUnavailable
from orchestrator.redis_client import connect
from orchestrator.settings import Settings

OLDEST_REDIS = (6, 2)  # Celery 5.7 needs it


@contextmanager
def open_redis(settings: Settings, timeout: float = 3.0) -> Iterator[redis.Redis]:
    """A client of the configured Redis; what goes wrong with it within the block is told in plain words.

    Raises:
        RedisUnavailable: None is configured, or it does not answer.
    """
    if settings.redis_url is None:
        raise RedisUnavailable("No Redis is configured: start the services with `qcjobs up`, or set QCJOBS_REDIS_URL.")
    try:
        client = connect(settings.redis_url.get_secret_value(), timeout)
    except ValueError:
        # The original may quote a part of the URL, and so of the password.
        raise RedisUnavailable("QCJOBS_REDIS_URL is no Redis URL. Example: redis://127.0.0.1:6379/0.") from None
    try:
        with client:
            yield client
    except redis.AuthenticationError as error:
        raise RedisUnavailable("Redis refuses the password. Check QCJOBS_REDIS_URL.") from error
    except (redis.RedisError, OSError) as error:
        reason = type(error).__name__
        advice = "start the services with `qcjobs up`, or check QCJOBS_REDIS_URL"
        raise RedisUnavailable(f"Redis does not answer ({reason}): {advice}.") from error


def require_redis(settings: Settings, timeout: float = 3.0) -> dict[str, Any]:
    """What Redis says of itself.

    Raises:
        RedisUnavailable: None is configured, or it does not answer.
    """
    with open_redis(settings, timeout) as client:
        info: dict[str, Any] = client.info()
    return info


def redis_findings(info: dict[str, Any]) -> list[str]:
    """What is wrong with a Redis that answers; empty: nothing."""
    findings = []
    version = tuple(int(part) for part in str(info.get("redis_version", "0")).split(".")[:2])
    if version < OLDEST_REDIS:
        findings.append(f"Redis is {info.get('redis_version')}; Celery needs 6.2 or newer.")
    if info.get("maxmemory_policy", "noeviction") != "noeviction" and info.get("maxmemory"):
        findings.append("Redis may evict keys when memory runs out: set maxmemory-policy noeviction.")
    if not info.get("aof_enabled"):
        findings.append("Redis keeps nothing over a restart: set appendonly yes (jobs survive, but start later).")
    return findings
