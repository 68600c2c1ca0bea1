"""The board: one shared look at a project's backtests serves every job that runs there.

A running backtest costs no message. Its job notes when it is to be looked at (`jobs.look_at`); a tick sends the job
that is due first, it asks `backtests/list` for all of the project, and what that shows is written to all of its jobs:
how far they are, when each is to be looked at next, and, of those that have ended, that their nodes are free and when
to read their results. Where few backtests of a project run, `backtests/read` is cheaper: made when the statistics are
expected, it tells end and result in one.

`includeStatistics` is left out: when the statistics will be there is learned by experience (`note_final`), and the
result has to be read in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from orchestrator.dispatcher import Start
from orchestrator.experience import Experience
from orchestrator.jobs import Job
from orchestrator.leases import HOLD
from orchestrator.ledger import Tables
from orchestrator.pace import ended_about, next_look
from orchestrator.runtime import Runtime
from quantconnect.models.backtests import BacktestSummary
from quantconnect.models.ids import BacktestId, ProjectId

CLAIM: Final = timedelta(seconds=5)
"""A look that was sent and not made by then, is sent again."""

LOOKING: Final = timedelta(seconds=10)

APPEARS_WITHIN: Final = timedelta(seconds=60)
"""A new backtest may be unknown to `backtests/read` and missing from the list for a moment. (Inferred.)"""

NOT_LISTED: Final = "Not listed"
"""In place of QuantConnect's status: the list does not show the backtest any more. Reading it tells why."""

SETTLES_WITHIN: Final = timedelta(seconds=1)
"""From a backtest's end to its statistics, before there is experience."""

TELLING: Final = timedelta(seconds=2)
"""Only an end that was seen so soon tells how long the statistics took after it."""

LONGEST_SETTLING: Final = timedelta(seconds=20)

FEW: Final = 2
"""So many backtests of one project may be read without a list that shows their end first: it would serve few."""

BRIEF: Final = 0.1
"""Of the whole run: so long may a node stand idle until the statistics are there, to save that list."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look has shown of the job that made it."""

    to_read: bool  #: it has ended, or only reading it tells
    look_at: datetime  #: when to look again, or to read
    freed: bool  #: a node has fallen free, of whichever job


def due(runtime: Runtime) -> list[Start]:
    """The jobs that are to look now: of each project one, and all that have something to read."""
    now = runtime.clock()
    with runtime.ledger.reading() as tables:
        waiting = tables.jobs.to_look_at(runtime.account, now)
    if not waiting:
        return []
    started = []
    with runtime.ledger.writing(durable=False) as tables:
        for _, group in groupby(sorted(waiting, key=_by_project), key=lambda job: job.project_id):
            looks, alike = True, list(group)
            for job in alike:
                if not tables.jobs.claim_look(job, now + CLAIM, now + CLAIM + HOLD):
                    continue
                reads = _is_to_be_read(runtime, job) or (len(alike) <= FEW and _reads_itself(tables, job, now))
                if looks or reads:
                    started.append(Start(job.id, job.run, job.kind))
                looks = looks and reads
    return started


def first_look(runtime: Runtime, job: Job) -> datetime:
    """When a backtest that has just been made is to be looked at."""
    return _planned(runtime, job, timedelta(), None)


def look(runtime: Runtime, job: Job) -> Seen:
    """Look at the project for all of its jobs, unless reading this one is what is to be done."""
    assert job.project_id is not None  # noqa: S101 (the step has looked)
    now = runtime.clock()
    if _is_to_be_read(runtime, job):
        return Seen(to_read=True, look_at=now, freed=False)
    with runtime.ledger.reading() as tables:
        alike = tables.jobs.watched(job.account, job.project_id)
        reads = len(alike) < 2 or _reads_itself(tables, job, now)
    if reads:
        return Seen(to_read=True, look_at=now, freed=False)
    lease, holder = f"board:{job.account}:{job.project_id}", f"board:{job.id}"
    with runtime.ledger.writing(durable=False) as tables:
        if not tables.projects.lease(lease, holder, LOOKING):
            return Seen(to_read=False, look_at=now + timedelta(seconds=1), freed=False)
    try:
        return _look(runtime, job, alike, job.project_id)
    finally:
        with runtime.ledger.writing(durable=False) as tables:
            tables.projects.release(lease, holder)


def after(runtime: Runtime, job: Job, progress: float | None) -> datetime:
    """When to look again at a backtest that still runs."""
    assert job.backtest_created_at is not None  # noqa: S101 (the step has looked)
    return _planned(runtime, job, runtime.clock() - job.backtest_created_at, progress)


def _planned(runtime: Runtime, job: Job, elapsed: timedelta, progress: float | None) -> datetime:
    with runtime.ledger.reading() as tables:
        past = tables.jobs.experience(job.account, job.bundle)
        settling = _settling_first(tables, job, past) or timedelta()
    return runtime.clock() + next_look(elapsed, progress, past, settling)


def ended_at(runtime: Runtime, job: Job) -> datetime:
    """When a backtest ended that was just seen to have ended, as nearly as can be told."""
    now = runtime.clock()
    if job.backtest_created_at is None:
        return now
    with runtime.ledger.reading() as tables:
        past = tables.jobs.experience(job.account, job.bundle)
    return ended_about(job.backtest_created_at, job.looked_at, job.progress, now, past)


def read_at(tables: Tables, account: str, ended_at: datetime) -> datetime:
    """When the statistics of a backtest that has ended are expected."""
    return ended_at + _settling(tables, account)


def note_final(tables: Tables, job: Job, now: datetime, *, first_try: bool) -> None:
    """Learn how soon a result may be read: a little sooner after a success, as late as was needed after a failure."""
    seen, ended, account = job.completed_seen_at, job.completed_at, job.account
    if seen is None or ended is None or seen - ended > TELLING:
        return
    settling = _settling(tables, account)
    settling = settling * 0.995 if first_try else min(max(settling, now - ended), LONGEST_SETTLING)
    tables.accounts.note_settling(account, settling)


def _by_project(job: Job) -> tuple[int, datetime]:
    assert job.look_at is not None  # noqa: S101 (only such are asked for)
    return job.project_id or 0, job.look_at


def _is_to_be_read(runtime: Runtime, job: Job) -> bool:
    return job.completed_seen_at is not None or job.remote_status == NOT_LISTED or is_overdue(runtime, job)


def _reads_itself(tables: Tables, job: Job, now: datetime) -> bool:
    """Whether end and statistics are expected to be there, so that reading it tells both and no list is needed."""
    past = tables.jobs.experience(job.account, job.bundle)
    settling = _settling_first(tables, job, past)
    if settling is None or past is None or job.backtest_created_at is None:
        return False
    end = job.backtest_created_at + past.usual
    return now >= end + settling and (job.looked_at is None or job.looked_at < end)


def _settling_first(tables: Tables, job: Job, past: Experience | None) -> timedelta | None:
    """How long after its end a backtest is to be read, with no look before that; None: a list is to show its end."""
    if past is None or not past.steady or job.project_id is None:
        return None
    settling = _settling(tables, job.account)
    if settling > BRIEF * past.usual or len(tables.jobs.watched(job.account, job.project_id, limit=FEW + 1)) > FEW:
        return None
    return settling


def _settling(tables: Tables, account: str) -> timedelta:
    """How long statistics take after a backtest's end, by experience if there is any."""
    known = tables.accounts.settling(account)
    return SETTLES_WITHIN if known is None else known


def is_overdue(runtime: Runtime, job: Job) -> bool:
    """Whether it should have ended long ago."""
    longest = timedelta(hours=runtime.settings.deadlines.backtest_hours)
    return job.backtest_created_at is not None and runtime.clock() - job.backtest_created_at > longest


def _look(runtime: Runtime, mine: Job, alike: Sequence[Job], project_id: ProjectId) -> Seen:
    listed = runtime.api.backtests.list(project_id)
    shown = {summary.backtest_id: summary for summary in listed if summary.backtest_id}
    now, freed = runtime.clock(), False
    seen = Seen(to_read=True, look_at=now, freed=False)
    with runtime.ledger.writing() as tables:
        past: dict[str | None, Experience | None] = {}
        for job in alike:
            if job.bundle not in past:
                past[job.bundle] = tables.jobs.experience(job.account, job.bundle)
            settling = _settling_first(tables, job, past[job.bundle]) if len(alike) <= FEW else None
            noted = _noted(tables, job, shown, now, past[job.bundle], settling or timedelta())
            tables.jobs.observe(job, noted["look_at"] + HOLD, **noted)
            has_ended = "completed_seen_at" in noted
            freed = freed or (has_ended and job.has_slot)
            if job.id == mine.id:
                to_read = (has_ended and noted["look_at"] <= now) or noted.get("remote_status") == NOT_LISTED
                seen = Seen(to_read, noted["look_at"], freed=False)
    return Seen(seen.to_read, seen.look_at, freed)


def _noted(
    tables: Tables,
    job: Job,
    shown: dict[BacktestId, BacktestSummary],
    now: datetime,
    past: Experience | None,
    settling: timedelta,
) -> dict[str, Any]:
    """What the list says of one job."""
    assert job.backtest_id is not None and job.backtest_created_at is not None  # noqa: S101, PT018 (it is watched)
    summary, elapsed = shown.get(job.backtest_id), now - job.backtest_created_at
    if summary is None and elapsed < APPEARS_WITHIN:
        return {"look_at": now + timedelta(seconds=3)}
    if summary is None:
        return {"remote_status": NOT_LISTED, "look_at": now}
    told: dict[str, Any] = {"remote_status": summary.status, "progress": summary.progress, "looked_at": now}
    if not summary.ended:
        return {**told, "seen_running_at": now, "look_at": now + next_look(elapsed, summary.progress, past, settling)}
    # Its node is free; its statistics may still be on their way.
    ended = ended_about(job.backtest_created_at, job.looked_at, job.progress, now, past)
    look_at = max(read_at(tables, job.account, ended), now)
    return {**told, "completed_seen_at": now, "completed_at": ended, "has_slot": False, "look_at": look_at}
