"""Whose messages wait in Redis for a worker: those runs are not lost, however long the line is.

Redis keys `<prefix>:<lane>`, kombu's lists of JSON messages. Messages that a worker has taken do not count: it renews
the leases of what it holds by itself, and a dead one has left them behind.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from contextlib import suppress

from orchestrator.preflight import open_redis
from orchestrator.settings import Settings


def runs_in_line(settings: Settings, lanes: Iterable[str]) -> set[tuple[str, int]]:
    """The runs whose next step waits on one of these lanes.

    Raises:
        RedisUnavailable: Nobody can tell.
    """
    found: set[tuple[str, int]] = set()
    with open_redis(settings) as client:
        for lane in lanes:
            for message in client.lrange(f"{settings.redis_prefix}:{lane}", 0, -1):
                # What somebody else has put there, or something else than a step, is none of ours.
                with suppress(ValueError, KeyError, TypeError, IndexError):
                    told = json.loads(base64.b64decode(json.loads(message)["body"]))[1]
                    found.add((str(told["job_id"]), int(told["run"])))
    return found
