"""Who else works here: every worker tells Redis of itself, so that another one can see what does not fit together.

One Redis hash, `<prefix>:presence`: field `<host>:<process>` → JSON of `Presence`. Whoever has not told of itself for
`ALIVE` counts as gone; the key goes an hour after the last one. Times are Redis's, so nobody's clock matters.
"""

from __future__ import annotations

import json
import os
import platform
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import redis

ALIVE: Final = 60.0
"""Seconds since its last word for which a worker counts as there."""

TELL_EVERY: Final = 15.0  # seconds
_KEEP: Final = 3600  # seconds
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One worker, as others need to know it. No secret."""

    worker: str  #: its host and process
    machine: str  #: the same for all containers of a host
    account: str
    requests_per_minute: int  #: as this worker is configured
    ledger: str  #: the kind of its database: `sqlite`, `postgresql`
    organization: str | None = None  #: its id, or "preferred"; None: a worker of an older version, which does not tell
    at: float = 0.0  #: unix seconds of its last word


def this_worker() -> str:
    """Host and process."""
    return f"{platform.node()}:{os.getpid()}"


def this_machine() -> str:
    """Tells one machine from another; two containers of one host are on the same."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return f"{uuid.getnode():x}"


def tell(client: redis.Redis, prefix: str, me: Presence) -> None:
    """Say that this worker is there.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    seconds, microseconds = client.time()
    told = {**asdict(me), "at": seconds + microseconds / 1e6}
    with client.pipeline(transaction=False) as pipeline:
        pipeline.hset(_key(prefix), me.worker, json.dumps(told))
        pipeline.expire(_key(prefix), _KEEP)
        pipeline.execute()


def withdraw(client: redis.Redis, prefix: str, worker: str) -> None:
    """This worker ends.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    client.hdel(_key(prefix), worker)


def others(client: redis.Redis, prefix: str, but: str = "") -> list[Presence]:
    """Who is there, without one; whoever is long gone is forgotten on the way.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    now = client.time()[0]
    found = []
    for field, text in client.hgetall(_key(prefix)).items():
        worker = field if isinstance(field, str) else field.decode()
        try:
            presence = Presence(**json.loads(text))
        except (ValueError, TypeError):  # of another version of qcjobs
            continue
        if now - presence.at > ALIVE:
            client.hdel(_key(prefix), worker)
        elif worker != but:
            found.append(presence)
    return sorted(found, key=lambda presence: presence.worker)


def _key(prefix: str) -> str:
    return f"{prefix}:presence"
