"""This worker's word in Redis that it is there, renewed with its heartbeats; what it says: `orchestrator.presence`."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import redis
from celery import signals

from orchestrator import redis_client
from orchestrator.ledger import Ledger
from orchestrator.presence import TELL_EVERY, Presence, tell, this_machine, this_worker, withdraw
from orchestrator.settings import Settings, load_settings

_REDIS_SECONDS = 2.0  # it happens in the worker's event loop


def of_this_worker(settings: Settings, ledger: Ledger) -> Presence:
    """What others need to know.

    Raises:
        MissingCredentials: Nobody to be at QuantConnect.
    """
    return Presence(
        worker=this_worker(),
        machine=this_machine(),
        account=settings.account,
        requests_per_minute=settings.dispatch.requests_per_minute,
        ledger=ledger.engine.dialect.name,
        organization=settings.credentials().organization_id or "preferred",
    )


def teller(settings: Settings, ledger: Ledger) -> Callable[..., None]:
    """A receiver of heartbeats that tells Redis now and then."""
    me = of_this_worker(settings, ledger)
    url = "" if settings.redis_url is None else settings.redis_url.get_secret_value()
    client = redis_client.connect(url, _REDIS_SECONDS)
    due = 0.0

    def hear(**_: Any) -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + TELL_EVERY
        with suppress(redis.RedisError):  # the heartbeat itself will tell that Redis is away
            tell(client, settings.redis_prefix, me)

    return hear


def connect() -> None:
    """Tell of this worker as soon as it is one."""
    signals.worker_ready.connect(_begin, weak=False)


def _begin(**_: Any) -> None:
    settings = load_settings()
    ledger = Ledger(settings.ledger_url)
    hear = teller(settings, ledger)
    ledger.close()
    hear()
    signals.heartbeat_sent.connect(hear, weak=False)


def end(settings: Settings) -> None:
    """This worker ends; the next one need not wait until it is forgotten."""
    if settings.redis_url is not None:
        with suppress(redis.RedisError), redis_client.connect(settings.redis_url.get_secret_value(), 1.0) as client:
            withdraw(client, settings.redis_prefix, this_worker())
