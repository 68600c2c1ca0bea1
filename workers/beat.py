"""Beat's scheduler: RedBeat, so that two beats never fire a tick twice and one takes over when the other dies.

Redis keys, below `<redis_prefix>:beat`:
    lock                who leads; expires `LOCK_SECONDS` after the leader's last word
    schedule, entry:*   when each tick is due and when it was last sent. Without an expiry, because a beat that comes
                        back must know; a handful of fixed names, rewritten in place by whoever leads, who also deletes
                        what the configuration no longer names.

RedBeat writes the entries and takes the lock once, when beat starts, and ends with a traceback as soon as the lock is
lost or Redis is away. But the reconciler is ticked by beat, and a Redis that comes back empty has neither lock nor
entries: nobody would repair anything until somebody restarted beat. So the lock is looked after here, at every look at
the schedule, and whoever gains it writes the entries.

A beat that was frozen notices that its leadership is over before it sends the next tick. Only the one tick that was
just leaving may be sent twice; whatever is ticked is safe to do twice.
"""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import redis
import structlog
from redbeat.schedulers import RedBeatScheduler, RedBeatSchedulerEntry, get_redis
from redis.exceptions import LockError
from redis.lock import Lock

from orchestrator.redis_address import SentinelAddress, is_sentinel

LOCK_SECONDS: Final = 10
"""So long after its last word a leader counts as dead. Half of the time within which another one has to take over."""

LOOK_EVERY: Final = 1.0  # seconds between two looks at the schedule, and at the lock
REDIS_SECONDS: Final = 5  # for one answer of Redis: less than the lock lasts

log = structlog.get_logger(__name__)


def configuration(redis_url: str, prefix: str = "qc") -> dict[str, Any]:
    """Celery's settings for this scheduler; its keys begin with `<prefix>:beat`.

    The password travels apart from the URL, under a name that Celery knows to hide: it shows its configuration in
    `celery report`, `celery inspect conf` and on Flower's pages, and does not take `redbeat_redis_url` for a secret.
    """
    url, options = _behind_sentinel(redis_url) if is_sentinel(redis_url) else _apart(redis_url)
    return {
        "beat_scheduler": f"{Scheduler.__module__}:{Scheduler.__name__}",
        "beat_max_loop_interval": LOOK_EVERY,
        "redbeat_redis_url": url,
        "redbeat_redis_options": {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS, **options},
        "redbeat_key_prefix": f"{prefix}:beat",
        "redbeat_lock_timeout": LOCK_SECONDS,
    }


def _apart(redis_url: str) -> tuple[str, dict[str, Any]]:
    """The URL without its login, and the login."""
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    options: dict[str, Any] = {}
    for name in ("username", "password"):
        asked = query.pop(name, "")
        if value := asked or unquote(getattr(parts, name) or ""):
            options[name] = value
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2], query=urlencode(query, safe="/"))
    return urlunsplit(plain), options


def _behind_sentinel(redis_url: str) -> tuple[str, dict[str, Any]]:
    """RedBeat's own words for a server that sentinels tell of. TLS it takes from Celery's `broker_use_ssl`."""
    address = SentinelAddress.parse(redis_url)
    to_sentinels: dict[str, Any] = {} if address.tls is None else {"ssl": True, **address.tls}
    if address.sentinel_password:
        to_sentinels["password"] = address.sentinel_password
    options: dict[str, Any] = {
        "sentinels": list(address.sentinels),
        "service_name": address.master,
        "db": address.db,
        "sentinel_kwargs": to_sentinels,
    }
    for name in ("username", "password"):
        if value := getattr(address, name):
            options[name] = value
    return "redis-sentinel://", options


class Entry(RedBeatSchedulerEntry):  # type: ignore[misc] # RedBeat has no types
    """A tick, under a key of its own kind: none can be called like the lock."""

    @staticmethod
    def generate_key(app: Any, name: str) -> str:
        """Where it is kept."""
        return f"{app.conf.redbeat_key_prefix}:entry:{name}"


class Scheduler(RedBeatScheduler):  # type: ignore[misc] # RedBeat has no types
    """RedBeat that outlives a Redis that goes away, or comes back empty."""

    Entry = Entry
    lock: Lock | None
    lock_key: str | None

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._lock_name, self.lock_key = self.lock_key, None  # without a key, RedBeat leaves the lock alone
        self.lock = None
        self._leads_until = 0.0  # of the monotonic clock
        self._stands_by = False

    def setup_schedule(self) -> None:
        """Nothing yet: the entries are written by the one who leads."""

    def tick(self, **options: Any) -> float:
        """Send what is due, if we lead. Returns the seconds until the next look."""
        try:
            if self._leads():
                return float(super().tick(**options))
        except (redis.RedisError, OSError) as error:
            log.warning("beat cannot reach Redis; the next look will", error=type(error).__name__)
        return LOOK_EVERY

    def maybe_due(self, entry: RedBeatSchedulerEntry, **options: Any) -> float:
        """Send one tick if it is due; none if the others have been going on without us."""
        if time.monotonic() >= self._leads_until:
            return LOOK_EVERY
        return float(super().maybe_due(entry, **options))

    def close(self) -> None:
        """Give the lock back, so that another beat takes over at once."""
        try:
            super().close()
        except (redis.RedisError, OSError):
            log.warning("the lock could not be given back; it expires")

    @property
    def info(self) -> str:
        """A line of what beat prints when it starts."""
        return f"{super().info}\n       . lock -> `{self._lock_name}` ({self.lock_timeout} s)"

    def _leads(self) -> bool:
        """Keep the lock, or try to gain it."""
        began = time.monotonic()
        if not (self._keeps_lock() or self._gains_lock()):
            return False
        self._leads_until = began + self.lock_timeout
        return True

    def _keeps_lock(self) -> bool:
        if self.lock is None:
            return False
        try:
            self.lock.reacquire()
        except LockError:  # expired while we were frozen, or Redis was emptied
            self.lock = None
            log.warning("beat leads no more")
            return False
        return self._is_complete()

    def _gains_lock(self) -> bool:
        if self.lock is None:
            lock = get_redis(self.app).lock(self._lock_name, timeout=self.lock_timeout, thread_local=False)
            if not lock.acquire(blocking=False):
                if not self._stands_by:
                    log.info("beat stands by: another one leads")
                self._stands_by = True
                return False
            self.lock = lock
        self._write_entries()
        self._stands_by = False
        log.info("beat leads", ticks=sorted(self.app.conf.beat_schedule))
        return True

    def _is_complete(self) -> bool:
        """Whether Redis has all ticks: one that restarted from an older state may have the lock and no entries."""
        return int(get_redis(self.app).zcard(self._schedule_key)) == len(self.app.conf.beat_schedule)

    def _write_entries(self) -> None:
        """Bring Redis to what is configured; when a tick was last sent is kept."""
        schedule = self.app.conf.beat_schedule
        client = get_redis(self.app)
        wanted = {Entry.generate_key(self.app, name) for name in schedule}
        for key in set(client.zrange(self._schedule_key, 0, -1)) - wanted:
            client.zrem(self._schedule_key, key)
            client.delete(key)
        self.update_from_dict(schedule)

    @property
    def _schedule_key(self) -> str:
        return f"{self.app.conf.redbeat_key_prefix}:schedule"
