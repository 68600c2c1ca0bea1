"""The request budget that all processes of one account share.

Redis keys, all with an expiry (`qc` is the setting `redis_prefix`): `qc:limits:…`, the windows of the `limits` library
(moving windows: no burst at the minute's turn), one for everybody and one for what is urgent; `qc:pause:<account>`, set
while QuantConnect wants everyone to slow down; `qc:last-pause:<account>`, how long that was where it did not say,
doubled by the next such answer that comes soon after; `qc:paced:<account>` and `qc:create-turn:<account>`, by which
backtests are created one at a time for a while after one was refused so. Fills the port `quantconnect.limits.Limiter`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import limits
import redis
import structlog
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from orchestrator.redis_client import connection_pool

CREATE: Final = "backtests/create"
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 120.0

CREATE_EVERY: Final = 30.0
"""Seconds between two creations of a backtest after QuantConnect wanted it slower. (Community: 30 s is safe.)"""

PACED_FOR: Final = 900.0
"""Seconds after the last creation that was refused so for which that holds."""

URGENT_SLEEP: Final = 0.5
"""Seconds after which something urgent asks again for its share."""

LONGEST_SLEEP: Final = 2.0
"""Seconds that a worker may sleep for its share of the budget; beyond it, the job waits without a worker."""

_urgent: ContextVar[bool] = ContextVar("urgent", default=False)
_spent: ContextVar[Counter[str] | None] = ContextVar("requests_spent", default=None)
_leave_before: ContextVar[float] = ContextVar("leave_before", default=float("inf"))  # of the monotonic clock, seconds
log = structlog.get_logger(__name__)


class BudgetPause(Exception):
    """The request has not left: the account's budget is used up for a while, longer than a worker should sleep."""

    waiting_for = "its share of the request budget"

    def __init__(self, pause: timedelta) -> None:
        super().__init__(f"The request budget is used up for {pause.total_seconds():.0f} s.")
        self.pause = pause


class HeldUp(BudgetPause):
    """The request has not left: so much time has passed since its intent that the intent covers it no longer."""

    waiting_for = "another try, as the last one was held up before it left"


@contextmanager
def leaving_within(duration: timedelta) -> Iterator[None]:
    """A request of this block that has not left after so long does not leave any more, but raises `HeldUp`.

    A process that was frozen between its intent and its request must not send it when it wakes up: others have waited
    until the request could no longer be under way, and may have asked again.
    """
    token = _leave_before.set(time.monotonic() + duration.total_seconds())
    try:
        yield
    finally:
        _leave_before.reset(token)


@contextmanager
def urgently(urgent: bool = True) -> Iterator[None]:
    """Requests of this block go ahead of everything: they have a part of the budget to themselves, and do not pause
    because others were told to slow down. Not urgent: they are like all others.
    """
    token = _urgent.set(urgent)
    try:
        yield
    finally:
        _urgent.reset(token)


@contextmanager
def counting_requests() -> Iterator[Counter[str]]:
    """Count the requests that leave within this block, by endpoint."""
    counter: Counter[str] = Counter()
    token = _spent.set(counter)
    try:
        yield counter
    finally:
        _spent.reset(token)


def count_request(endpoint: str) -> None:
    """A request leaves; for whoever counts."""
    if (counter := _spent.get()) is not None:
        counter[endpoint] += 1


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of it now."""

    left: int  #: requests that may go at once
    urgent_left: int  #: those kept for what is urgent
    per_minute: int  #: all of them together
    paused_seconds: float  #: for so long QuantConnect wants everyone to be silent


class SharedLimiter:
    """Requests per minute of one account, over all of its processes.

    Of the budget, `reserve` requests a minute are kept for what is urgent. When those are used up too, it may use what
    the others have left.
    """

    def __init__(
        self, redis_url: str, account: str, requests_per_minute: int, reserve: int = 0, prefix: str = "qc"
    ) -> None:
        pool = connection_pool(redis_url)
        self._window = SlidingWindowCounterRateLimiter(
            RedisStorage(redis_url, connection_pool=pool, key_prefix=f"{prefix}:limits")
        )
        kept = min(reserve, requests_per_minute - 1)
        self._limit = limits.RateLimitItemPerMinute(requests_per_minute - kept)
        self._reserve = limits.RateLimitItemPerMinute(kept) if kept > 0 else None
        self._redis = redis.Redis(connection_pool=pool)
        self._pool = pool
        self._account = account
        self._prefix = prefix

    def admit(self, endpoint: str) -> float:
        """Seconds to wait; 0: go, and the request is counted.

        Redis out of reach: go. The budget protects us from "slow down" answers, which are handled anyway; a job must
        not stand still because a counter does.

        Raises:
            BudgetPause: The wait is longer than a worker should sleep.
            HeldUp: The request would leave too late.
        """
        try:
            pause = self._urgent_wait() if _urgent.get() else self._wait(endpoint)
        except redis.RedisError:
            log.warning("the request budget is out of reach", endpoint=endpoint)
            pause = 0.0
        if pause > LONGEST_SLEEP:
            raise BudgetPause(timedelta(seconds=pause))
        if pause > 0:
            return pause
        if time.monotonic() > _leave_before.get():
            raise HeldUp(timedelta(seconds=1))
        count_request(endpoint)
        return 0.0

    def _wait(self, endpoint: str) -> float:
        """Seconds until there is room; 0: the request is counted."""
        pause = max(self._redis.pttl(self._pause_key) / 1000, self._until_next_create(endpoint))
        if pause > 0:
            return pause
        if self._window.hit(self._limit, self._account):
            return self._take_turn_to_create(endpoint)
        reset_at = self._window.get_window_stats(self._limit, self._account).reset_time
        return max(reset_at - time.time(), 0.1)

    def _urgent_wait(self) -> float:
        """The same for what is urgent: never longer than a worker may sleep."""
        if self._reserve is not None and self._window.hit(self._reserve, self._account, "urgent"):
            return 0.0
        return 0.0 if self._window.hit(self._limit, self._account) else URGENT_SLEEP

    def slow_down(self, endpoint: str, seconds: float | None) -> None:
        """Let every process of the account pause: for so long as QuantConnect said, or, if it did not say (None), for
        twice as long as the last time.

        Many requests may be refused at once; those that left before the pause began do not double it.
        """
        try:
            left = self._redis.pttl(self._pause_key) / 1000
            if seconds is None and left <= 0:
                seconds = self._longer_pause()
            if seconds is not None and seconds > left:
                self._redis.set(self._pause_key, "1", px=int(seconds * 1000))
            if endpoint == CREATE:
                self._redis.set(self._paced_key, "1", ex=int(PACED_FOR))
        except redis.RedisError:
            log.warning("the request budget is out of reach")

    def _longer_pause(self) -> float:
        """Twice as many seconds as the last time, within bounds."""
        last = float(self._redis.get(self._last_pause_key) or 0)
        pause = min(max(2 * last, FIRST_PAUSE), LONGEST_PAUSE)
        self._redis.set(self._last_pause_key, str(pause), ex=int(10 * LONGEST_PAUSE))
        return pause

    def _until_next_create(self, endpoint: str) -> float:
        """Seconds until the next backtest may be created; for all other requests 0."""
        return self._redis.pttl(self._turn_key) / 1000 if endpoint == CREATE else 0.0

    def _take_turn_to_create(self, endpoint: str) -> float:
        """0: go. While backtests are created slowly, one of all processes may go; the others wait so many seconds."""
        if endpoint != CREATE or not self._redis.exists(self._paced_key):
            return 0.0
        if self._redis.set(self._turn_key, "1", px=int(CREATE_EVERY * 1000), nx=True):
            return 0.0
        return max(self._until_next_create(endpoint), 0.1)

    def budget(self) -> Budget:
        """What is left, without spending any of it.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        stats = self._window.get_window_stats
        kept = self._reserve
        return Budget(
            left=stats(self._limit, self._account).remaining,
            urgent_left=0 if kept is None else stats(kept, self._account, "urgent").remaining,
            per_minute=self._limit.amount + (0 if kept is None else kept.amount),
            paused_seconds=max(self._redis.pttl(self._pause_key) / 1000, 0.0),
        )

    @property
    def client(self) -> redis.Redis:
        """A client on the same connections."""
        return self._redis

    def close(self) -> None:
        """Close the connections."""
        self._pool.disconnect()

    @property
    def _pause_key(self) -> str:
        return f"{self._prefix}:pause:{self._account}"

    @property
    def _last_pause_key(self) -> str:
        return f"{self._prefix}:last-pause:{self._account}"

    @property
    def _paced_key(self) -> str:
        return f"{self._prefix}:paced:{self._account}"

    @property
    def _turn_key(self) -> str:
        return f"{self._prefix}:create-turn:{self._account}"
