"""Looks at what a submission or a worker needs, in plain words. Finds, and reports nothing: `rules` judge it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import redis
import sqlalchemy as sa

from orchestrator.errors import LedgerUnavailable, RedisUnavailable
from orchestrator.ledger import Ledger
from orchestrator.ledger.database import reading
from orchestrator.ledger.migrate import revision
from orchestrator.presence import Presence, others
from orchestrator.redis_client import connect
from orchestrator.rules import Facts
from orchestrator.settings import Settings


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


def look(settings: Settings, ledger: Ledger | None, me: Presence | None = None) -> Facts:
    """Gather what the rules judge. What does not answer is left out: that it does not is told by whoever needs it."""
    facts = Facts(me=me)
    if ledger is not None:
        with suppress(LedgerUnavailable):
            facts = replace(
                facts,
                ledger=revision(ledger.engine),
                ledger_shared=ledger.is_shared,
                ledger_ahead=_ledger_ahead(ledger) if ledger.is_shared else None,
            )
    with suppress(RedisUnavailable), open_redis(settings) as client:
        before = time.time()
        seconds, microseconds = client.time()
        ours = (before + time.time()) / 2
        facts = replace(
            facts,
            redis=client.info(),
            redis_ahead=seconds + microseconds / 1e6 - ours,
            others=others(client, settings.redis_prefix, but="" if me is None else me.worker),
        )
    return facts


def _ledger_ahead(ledger: Ledger) -> float:
    """Seconds by which the database's clock is ahead of this machine's."""
    with reading(ledger.engine) as connection:
        connection.execute(sa.text("SELECT 1"))  # the connection is there; now only the answer takes time
        before = time.time()
        theirs = connection.scalar(sa.select(sa.func.extract("epoch", sa.func.clock_timestamp())))
        return float(theirs or before) - (before + time.time()) / 2
