"""Events, written with the state that makes them true, and their deliveries: one row per event and handler."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.events import Event, EventType
from orchestrator.jobs import Job
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import deliveries, events
from orchestrator.ledger.upsert import upsert

CLAIM: Final = timedelta(seconds=60)
"""For how long a delivery belongs to the worker that took it; a dead worker's is due again after that."""

ON_ITS_WAY: Final = timedelta(seconds=10)
"""So long a message may take to a worker; a delivery that nobody has taken by then gets another one. Without it, every
look would send all that is due anew, and a busy worker would get them faster than it can drop them."""

NEVER_BACK: Final = "the handler never came back: it hangs, or ends its process"

LAST_ATTEMPT: Final = 12
"""With waits of 2, 4, 8 … 600 s the last attempt is about 40 minutes after the first."""

_SELECT_EVENTS: Final = sa.select(*(events.c[name] for name in Event.__dataclass_fields__))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts (counting from 1)."""
    return timedelta(seconds=min(2.0**attempts, 600.0))


class Outbox:
    """The tables `events` and `deliveries` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def record(self, event_type: EventType, of: Job | str, /, **data: Any) -> str:
        """Write an event; it is announced after the transaction commits. Returns its id.

        Args:
            event_type: What has become true.
            of: The job that it is about, or the account, where it is about no job.
            **data: Plain JSON, never a secret.
        """
        event_id = uuid.uuid4().hex
        job = None if isinstance(of, str) else of
        named = {} if job is None else {"name": job.name, "parameters": dict(job.parameters), "source": job.source}
        self._connection.execute(
            sa.insert(events).values(
                id=event_id,
                type=event_type,
                account=of if isinstance(of, str) else of.account,
                job_id=None if job is None else job.id,
                run=None if job is None else job.run,
                data={**named, **data},
                at=self._clock(),
            )
        )
        return event_id

    def get(self, event_id: str) -> Event | None:
        """One event."""
        found = self._found(_SELECT_EVENTS.where(events.c.id == event_id))
        return found[0] if found else None

    def events_of(self, job_id: str) -> list[Event]:
        """Every event of a job, oldest first."""
        return self._found(_SELECT_EVENTS.where(events.c.job_id == job_id).order_by(events.c.at))

    def live_since(self, account: str, moment: datetime, limit: int = 1000) -> list[Event]:
        """The events of what trades for an account from that moment on, oldest first."""
        query = (
            _SELECT_EVENTS.where(events.c.type.startswith("Live"), events.c.at >= moment, _of(account))
            .order_by(events.c.at, events.c.id)
            .limit(limit)
        )
        return self._found(query)

    def of_schedule(self, account: str | None, name: str, limit: int) -> list[Event]:
        """What was told of an account's schedule, or of every account's of that name, newest first."""
        query = (
            _SELECT_EVENTS.where(events.c.data["schedule"].as_string() == name, _of(account))
            .order_by(events.c.at.desc())
            .limit(limit)
        )
        return self._found(query)

    def unannounced(self, limit: int = 100, account: str | None = None) -> list[Event]:
        """Events whose deliveries are not written yet, of all accounts or of one, oldest first."""
        query = _SELECT_EVENTS.where(events.c.announced_at.is_(None), _of(account)).order_by(events.c.at).limit(limit)
        return self._found(query)

    def announce(self, event_id: str, handlers: Iterable[str]) -> None:
        """Write a delivery for each handler. Saying it twice changes nothing."""
        for handler in handlers:
            key = {"event_id": event_id, "handler": handler}
            fresh = {"attempts": 0, "due_at": self._clock()}
            upsert(self._connection, deliveries, key, fresh, only_if=sa.false())
        self._connection.execute(sa.update(events).where(events.c.id == event_id).values(announced_at=self._clock()))

    def take(self, limit: int = 100, account: str | None = None) -> list[tuple[str, str]]:
        """Of the due deliveries, all or an account's, those that no message is under way for; from now on one is."""
        now = self._clock()
        waits = sa.or_(deliveries.c.sent_at.is_(None), deliveries.c.sent_at <= now - ON_ITS_WAY)
        query = (
            sa.select(deliveries.c.event_id, deliveries.c.handler)
            .join(events, events.c.id == deliveries.c.event_id)
            .where(deliveries.c.due_at <= now, waits, _of(account))
            .order_by(deliveries.c.due_at)
            .limit(limit)
        )
        found = [(row.event_id, row.handler) for row in self._connection.execute(query)]
        for event_id, handler in found:
            self._note(event_id, handler, sent_at=now)
        return found

    def claim(self, event_id: str, handler: str) -> bool:
        """Take a due delivery. False: it is done, or given up, or another worker has it."""
        now = self._clock()
        due = sa.select(deliveries.c.attempts).where(
            deliveries.c.event_id == event_id, deliveries.c.handler == handler, deliveries.c.due_at <= now
        )
        made = self._connection.scalar(due)
        if made is None:
            return False
        if made >= LAST_ATTEMPT:  # of the last one nobody has told
            self._note(event_id, handler, due_at=None, error=NEVER_BACK)
            return False
        statement = (
            sa.update(deliveries)
            .where(deliveries.c.event_id == event_id, deliveries.c.handler == handler)
            .where(deliveries.c.due_at <= now, deliveries.c.attempts == made)
            .values(due_at=now + CLAIM + (backoff(made) if made else timedelta()), attempts=made + 1)
        )
        return self._connection.execute(statement).rowcount == 1

    def postponed(self, event_id: str, handler: str, why: str) -> None:
        """It stays due; its next message is sent as if this one had been lost."""
        due = deliveries.c.due_at <= self._clock()
        self._note(event_id, handler, due, error=why)

    def delivered(self, event_id: str, handler: str) -> None:
        """The handler has heard it."""
        self._note(event_id, handler, due_at=None, delivered_at=self._clock(), error=None)

    def not_delivered(self, event_id: str, handler: str, error: str) -> datetime | None:
        """The handler failed. Returns when it is tried again; None: never."""
        query = sa.select(deliveries.c.attempts).where(
            deliveries.c.event_id == event_id, deliveries.c.handler == handler
        )
        made = self._connection.scalar(query) or 0
        due_at = None if made >= LAST_ATTEMPT else self._clock() + backoff(made)
        self._note(event_id, handler, due_at=due_at, sent_at=None, error=error[:2000])
        return due_at

    def deliveries_of(self, job_id: str) -> list[dict[str, Any]]:
        """Every delivery of a job's events."""
        query = (
            sa.select(events.c.type, deliveries)
            .join(events, events.c.id == deliveries.c.event_id)
            .where(events.c.job_id == job_id)
            .order_by(events.c.at, deliveries.c.handler)
        )
        return [dict(row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001 (as above)

    def _found(self, query: sa.Select[Any]) -> list[Event]:
        rows = self._connection.execute(query)
        return [Event(**{**row._mapping, "type": EventType(row.type)}) for row in rows]  # noqa: SLF001 (public name)

    def _note(self, event_id: str, handler: str, *only_if: sa.ColumnElement[bool], **values: Any) -> None:
        self._connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.event_id == event_id, deliveries.c.handler == handler, *only_if)
            .values(**values)
        )


def _of(account: str | None) -> sa.ColumnElement[bool]:
    """Events that an account's handlers hear; None: every account's."""
    return sa.true() if account is None else sa.or_(events.c.account == account, events.c.account.is_(None))
