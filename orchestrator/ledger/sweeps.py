"""Sweeps, and what is done to all jobs of one at once."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from orchestrator.errors import SweepNotFound
from orchestrator.jobs import Job, Result
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.jobs import RESULT_COLUMNS, SELECT_JOBS, job_from
from orchestrator.ledger.schema import attempts, jobs, results, sweeps
from orchestrator.states import JobState
from orchestrator.sweeps.sweep import Standing, Sweep

_COLUMNS = [sweeps.c[field.name] for field in fields(Sweep)]
_OPEN = [JobState.QUEUED, JobState.RUNNING]


def _sweep(row: sa.Row[Any]) -> Sweep:
    return Sweep(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)


class Sweeps:
    """The table `sweeps`, and the jobs that belong to one, within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, account: str, **values: Any) -> Sweep:
        """Accept a sweep; its jobs are added with its id."""
        sweep_id = f"s{secrets.token_hex(6)}"
        statement = sa.insert(sweeps).values(
            id=sweep_id, account=account, created_at=self._clock(), **{"paused": False, **values}
        )
        self._connection.execute(statement)
        return self.get(sweep_id)

    def get(self, sweep_id: str) -> Sweep:
        """One sweep, by its id or by an unambiguous beginning of it.

        Raises:
            SweepNotFound: None, or several.
        """
        query = sa.select(*_COLUMNS).where(sweeps.c.id.startswith(sweep_id, autoescape=True)).limit(2)
        rows = self._connection.execute(query).all() if sweep_id else []
        if len(rows) != 1:
            many = "More than one sweep begins with" if rows else "There is no sweep"
            raise SweepNotFound(f"{many} {sweep_id!r}. `qcjobs sweeps` lists them.")
        return _sweep(rows[0])

    def newest(self, limit: int = 50, *, only_open: bool = False, account: str | None = None) -> list[Sweep]:
        """The latest sweeps first, of an account or of all."""
        query = sa.select(*_COLUMNS).order_by(sweeps.c.created_at.desc(), sweeps.c.id).limit(limit)
        if only_open:
            query = query.where(sweeps.c.ended_at.is_(None))
        if account is not None:
            query = query.where(sweeps.c.account == account)
        return [_sweep(row) for row in self._connection.execute(query)]

    def standings(self, sweep_ids: Iterable[str]) -> dict[str, Standing]:
        """Where each of these sweeps stands."""
        wanted = list(sweep_ids)
        query = (
            sa.select(jobs.c.sweep_id, jobs.c.state, jobs.c.paused, sa.func.count())
            .where(jobs.c.sweep_id.in_(wanted), jobs.c.retried_by.is_(None))
            .group_by(jobs.c.sweep_id, jobs.c.state, jobs.c.paused)
        )
        counts: dict[str, Counter[JobState]] = {sweep_id: Counter() for sweep_id in wanted}
        paused: Counter[str] = Counter()
        for sweep_id, state, is_paused, count in self._connection.execute(query):
            counts[sweep_id][JobState(state)] += count
            if is_paused and state == JobState.QUEUED:
                paused[sweep_id] += count
        return {
            sweep_id: Standing({state: counts[sweep_id][state] for state in JobState}, paused[sweep_id])
            for sweep_id in wanted
        }

    def jobs_of(self, sweep_id: str, states: Sequence[JobState] = (), limit: int | None = None) -> list[Job]:
        """The jobs of a sweep in the order of its plan; of those that were begun again, the last."""
        query = (
            SELECT_JOBS.where(jobs.c.sweep_id == sweep_id, jobs.c.retried_by.is_(None))
            .order_by(jobs.c.position, jobs.c.id)
            .limit(limit)
        )
        if states:
            query = query.where(jobs.c.state.in_(states))
        return [job_from(row) for row in self._connection.execute(query)]

    def results_of(self, sweep_id: str) -> dict[str, Result]:
        """Every result of a sweep, by the job's id."""
        query = sa.select(*RESULT_COLUMNS).join(jobs, jobs.c.id == results.c.job_id).where(jobs.c.sweep_id == sweep_id)
        return {row.job_id: Result(**row._mapping) for row in self._connection.execute(query)}  # noqa: SLF001 (as above)

    def parameters_of(self, sweep_id: str) -> list[Mapping[str, Any]]:
        """The parameters of every job of a sweep."""
        return list(self._connection.scalars(sa.select(jobs.c.parameters).where(jobs.c.sweep_id == sweep_id)))

    def asked(self, sweep_id: str) -> Counter[str]:
        """How often all jobs of a sweep, those that were begun again too, have asked each endpoint."""
        query = (
            sa.select(attempts.c.asked).join(jobs, jobs.c.id == attempts.c.job_id).where(jobs.c.sweep_id == sweep_id)
        )
        total: Counter[str] = Counter()
        for asked in self._connection.scalars(query.where(attempts.c.requests > 0)):
            total.update(asked or {})
        return total

    def next_position(self, sweep_id: str) -> int:
        """The place of the next job that is added."""
        query = sa.select(sa.func.max(jobs.c.position)).where(jobs.c.sweep_id == sweep_id)
        last = self._connection.scalar(query)
        return 0 if last is None else last + 1

    def numbers_of(self, sweep_id: str) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Job id, parameters and numbers of every result of a sweep: little enough for a live view."""
        query = (
            sa.select(jobs.c.id, jobs.c.parameters, results.c.numbers)
            .join(results, jobs.c.id == results.c.job_id)
            .where(jobs.c.sweep_id == sweep_id)
        )
        return [(row.id, row.parameters, row.numbers) for row in self._connection.execute(query)]

    # ── what is done to all jobs of one ─────────────────────────────────────────────────────────────────────────────

    def set_paused(self, sweep_id: str, *, paused: bool) -> int:
        """Pause, or resume, every job that has not ended, and those that are added later. Returns how many changed."""
        self._connection.execute(sa.update(sweeps).where(sweeps.c.id == sweep_id).values(paused=paused))
        statement = (
            sa.update(jobs)
            .where(jobs.c.sweep_id == sweep_id, jobs.c.state.in_(_OPEN), jobs.c.paused == (not paused))
            .values(paused=paused)
        )
        return self._connection.execute(statement).rowcount

    def cancel(self, sweep_id: str) -> int:
        """Stop every job that has not ended: those in the queue at once, those under way by a new run of each.

        Returns how many have ended by this already.
        """
        now = self._clock()
        without_backtest = sa.and_(jobs.c.backtest_id.is_(None), jobs.c.create_intent_at.is_(None))
        at_once = (
            sa.update(jobs)
            .where(jobs.c.sweep_id == sweep_id, jobs.c.state == JobState.QUEUED, without_backtest)
            .values(state=JobState.CANCELLED, cancel_requested=True, ended_at=now, waiting_for=None)
        )
        under_way = (
            sa.update(jobs)
            .where(jobs.c.sweep_id == sweep_id, jobs.c.state.in_(_OPEN))
            .values(cancel_requested=True, lease_until=now, not_before=None)
        )
        ended = self._connection.execute(at_once).rowcount
        self._connection.execute(under_way)
        return ended

    def grow(self, sweep_id: str, points: int, plan: Mapping[str, Any] | None = None) -> None:
        """More jobs were added, or begun again: it has not ended any more."""
        values: dict[str, Any] = {"points": sweeps.c.points + points, "ended_at": None}
        if plan is not None:
            values["plan"] = dict(plan)
        self._connection.execute(sa.update(sweeps).where(sweeps.c.id == sweep_id).values(**values))

    def note_bundle(self, sweep_id: str, bundle: str) -> None:
        """The code of a cloud project was read for one job of the sweep: it is that of all of them."""
        statement = sa.update(jobs).where(jobs.c.sweep_id == sweep_id, jobs.c.bundle.is_(None)).values(bundle=bundle)
        self._connection.execute(statement)

    def note_end(self, sweep_id: str) -> bool:
        """Whether its last job has just ended; of several who ask at the same time, one is told so."""
        is_open = sa.exists().where(jobs.c.sweep_id == sweep_id, jobs.c.state.in_(_OPEN))
        statement = (
            sa.update(sweeps)
            .where(sweeps.c.id == sweep_id, sweeps.c.ended_at.is_(None), sa.not_(is_open))
            .values(ended_at=self._clock())
        )
        return self._connection.execute(statement).rowcount == 1
