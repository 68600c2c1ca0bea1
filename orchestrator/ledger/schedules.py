"""What the ledger remembers of each schedule: up to when its occurrences are done with, and whether it is paused."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import schedules
from orchestrator.ledger.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """One schedule of one account."""

    account: str
    name: str
    timetable: str  #: by which `handled_until` counts
    handled_until: datetime  #: occurrences up to here are done with
    last_occurrence: datetime | None
    last_job_id: str | None
    last_error: str | None  #: why the last occurrence has no job
    paused: bool
    changed_by: str | None  #: who paused or resumed it, and when
    changed_at: datetime | None


_COLUMNS = [schedules.c[field.name] for field in fields(ScheduleState)]


class Schedules:
    """The table `schedules` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def all(self, account: str) -> dict[str, ScheduleState]:
        """Every schedule that was ever seen, by name."""
        query = sa.select(*_COLUMNS).where(schedules.c.account == account)
        return {row.name: ScheduleState(**row._mapping) for row in self._connection.execute(query)}  # noqa: SLF001 (SQLAlchemy's public name)

    def see(self, account: str, name: str, timetable: str) -> None:
        """Note a schedule that is new, or has another timetable than before: it begins now, and has missed nothing.

        Workers that disagree about the timetable keep it from ever beginning: all of them need the same configuration.
        """
        values = {"timetable": timetable, "handled_until": self._clock()}
        upsert(
            self._connection,
            schedules,
            {"account": account, "name": name},
            {**values, "paused": False},
            only_if=sa.false(),
        )
        self._connection.execute(
            sa.update(schedules)
            .where(schedules.c.account == account, schedules.c.name == name, schedules.c.timetable != timetable)
            .values(**values)
        )

    def advance(self, state: ScheduleState, handled_until: datetime) -> bool:
        """Take the occurrences between the state as it was read and `handled_until`. False: somebody else did."""
        statement = (
            sa.update(schedules)
            .where(schedules.c.account == state.account, schedules.c.name == state.name)
            .where(schedules.c.handled_until == state.handled_until, schedules.c.timetable == state.timetable)
            .where(sa.not_(schedules.c.paused))
            .values(handled_until=handled_until)
        )
        return self._connection.execute(statement).rowcount == 1

    def note(self, account: str, name: str, occurrence: datetime, job_id: str | None, error: str | None = None) -> None:
        """Remember what became of the last occurrence."""
        self._change(account, name, last_occurrence=occurrence, last_job_id=job_id, last_error=error)

    def pause(self, account: str, name: str, by: str) -> None:
        """Let nothing of it run until it is resumed."""
        self._change(account, name, paused=True, changed_by=by, changed_at=self._clock())

    def resume(self, account: str, name: str, by: str) -> None:
        """Go on with the next occurrence; those of the pause were not missed but unwanted."""
        now = self._clock()
        self._change(account, name, paused=False, handled_until=now, changed_by=by, changed_at=now)

    def _change(self, account: str, name: str, **values: object) -> None:
        self._connection.execute(
            sa.update(schedules).where(schedules.c.account == account, schedules.c.name == name).values(**values)
        )
