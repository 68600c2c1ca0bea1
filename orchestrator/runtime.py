"""The built objects that steps work with."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from functools import cache

from orchestrator.errors import RedisUnavailable
from orchestrator.leases import LeaseKeeper
from orchestrator.ledger import Ledger
from orchestrator.ledger.clock import Clock, utc_now
from orchestrator.limits import SharedLimiter
from orchestrator.request_counts import RequestCounter
from orchestrator.settings import Settings
from quantconnect import QuantConnectAuth, QuantConnectClient, RetryPolicy
from quantconnect.limits import Limiter, Unlimited


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's view of the world: one ledger, one connection pool, one budget."""

    settings: Settings
    account: str
    fingerprint: str  #: tells one set of credentials from another without showing either
    ledger: Ledger
    api: QuantConnectClient
    limiter: Limiter
    clock: Clock
    keeper: LeaseKeeper

    def close(self) -> None:
        """Let go of every connection."""
        self.keeper.stop()
        self.api.close()
        if isinstance(self.limiter, SharedLimiter):
            self.limiter.close()
        self.ledger.close()


@cache
def _shared_ledger(url: str, clock: Clock, _process: int) -> Ledger:
    ledger = Ledger(url, clock)
    ledger.make_ready()
    atexit.register(ledger.close)
    return ledger


def open_ledger(settings: Settings, clock: Clock = utc_now) -> Ledger:
    """The ledger, ready for use (`Ledger.make_ready`): one pool of connections per process and database.

    Five hundred job handles must not mean five hundred connections, and a forked child must not use its parent's.
    """
    return _shared_ledger(settings.ledger_url, clock, os.getpid())


def open_limiter(settings: Settings, account: str) -> SharedLimiter:
    """The request budget of an account.

    Raises:
        RedisUnavailable: No Redis is configured.
    """
    if settings.redis_url is None:
        raise RedisUnavailable
    dispatch = settings.dispatch
    return SharedLimiter(
        settings.redis_url.get_secret_value(),
        account,
        dispatch.requests_per_minute,
        dispatch.reserved_for_control,
        settings.redis_prefix,
    )


def open_runtime(settings: Settings, clock: Clock = utc_now) -> Runtime:
    """Build everything that a worker's steps need.

    Raises:
        MissingCredentials: Nobody to be at QuantConnect.
        LedgerUnavailable: The database does not answer.
    """
    credentials, account = settings.credentials(), settings.account
    redis_url = settings.redis_url
    limiter: Limiter = Unlimited()
    observer: RequestCounter | None = None
    if redis_url is not None:
        limiter = open_limiter(settings, account)
        observer = RequestCounter(limiter.client, account, settings.redis_prefix)
    ledger = open_ledger(settings, clock)
    api = QuantConnectClient(
        credentials.user_id,
        credentials.api_token,
        organization_id=credentials.organization_id,
        base_url=settings.quantconnect.base_url,
        timeout=settings.quantconnect.timeout,
        largest_answer=int(settings.quantconnect.largest_answer_mb * 1e6),
        policy=RetryPolicy(attempts=2),  # more is the job level's business: its waits hold no worker
        limiter=limiter,
        observer=observer,
    )
    return Runtime(
        settings=settings,
        account=account,
        fingerprint=QuantConnectAuth(credentials.user_id, credentials.api_token).fingerprint,
        ledger=ledger,
        api=api,
        limiter=limiter,
        clock=clock,
        keeper=LeaseKeeper(ledger),
    )
