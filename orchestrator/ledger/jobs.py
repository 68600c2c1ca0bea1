"""Jobs, their attempts and their results.

Every write of a chain names its run (`write`): it changes nothing and raises `StaleRun` if a newer run exists.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from orchestrator.errors import JobNotFound, StaleRun
from orchestrator.jobs import Job, Result, Submission, bundle_hash
from orchestrator.kinds import URGENT, JobKind
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import attempts, bundles, jobs, results
from orchestrator.ledger.upsert import upsert
from orchestrator.states import JobState

_JOB_FIELDS = [field.name for field in fields(Job)]
_RESULT_FIELDS = [field.name for field in fields(Result)]
_JOB_COLUMNS = [jobs.c[name] for name in _JOB_FIELDS]
_RESULT_COLUMNS = [results.c[name] for name in _RESULT_FIELDS]


def _job(row: sa.Row[Any]) -> Job:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    return Job(**{**values, "state": JobState(values["state"]), "kind": JobKind(values["kind"])})


def _is_urgent(*, urgent: bool) -> sa.ColumnElement[bool]:
    return jobs.c.kind.in_(URGENT) if urgent else jobs.c.kind.not_in(URGENT)


class Jobs:
    """The tables `jobs`, `bundles`, `attempts` and `results` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    # ── submitting ──────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, account: str, submission: Submission) -> Job:
        """Accept a job: it and its bundle are in the ledger once the transaction commits."""
        now = self._clock()
        job_id = secrets.token_hex(8)
        bundle = None if submission.files is None else self.keep_bundle(submission.files)
        self._connection.execute(
            sa.insert(jobs).values(
                id=job_id,
                kind=submission.kind,
                account=account,
                name=submission.name,
                source=submission.source,
                details=dict(submission.details),
                deploy_id=submission.deploy_id,
                bundle=bundle,
                project_key=submission.project_key,
                project_id=submission.project_id,
                language=submission.language,
                parameters=dict(submission.parameters),
                priority=submission.priority,
                replace=submission.replace,
                state=JobState.QUEUED,
                run=0,
                has_slot=False,
                cancel_requested=False,
                recoveries=0,
                failures=0,
                compile_retries=0,
                requests=0,
                git_commit=submission.git_commit,
                git_dirty=submission.git_dirty,
                created_at=now,
            )
        )
        return self.get(job_id)

    def keep_bundle(self, files: Mapping[str, str]) -> str:
        """Keep a set of files under its hash; keeping it again changes nothing."""
        digest = bundle_hash(files)
        values = {
            "content": zlib.compress(json.dumps(dict(files), ensure_ascii=False).encode()),
            "files": len(files),
            "characters": sum(map(len, files.values())),
            "created_at": self._clock(),
        }
        known = self._connection.scalar(sa.select(bundles.c.hash).where(bundles.c.hash == digest))
        if known is None:
            upsert(self._connection, bundles, {"hash": digest}, values)
        return digest

    def files_of(self, bundle: str) -> dict[str, str]:
        """The files of a bundle, name to content."""
        content = self._connection.scalar(sa.select(bundles.c.content).where(bundles.c.hash == bundle))
        files: dict[str, str] = json.loads(zlib.decompress(content or b""))
        return files

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, job_id: str) -> Job:
        """One job, by its id or by an unambiguous beginning of it.

        Raises:
            JobNotFound: None, or several.
        """
        exact = self._connection.execute(sa.select(*_JOB_COLUMNS).where(jobs.c.id == job_id)).first()
        if exact is not None:
            return _job(exact)
        query = sa.select(*_JOB_COLUMNS).where(jobs.c.id.startswith(job_id, autoescape=True)).limit(2)
        rows = self._connection.execute(query).all() if job_id else []
        if len(rows) != 1:
            many = "More than one job begins with" if rows else "There is no job"
            raise JobNotFound(f"{many} {job_id!r}. `qcjobs jobs` lists them.")
        return _job(rows[0])

    def newest(self, account: str | None = None, states: Iterable[JobState] = (), limit: int = 100) -> list[Job]:
        """The latest jobs first."""
        query = sa.select(*_JOB_COLUMNS).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit)
        if account is not None:
            query = query.where(jobs.c.account == account)
        if wanted := list(states):
            query = query.where(jobs.c.state.in_(wanted))
        return [_job(row) for row in self._connection.execute(query)]

    def counts(self, account: str | None = None) -> dict[JobState, int]:
        """How many jobs are in each state."""
        query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        if account is not None:
            query = query.where(jobs.c.account == account)
        found = {JobState(state): count for state, count in self._connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def result(self, job_id: str) -> Result | None:
        """What the backtest said, once it has completed."""
        row = self._connection.execute(sa.select(*_RESULT_COLUMNS).where(results.c.job_id == job_id)).first()
        return None if row is None else Result(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)

    def attempts_of(self, job_id: str) -> list[dict[str, Any]]:
        """Every step of the job, in the order of their end."""
        query = sa.select(attempts).where(attempts.c.job_id == job_id).order_by(attempts.c.id)
        return [dict(row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001 (as above)

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, job: Job, **changes: Any) -> None:
        """Change a running job on behalf of its run.

        Raises:
            StaleRun: The job has a newer run, or has ended: nothing was changed.
        """
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.run == job.run, jobs.c.state == JobState.RUNNING)
            .values(**changes)
        )
        if self._connection.execute(statement).rowcount == 0:
            raise StaleRun

    def intend(self, job: Job, at: datetime, **also: Any) -> None:
        """Note that the request that must not be made twice is about to leave. Of two deliveries of one message one
        may do so. `also` are further columns.

        Raises:
            StaleRun: Somebody else has asked since the job was read, or as for `write`: nothing was changed.
        """
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.run == job.run, jobs.c.state == JobState.RUNNING)
            .where(jobs.c.backtest_id.is_(None), jobs.c.deploy_id.is_(None))
            .where(jobs.c.create_intent_at.is_not_distinct_from(job.create_intent_at))
            .values(create_intent_at=at, **also)
        )
        if self._connection.execute(statement).rowcount == 0:
            raise StaleRun

    def start(self, job: Job, lease_until: datetime, *, has_slot: bool, step: str | None = None) -> bool:
        """QUEUED → RUNNING with a new run number; `step` follows. False if somebody else was quicker."""
        now = self._clock()
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == JobState.QUEUED, jobs.c.run == job.run)
            .values(
                state=JobState.RUNNING,
                run=job.run + 1,
                step=step or jobs.c.step,
                has_slot=has_slot,
                waiting_for=None,
                not_before=None,
                lease_until=lease_until,
                started_at=sa.func.coalesce(jobs.c.started_at, sa.literal(now, jobs.c.started_at.type)),
            )
        )
        return self._connection.execute(statement).rowcount == 1

    def recover(self, job: Job, lease_until: datetime) -> bool:
        """A new run for a job whose lease ran out; the older run is silenced. False if it is looked after again."""
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.run == job.run, jobs.c.state == JobState.RUNNING)
            .where(jobs.c.lease_until < self._clock())
            .values(run=job.run + 1, recoveries=job.recoveries + 1, lease_until=lease_until)
        )
        return self._connection.execute(statement).rowcount == 1

    def cancel_queued(self, job: Job) -> bool:
        """QUEUED → CANCELLED. False if it has begun meanwhile."""
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == JobState.QUEUED, jobs.c.run == job.run)
            .where(jobs.c.backtest_id.is_(None), jobs.c.create_intent_at.is_(None))
            .values(state=JobState.CANCELLED, cancel_requested=True, ended_at=self._clock(), waiting_for=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def request_cancel(self, job: Job) -> bool:
        """Ask the chain to stop; its lease ends now, so that a new run sees to it at once. False if it has ended."""
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state.in_([JobState.RUNNING, JobState.QUEUED]))
            .values(cancel_requested=True, lease_until=self._clock(), not_before=None)
        )
        return self._connection.execute(statement).rowcount == 1

    # ── who is next ─────────────────────────────────────────────────────────────────────────────────────────────────

    def next_queued(self, account: str, limit: int, *, urgent: bool = False) -> list[Job]:
        """The queue in its order: what is to be cancelled, priority, age; without those that wait for a later time.

        The urgent jobs have a queue of their own.
        """
        query = (
            sa.select(*_JOB_COLUMNS)
            .where(jobs.c.account == account, jobs.c.state == JobState.QUEUED, _is_urgent(urgent=urgent))
            .where(sa.or_(jobs.c.not_before.is_(None), jobs.c.not_before <= self._clock()))
            .order_by(jobs.c.cancel_requested.desc(), jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
            .limit(limit)
        )
        return [_job(row) for row in self._connection.execute(query)]

    def running(self, account: str) -> list[Job]:
        """Every job with a chain under way."""
        query = sa.select(*_JOB_COLUMNS).where(jobs.c.account == account, jobs.c.state == JobState.RUNNING)
        return [_job(row) for row in self._connection.execute(query)]

    def unfinished_of(self, account: str, project_id: int) -> list[Job]:
        """Jobs of a project that wait or are under way, oldest first."""
        query = (
            sa.select(*_JOB_COLUMNS)
            .where(jobs.c.account == account, jobs.c.project_id == project_id)
            .where(jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING]))
            .order_by(jobs.c.created_at, jobs.c.id)
        )
        return [_job(row) for row in self._connection.execute(query)]

    def abandoned(self, account: str, limit: int = 100, *, urgent: bool = False) -> list[Job]:
        """Running jobs that nobody looks after any more."""
        query = (
            sa.select(*_JOB_COLUMNS)
            .where(jobs.c.account == account, jobs.c.state == JobState.RUNNING, jobs.c.lease_until < self._clock())
            .where(_is_urgent(urgent=urgent))
            .order_by(jobs.c.lease_until)
            .limit(limit)
        )
        return [_job(row) for row in self._connection.execute(query)]

    def has_deployed(self, account: str, project_id: int, deploy_id: str) -> bool:
        """Whether a deployment is the work of a job, or may be that of one that is under way."""
        under_way = sa.and_(jobs.c.project_id == project_id, jobs.c.state == JobState.RUNNING)
        query = sa.select(jobs.c.id).where(jobs.c.account == account, jobs.c.kind == JobKind.DEPLOY)
        return (
            self._connection.scalar(query.where(sa.or_(jobs.c.deploy_id == deploy_id, under_way)).limit(1)) is not None
        )

    def names_of_deployed(self, account: str, project_ids: Iterable[int]) -> dict[int, str]:
        """What the latest deployment job of each project was called."""
        query = (
            sa.select(jobs.c.project_id, jobs.c.name)
            .where(jobs.c.account == account, jobs.c.kind == JobKind.DEPLOY, jobs.c.project_id.in_(list(project_ids)))
            .order_by(jobs.c.created_at)
        )
        return dict(self._connection.execute(query).tuples().all())

    def has_ended_live(self, account: str, project_id: int, since: datetime) -> bool:
        """Whether somebody here has asked since then that the project's algorithm ends."""
        query = sa.select(jobs.c.id).where(
            jobs.c.account == account,
            jobs.c.project_id == project_id,
            jobs.c.created_at >= since,
            sa.or_(
                jobs.c.kind.in_([JobKind.STOP, JobKind.LIQUIDATE]),
                sa.and_(jobs.c.kind == JobKind.DEPLOY, jobs.c.cancel_requested),
            ),
        )
        return self._connection.scalar(query.limit(1)) is not None

    def renew_leases(self, held: Iterable[tuple[str, int]], until: datetime) -> None:
        """Keep the jobs in a worker's hands looked after; those of a newer run are left alone."""
        for job_id, run in held:
            self._connection.execute(
                sa.update(jobs)
                .where(jobs.c.id == job_id, jobs.c.run == run, jobs.c.state == JobState.RUNNING)
                .where(jobs.c.lease_until < until, sa.not_(jobs.c.cancel_requested))
                .values(lease_until=until)
            )

    # ── what QuantConnect said ──────────────────────────────────────────────────────────────────────────────────────

    def knows_backtest(self, account: str, backtest_ids: Sequence[str]) -> set[str]:
        """Which of these backtests belong to a job already."""
        query = sa.select(jobs.c.backtest_id).where(jobs.c.account == account, jobs.c.backtest_id.in_(backtest_ids))
        return {backtest_id for backtest_id in self._connection.scalars(query) if backtest_id is not None}

    def typical_duration(self, bundle: str | None) -> timedelta | None:
        """How long backtests of this code took: the median of the latest; None where none has ended yet."""
        query = (
            sa.select(jobs.c.backtest_created_at, jobs.c.ended_at)
            .where(jobs.c.bundle == bundle, jobs.c.state == JobState.COMPLETED, jobs.c.backtest_created_at.is_not(None))
            .order_by(jobs.c.ended_at.desc())
            .limit(9)
        )
        taken = sorted(row.ended_at - row.backtest_created_at for row in self._connection.execute(query))
        return taken[len(taken) // 2] if taken else None

    def observe(
        self,
        account: str,
        project_id: int,
        seen: Mapping[str, tuple[str | None, float | None]],
        ended: Collection[str] = (),
    ) -> None:
        """Note status and progress of every running backtest of a project: one look serves all of its jobs.

        Args:
            account: Whose.
            project_id: Of the backtests.
            seen: Status and progress by the backtest's id.
            ended: Which of them do not run any more.
        """
        now = self._clock()
        query = sa.select(jobs.c.id, jobs.c.backtest_id).where(
            jobs.c.account == account, jobs.c.project_id == project_id, jobs.c.state == JobState.RUNNING
        )
        for job_id, backtest_id in self._connection.execute(query).all():
            if backtest_id in seen:
                status, progress = seen[backtest_id]
                running = {} if backtest_id in ended else {"seen_running_at": now}
                self._connection.execute(
                    sa.update(jobs)
                    .where(jobs.c.id == job_id)
                    .values(remote_status=status, progress=progress, looked_at=now, **running)
                )

    def keep_result(self, result: Result) -> None:
        """Record what the backtest said."""
        values = asdict(result)
        key = {"job_id": values.pop("job_id")}
        upsert(self._connection, results, key, values)

    def keep_attempt(self, job: Job, step: str, started_at: datetime, requests: int, outcome: str, note: str) -> None:
        """Record one step: when, how long, what came of it, and what it spent."""
        seconds = max((self._clock() - started_at) / timedelta(seconds=1), 0.0)
        self._connection.execute(
            sa.insert(attempts).values(
                job_id=job.id,
                run=job.run,
                step=step,
                started_at=started_at,
                seconds=seconds,
                requests=requests,
                outcome=outcome,
                note=note[:2000],
            )
        )
        if requests:
            self._connection.execute(
                sa.update(jobs).where(jobs.c.id == job.id).values(requests=jobs.c.requests + requests)
            )
