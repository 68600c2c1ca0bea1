"""How many requests left, by endpoint and outcome, counted for all processes of an account together.

One Redis hash per account, `<prefix>:requests:<account>`: field `<endpoint> <outcome>` → count. Kept for 40 days after
the last request. In Redis rather than in the processes' memory, so that a worker that is replaced takes no count with
it; an emptied Redis starts at zero, which those who read counters know how to take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import redis
import structlog

from quantconnect import QuantConnectError

OK: Final = "ok"
KEEP_SECONDS: Final = 40 * 24 * 3600

log = structlog.get_logger(__name__)


def outcome_of(error: QuantConnectError | None) -> str:
    """One word: `ok`, or the kind of error, as in `rate_limit_exceeded`."""
    return OK if error is None else re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


class RequestCounter:
    """Counts the requests of one account. An observer of `quantconnect`'s clients."""

    def __init__(self, client: redis.Redis, account: str, prefix: str = "qc") -> None:
        self._client = client
        self._key = key_of(account, prefix)

    def __call__(self, endpoint: str, error: QuantConnectError | None) -> None:
        """Count one. Redis out of reach: it is not counted; a job must not fail because of a count."""
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                pipeline.hincrby(self._key, f"{endpoint} {outcome_of(error)}", 1)
                pipeline.expire(self._key, KEEP_SECONDS)
                pipeline.execute()
        except redis.RedisError:
            log.warning("a request was not counted", endpoint=endpoint)


def key_of(account: str, prefix: str = "qc") -> str:
    """The key of an account's counts."""
    return f"{prefix}:requests:{account}"


def read_counts(client: redis.Redis, account: str, prefix: str = "qc") -> Iterator[tuple[str, str, int]]:
    """Endpoint, outcome, count.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    for field, count in client.hgetall(key_of(account, prefix)).items():
        endpoint, _, outcome = (field if isinstance(field, str) else field.decode()).partition(" ")
        yield endpoint, outcome, int(count)
