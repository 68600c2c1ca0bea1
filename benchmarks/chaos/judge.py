"""What is looked at when a round is over: the ledger, the emulator's journal and state, and Redis."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, Final

import httpx
import redis
import sqlalchemy as sa

from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import attempts, deliveries, events, jobs, results
from orchestrator.states import JobState
from tests.support.house import House
from tests.support.promises import untold

REASONS: Final = {
    r"qc:(control|upkeep|live|backtests)": "a queue: what waits in it is taken or expires by itself",
    r"qc:unacked(_index)?": "messages in somebody's hands, until they are acknowledged or handed out again",
    r"qc:_kombu\.binding.*": "which queues there are: a handful of fixed names",
    r"qc:beat:(schedule|entry:.*)": "when each tick is due: a handful of fixed names",
}
"""Keys that need no expiry."""


def without_expiry(url: str) -> list[str]:
    """Redis keys that stay for ever, and for which there is no reason."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        keys = [str(key) for key in client.scan_iter(count=1000) if client.ttl(key) == -1]
    return sorted(key for key in keys if not any(re.fullmatch(reason, key) for reason in REASONS))


def progress_after(ledger: Ledger, moment: datetime, job_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these jobs began its next step after that moment, of those that have."""
    query = (
        sa.select(attempts.c.job_id, sa.func.min(attempts.c.started_at))
        .where(attempts.c.job_id.in_(job_ids), attempts.c.started_at > moment)
        .group_by(attempts.c.job_id)
    )
    with ledger.engine.connect() as connection:
        return dict(connection.execute(query).tuples().all())


def running(ledger: Ledger) -> list[str]:
    """Ids of the jobs with a run under way."""
    with ledger.engine.connect() as connection:
        return list(connection.scalars(sa.select(jobs.c.id).where(jobs.c.state == JobState.RUNNING)))


def ended(ledger: Ledger) -> int:
    """How many jobs have ended, well or badly."""
    over = [state for state in JobState if state.is_terminal]
    with ledger.engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).where(jobs.c.state.in_(over))) or 0)


def inconsistencies(ledger: Ledger) -> list[str]:
    """What the ledger says that cannot be."""
    found = []
    with ledger.engine.connect() as connection:
        if ledger.engine.dialect.name == "sqlite":
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            found += [] if said == "ok" else [f"SQLite: {said}"]
        for row in connection.execute(sa.select(jobs)):
            over = JobState(row.state).is_terminal
            if over and (row.has_slot or row.lease_until is not None or row.ended_at is None):
                found.append(f"{row.id} has ended and holds something")
            if row.state == JobState.COMPLETED and row.backtest_id is None:
                found.append(f"{row.id} is complete without a backtest")
        twice = sa.select(jobs.c.backtest_id).group_by(jobs.c.backtest_id).having(sa.func.count() > 1)
        found += [f"two jobs have {one}" for one in connection.scalars(twice) if one is not None]
        done = sa.select(jobs.c.id).where(jobs.c.state == JobState.COMPLETED)
        bare = done.where(jobs.c.id.not_in(sa.select(results.c.job_id)))
        found += [f"{one} is complete without a result" for one in connection.scalars(bare)]
    return found


def verdict(house: House, wanted: int) -> dict[str, Any]:
    """How the promises stand."""
    with closing(house.ledger) as ledger:
        with ledger.engine.connect() as connection:
            rows = connection.execute(sa.select(jobs.c.id, jobs.c.state, jobs.c.backtest_id, jobs.c.error)).all()
            heard = connection.scalar(sa.select(sa.func.sum(deliveries.c.attempts))) or 0
            told = connection.scalar(sa.select(sa.func.count()).select_from(events)) or 0
            tries = connection.scalar(sa.select(sa.func.sum(jobs.c.run))) or 0
        known = {row.backtest_id for row in rows}
        made = [created["id"] for created in house.created("backtest")]
        complete = [row for row in rows if row.state == JobState.COMPLETED]
        return {
            "jobs": wanted,
            "lost": wanted - len(complete),
            "of_these_unfinished": sum(1 for row in rows if not JobState(row.state).is_terminal),
            "errors": sorted({str(row.error) for row in rows if row.error}),
            "creates": len(made),
            "duplicate_creates": sum(1 for one in made if one not in known),
            "orphans": _running_in_the_cloud(house),
            "events": told,
            "untold": untold(ledger, [row.id for row in rows]),
            "deliveries_tried": int(heard),
            "runs_per_job": round(tries / max(len(rows), 1), 2),
            "ledger": inconsistencies(ledger),
            "redis_keys_without_expiry": without_expiry(house.redis.url),
        }


def until_nothing_comes(rest: Callable[[float], object], ended: Callable[[], int], count: int, patience: float) -> None:
    """Wait until all of a peer's jobs have ended, or none has for so many seconds."""
    quiet_since, known = time.monotonic(), ended()
    while known < count and time.monotonic() - quiet_since < patience:
        rest(1)
        if (now := ended()) > known:
            quiet_since, known = time.monotonic(), now


def of_a_peer(house: House, wanted: int, ended: int) -> dict[str, int]:
    """What can be said of a runner without a ledger."""
    made = len(house.created("backtest"))
    return {
        "jobs": wanted,
        "lost": wanted - ended,
        "creates": made,
        "duplicate_creates": max(made - wanted, 0),
        "orphans": _running_in_the_cloud(house),
    }


def _running_in_the_cloud(house: House) -> int:
    return int(httpx.get(f"{house.emulator.url}/emulator/state").json()["running_backtests"])


def is_kept(told: dict[str, Any]) -> bool:
    """Whether every promise was."""
    return not any(
        (
            told["lost"],
            told["duplicate_creates"],
            told["orphans"],
            told["untold"],
            told["ledger"],
            told["redis_keys_without_expiry"],
        )
    )
