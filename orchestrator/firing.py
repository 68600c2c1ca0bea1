"""Runs what the timetable says. Ticked by beat; any number of beats and workers may do so at once.

Each occurrence is taken by one transaction: compare-and-set on what is done with, and the job, together. Whoever comes
second changes nothing; a crash before the commit leaves the occurrence to the next look.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from orchestrator.errors import LedgerUnavailable, QcjobsError
from orchestrator.events import EventType
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger, Tables
from orchestrator.ledger.schedules import ScheduleState
from orchestrator.logs import redacted
from orchestrator.runtime import Runtime
from orchestrator.schedule_actions import prepare
from orchestrator.schedule_settings import ScheduleSettings
from orchestrator.settings import Settings
from orchestrator.timetable import Due, due
from quantconnect import QuantConnectError

log = structlog.get_logger(__name__)

_lock = threading.Lock()
_in_hand: set[str] = set()


def run_due(runtime: Runtime) -> list[Job]:
    """Run every occurrence whose time has come. Returns the jobs that were accepted.

    One schedule that cannot be run (its folder is missing, or hangs) keeps no other from its time.
    """
    if not runtime.settings.schedules:
        return []
    with runtime.ledger.reading() as tables:
        states = tables.schedules.all(runtime.account)
    accepted: list[Job] = []
    for name, schedule in runtime.settings.schedules.items():
        with _alone(name) as alone:
            if alone:
                accepted += _look_at(runtime, name, schedule, states.get(name))
    return accepted


def run_now(settings: Settings, ledger: Ledger, name: str, schedule: ScheduleSettings) -> Job:
    """Do what a schedule is for, outside of its timetable.

    Raises:
        QcjobsError: It cannot be done; nothing was written.
        MissingCredentials: Nobody to be at QuantConnect.
    """
    accept = prepare(settings, schedule)
    with ledger.writing() as tables:
        return accept(tables, schedule=name)


def _look_at(runtime: Runtime, name: str, schedule: ScheduleSettings, state: ScheduleState | None) -> list[Job]:
    try:
        if state is None or state.timetable != str(schedule.timetable):
            before = None if state is None else state.timetable
            log.info("a schedule begins", schedule=name, timetable=str(schedule.timetable), before=before)
            with runtime.ledger.writing() as tables:
                tables.schedules.see(runtime.account, name, str(schedule.timetable))
            return []
        now = runtime.clock()
        come = due(schedule.timetable, schedule.misfire, schedule.misfire_window, state.handled_until, now)
        if state.paused or come is None:
            return []
        try:
            return _fire(runtime, schedule, state, come)
        except LedgerUnavailable:
            raise
        except (QcjobsError, QuantConnectError) as error:
            _fail(runtime, schedule, state, come, redacted(str(error)))
        except Exception as error:  # a bug in one schedule must not keep the others from their time
            log.exception("a schedule met a bug", schedule=name)
            _fail(runtime, schedule, state, come, f"this is a bug in qcjobs ({type(error).__name__}); see the log")
    except LedgerUnavailable as error:  # nothing is written; the next look finds it due
        log.warning("a schedule could not be looked at", schedule=name, error=str(error))
    return []


def _fire(runtime: Runtime, schedule: ScheduleSettings, state: ScheduleState, come: Due) -> list[Job]:
    """Take the occurrences and write their jobs, together."""
    if not come.occurrences:  # missed, and not to be made up for
        with runtime.ledger.writing() as tables:
            _take(tables, schedule, state, come)
        return []
    accept = prepare(runtime.settings, schedule)
    accepted: list[Job] = []
    with runtime.ledger.writing() as tables:
        if not _take(tables, schedule, state, come):
            return []
        for occurrence in come.occurrences:
            job = accept(tables, schedule=state.name, occurrence=occurrence.isoformat())
            tables.schedules.note(state.account, state.name, occurrence, job.id)
            accepted.append(job)
    log.info(
        "a schedule was run", schedule=state.name, jobs=[job.id for job in accepted], missed_since=come.missed_since
    )
    return accepted


def _fail(runtime: Runtime, schedule: ScheduleSettings, state: ScheduleState, come: Due, error: str) -> None:
    """Take the occurrences, and say why they have no job."""
    with runtime.ledger.writing() as tables:
        if not _take(tables, schedule, state, come):
            return
        occurrence = come.occurrences[-1] if come.occurrences else come.handled_until
        tables.schedules.note(state.account, state.name, occurrence, None, error)
        told = {"schedule": state.name, "action": schedule.in_words, "occurrence": occurrence.isoformat()}
        tables.outbox.record(EventType.SCHEDULE_FAILED, state.account, **told, error=error)
    log.error("a schedule could not be run", schedule=state.name, occurrence=occurrence.isoformat(), error=error)


def _take(tables: Tables, schedule: ScheduleSettings, state: ScheduleState, come: Due) -> bool:
    """Whether these occurrences are ours; then what was missed among them is made known."""
    if not tables.schedules.advance(state, come.handled_until):
        return False
    if come.missed_since is not None:
        told = {"schedule": state.name, "action": schedule.in_words, "missed_since": come.missed_since.isoformat()}
        tables.outbox.record(
            EventType.SCHEDULE_MISFIRED,
            state.account,
            **told,
            policy=str(schedule.misfire),
            made_up=len(come.occurrences),
        )
    return True


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other thread of this process has the schedule in hand: one that hangs must not gather threads."""
    with _lock:
        alone = name not in _in_hand
        _in_hand.add(name)
    try:
        yield alone
    finally:
        if alone:
            with _lock:
                _in_hand.discard(name)
