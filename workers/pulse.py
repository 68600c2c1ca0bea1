"""Signs of life, for health checks and for `qcjobs doctor`.

A worker touches a file with every heartbeat that its event loop sends through Redis (every 2 s): the file grows old
when the loop hangs as well as when Redis is away. A beat leaves a key in Redis when it sends a tick; the key says that
*some* beat ticks, which is what matters where one of two stands by.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import redis
from celery import signals

from orchestrator import redis_client
from orchestrator.settings import Settings, load_settings
from workers.embedded.home import Home

FRESH_FOR: Final = 30.0
"""Seconds after which a sign of life is none: many heartbeats and ticks."""

_MARK_EVERY: Final = 5.0  # seconds between two marks of a beat
_REDIS_SECONDS: Final = 3.0  # a Redis that is away must not hold up the ticks


def worker_file(settings: Settings) -> Path:
    """The file that the workers of this home touch."""
    return Home(settings.home).run / "worker.pulse"


def worker_age(settings: Settings) -> float | None:
    """Seconds since the last heartbeat of a worker of this home; None: there was none."""
    try:
        return max(time.time() - worker_file(settings).stat().st_mtime, 0.0)
    except FileNotFoundError:
        return None


def beat_key(settings: Settings) -> str:
    """The key that a beat leaves."""
    return f"{settings.redis_prefix}:beat-ticked"


def beat_age(client: redis.Redis, settings: Settings) -> float | None:
    """Seconds since some beat sent a tick; None: longer than `FRESH_FOR`.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    left = int(client.pttl(beat_key(settings)))
    return None if left < 0 else max(FRESH_FOR - left / 1000, 0.0)


def connect() -> None:
    """Leave signs of life in the processes of this app."""
    signals.worker_init.connect(_worker_begins, weak=False)
    signals.beat_init.connect(_beat_begins, weak=False)


def _worker_begins(**_: Any) -> None:
    file = worker_file(load_settings())
    file.unlink(missing_ok=True)  # of a former life
    signals.heartbeat_sent.connect(lambda **_: file.touch(), weak=False)


class _BeatMark:
    """Marks in Redis that a tick was sent, now and then."""

    def __init__(self, url: str, key: str) -> None:
        self._client = redis_client.connect(url, _REDIS_SECONDS)
        self._key = key
        self._next = 0.0

    def __call__(self, **_: Any) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _MARK_EVERY
        try:
            self._client.set(self._key, "1", px=int(FRESH_FOR * 1000))
        except redis.RedisError:
            return  # the tick itself has arrived or will be missed; the key only tells of it


def _beat_begins(**_: Any) -> None:
    settings = load_settings()
    if settings.redis_url is not None:
        mark = _BeatMark(settings.redis_url.get_secret_value(), beat_key(settings))
        signals.after_task_publish.connect(mark, weak=False)
