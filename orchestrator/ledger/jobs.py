"""Jobs, their attempts and their results.

Every write of a chain names its run (`write`): it changes nothing and raises `StaleRun` if a newer run exists.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from orchestrator.errors import JobNotFound, StaleRun
from orchestrator.experience import LATEST, Experience, was_observed
from orchestrator.jobs import Job, Result, Submission, bundle_hash, parameters_key, repeated
from orchestrator.kinds import URGENT, JobKind
from orchestrator.ledger.clock import Clock
from orchestrator.ledger.schema import attempts, bundles, jobs, results
from orchestrator.ledger.upsert import upsert
from orchestrator.states import JobState
from quantconnect.models.ids import CompileId

_JOB_FIELDS = [field.name for field in fields(Job)]
_RESULT_FIELDS = [field.name for field in fields(Result)]
RESULT_COLUMNS = [results.c[name] for name in _RESULT_FIELDS]
SELECT_JOBS = sa.select(*(jobs.c[name] for name in _JOB_FIELDS))
"""Every query of whole jobs goes on from here: to name the columns anew takes as long as to run it."""


class UnderWay(NamedTuple):
    """What the dispatcher counts of a job with a chain under way."""

    id: str
    run: int
    sweep_id: str | None
    project_key: str
    bundle: str | None
    compile_id: CompileId | None
    has_slot: bool
    is_preparing: bool  #: a backtest that is uploaded and compiled before it has a node


def job_from(row: sa.Row[Any]) -> Job:
    """The record in a row of `SELECT_JOBS`."""
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    return Job(**{**values, "state": JobState(values["state"]), "kind": JobKind(values["kind"])})


def _is_urgent(*, urgent: bool) -> sa.ColumnElement[bool]:
    return jobs.c.kind.in_(URGENT) if urgent else jobs.c.kind.not_in(URGENT)


def _fresh_row(account: str, submission: Submission, bundle: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(8),
        "kind": submission.kind,
        "account": account,
        "name": submission.name,
        "source": submission.source,
        "details": dict(submission.details),
        "deploy_id": submission.deploy_id,
        "bundle": bundle,
        "project_key": submission.project_key,
        "project_id": submission.project_id,
        "language": submission.language,
        "parameters": dict(submission.parameters),
        "priority": submission.priority,
        "replace": submission.replace,
        "state": JobState.QUEUED,
        "run": 0,
        "has_slot": False,
        "cancel_requested": False,
        "recoveries": 0,
        "failures": 0,
        "compile_retries": 0,
        "requests": 0,
        "git_commit": submission.git_commit,
        "git_dirty": submission.git_dirty,
        "created_at": now,
        "sweep_id": submission.sweep_id,
        "position": submission.position,
        "labels": submission.labels,
        "paused": submission.paused,
    }


class Jobs:
    """The tables `jobs`, `bundles`, `attempts` and `results` within one transaction."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    # ── submitting ──────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, account: str, submission: Submission) -> Job:
        """Accept a job: it and its bundle are in the ledger once the transaction commits."""
        (job_id,) = self.add_all(account, [submission])
        return self.get(job_id)

    def add_all(self, account: str, submissions: Iterable[Submission]) -> list[str]:
        """Accept jobs, thousands of them in seconds; returns their ids in the same order.

        Submissions that share one map of files share one bundle, hashed once.
        """
        now = self._clock()
        kept: dict[int, tuple[Mapping[str, str], str]] = {}  # the map is kept as well, so that its id stays its own
        rows = []
        for submission in submissions:
            files = submission.files
            if files is not None and id(files) not in kept:
                kept[id(files)] = files, self.keep_bundle(files)
            bundle = submission.bundle if files is None else kept[id(files)][1]
            rows.append(_fresh_row(account, submission, bundle, now))
        if rows:
            self._connection.execute(sa.insert(jobs), rows)
        return [str(row["id"]) for row in rows]

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
        exact = self._connection.execute(SELECT_JOBS.where(jobs.c.id == job_id)).first()
        if exact is not None:
            return job_from(exact)
        query = SELECT_JOBS.where(jobs.c.id.startswith(job_id, autoescape=True)).limit(2)
        rows = self._connection.execute(query).all() if job_id else []
        if len(rows) != 1:
            many = "More than one job begins with" if rows else "There is no job"
            raise JobNotFound(f"{many} {job_id!r}. `qcjobs jobs` lists them.")
        return job_from(rows[0])

    def newest(self, account: str | None = None, states: Iterable[JobState] = (), limit: int = 100) -> list[Job]:
        """The latest jobs first."""
        query = SELECT_JOBS.order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit)
        if account is not None:
            query = query.where(jobs.c.account == account)
        if wanted := list(states):
            query = query.where(jobs.c.state.in_(wanted))
        return [job_from(row) for row in self._connection.execute(query)]

    def counts(self, account: str | None = None) -> dict[JobState, int]:
        """How many jobs are in each state."""
        query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        if account is not None:
            query = query.where(jobs.c.account == account)
        found = {JobState(state): count for state, count in self._connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def result(self, job_id: str) -> Result | None:
        """What the backtest said, once it has completed."""
        row = self._connection.execute(sa.select(*RESULT_COLUMNS).where(results.c.job_id == job_id)).first()
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

    def start(self, job: Job, lease_until: datetime, *, has_slot: bool, step: str | None = None, **known: Any) -> bool:
        """QUEUED → RUNNING with a new run number; `step` follows, and more is known. False: somebody was quicker,
        or has paused it.
        """
        now = self._clock()
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == JobState.QUEUED, jobs.c.run == job.run)
            .where(jobs.c.paused == job.paused)
            .values(
                state=JobState.RUNNING,
                run=job.run + 1,
                step=step or jobs.c.step,
                has_slot=has_slot,
                waiting_for=None,
                not_before=None,
                lease_until=lease_until,
                started_at=sa.func.coalesce(jobs.c.started_at, sa.literal(now, jobs.c.started_at.type)),
                **known,
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

    def pause(self, job: Job) -> bool:
        """Let it not go on before its backtest is made. False if it has ended, or is paused already."""
        return self._set_paused(job, paused=True)

    def resume(self, job: Job) -> bool:
        """Let it go on. False if it has ended, or is not paused."""
        return self._set_paused(job, paused=False)

    def _set_paused(self, job: Job, *, paused: bool) -> bool:
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state.in_([JobState.RUNNING, JobState.QUEUED]))
            .where(jobs.c.paused == (not paused))
            .values(paused=paused)
        )
        return self._connection.execute(statement).rowcount == 1

    def begin_again(self, ended: Sequence[Job], *, paused: bool = False) -> list[str]:
        """Other jobs in place of some that failed or were cancelled, and that nothing took the place of yet."""
        repetitions = [replace(repeated(job), paused=paused) for job in ended]
        again = self.add_all(ended[0].account, repetitions) if ended else []
        if again:
            place = sa.update(jobs).where(jobs.c.id == sa.bindparam("old")).values(retried_by=sa.bindparam("new"))
            pairs = [{"old": job.id, "new": new} for job, new in zip(ended, again, strict=True)]
            self._connection.execute(place, pairs)
        return again

    def request_cancel(self, job: Job) -> bool:
        """Ask the chain to stop; its lease ends now, so that a new run sees to it at once. False if it has ended."""
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state.in_([JobState.RUNNING, JobState.QUEUED]))
            .values(cancel_requested=True, lease_until=self._clock(), not_before=None)
        )
        return self._connection.execute(statement).rowcount == 1

    # ── under way ─────────────────────────────────────────────────────────────────────────────────────────────────

    def running(self, account: str) -> list[Job]:
        """Every job with a chain under way."""
        query = SELECT_JOBS.where(jobs.c.account == account, jobs.c.state == JobState.RUNNING)
        return [job_from(row) for row in self._connection.execute(query)]

    def under_way(self, account: str) -> list[UnderWay]:
        """The same as the dispatcher sees them."""
        preparing = sa.and_(
            jobs.c.kind == JobKind.BACKTEST, jobs.c.has_slot == sa.false(), jobs.c.backtest_id.is_(None)
        ).label("is_preparing")
        columns = [jobs.c[name] for name in UnderWay._fields if name != preparing.name]
        query = (
            sa.select(*columns, preparing)
            .where(jobs.c.account == account, jobs.c.state == JobState.RUNNING)
            .order_by(jobs.c.id)
        )
        return [UnderWay._make(row) for row in self._connection.execute(query)]

    def unfinished_of(self, account: str, project_id: int) -> list[Job]:
        """Jobs of a project that wait or are under way, oldest first."""
        query = (
            SELECT_JOBS.where(jobs.c.account == account, jobs.c.project_id == project_id)
            .where(jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING]))
            .order_by(jobs.c.created_at, jobs.c.id)
        )
        return [job_from(row) for row in self._connection.execute(query)]

    def abandoned(self, account: str, limit: int = 100, *, urgent: bool = False) -> list[Job]:
        """Running jobs that nobody looks after any more."""
        query = (
            SELECT_JOBS.where(
                jobs.c.account == account, jobs.c.state == JobState.RUNNING, jobs.c.lease_until < self._clock()
            )
            .where(_is_urgent(urgent=urgent))
            .order_by(jobs.c.lease_until)
            .limit(limit)
        )
        return [job_from(row) for row in self._connection.execute(query)]

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

    def experience(self, account: str, bundle: str | None, source: str | None = None) -> Experience | None:
        """How long the latest backtests of this code kept their nodes; None where none has ended.

        Where one of them was seen shortly before its end, only such are counted: of the others, the end is a guess.

        Args:
            account: Whose backtests.
            bundle: The code.
            source: Whose other bundles are asked where this one has never run.
        """
        until = sa.func.coalesce(jobs.c.completed_at, jobs.c.ended_at).label("until")
        columns = (until, jobs.c.backtest_created_at, jobs.c.seen_running_at)
        ours = (
            sa.select(*columns).where(jobs.c.account == account, jobs.c.backtest_created_at.is_not(None)).limit(LATEST)
        )
        reading = ours.where(
            jobs.c.state == JobState.RUNNING, jobs.c.completed_at.is_not(None), jobs.c.remote_status.ilike("completed%")
        )
        read = ours.where(jobs.c.state == JobState.COMPLETED).order_by(jobs.c.ended_at.desc())
        for of_these in (jobs.c.bundle == bundle, jobs.c.source == source):
            ended = [row for query in (reading, read) for row in self._connection.execute(query.where(of_these))]
            if ended:
                took = [(row.until - row.backtest_created_at, row) for row in ended[:LATEST]]
                seen = [one for one, row in took if was_observed(row.backtest_created_at, row.seen_running_at, one)]
                return Experience.of(*(seen or (one for one, _ in took)), observed=bool(seen))
        return None

    def finished(self, account: str, bundle: str, lean_version: str) -> dict[tuple[tuple[str, str], ...], Result]:
        """The complete results of this code under this LEAN, by their parameters."""
        query = (
            sa.select(jobs.c.parameters, *RESULT_COLUMNS)
            .join(results, results.c.job_id == jobs.c.id)
            .where(jobs.c.bundle == bundle, jobs.c.account == account, jobs.c.state == JobState.COMPLETED)
            .where(jobs.c.reused_from.is_(None), results.c.complete, results.c.lean_version == lean_version)
        )
        return {
            parameters_key(parameters): Result(**dict(zip(_RESULT_FIELDS, result, strict=True)))
            for parameters, *result in self._connection.execute(query)
        }

    def take_over(self, answers: Mapping[str, Result]) -> None:
        """End queued jobs, by their ids, with results that other jobs have had."""
        if not answers:
            return
        now = self._clock()
        moved = (
            sa.update(jobs)
            .where(jobs.c.id == sa.bindparam("taker"), jobs.c.state == JobState.QUEUED)
            .values(state=JobState.COMPLETED, ended_at=now, progress=1.0, reused_from=sa.bindparam("giver"))
        )
        pairs = [{"taker": job_id, "giver": result.job_id} for job_id, result in answers.items()]
        self._connection.execute(moved, pairs)
        rows = [{**asdict(result), "job_id": job_id} for job_id, result in answers.items()]
        self._connection.execute(sa.insert(results), rows)

    def observe(self, job: Job, lease_until: datetime, **seen: Any) -> bool:
        """Note what a look has shown of a running backtest; its `look_at` among it. False: a newer run exists."""
        return self._observed(job, lease_until, seen)

    def claim_look(self, job: Job, look_at: datetime, lease_until: datetime) -> bool:
        """Whoever claims a look that is due makes it; should it come to nothing, it is due again at `look_at`."""
        return self._observed(job, lease_until, {"look_at": look_at}, jobs.c.look_at == job.look_at)

    def leased(self, until: datetime) -> sa.ColumnElement[datetime]:
        """A lease for one who waits long; that of a job to be cancelled has ended on purpose, and stays so."""
        return sa.case((jobs.c.cancel_requested, jobs.c.lease_until), else_=sa.literal(until, jobs.c.lease_until.type))

    def _observed(self, job: Job, lease_until: datetime, seen: Mapping[str, Any], *only_if: Any) -> bool:
        statement = (
            sa.update(jobs)
            .where(jobs.c.id == job.id, jobs.c.run == job.run, jobs.c.state == JobState.RUNNING, *only_if)
            .values(lease_until=self.leased(lease_until), **seen)
        )
        return self._connection.execute(statement).rowcount == 1

    def to_look_at(self, account: str, now: datetime) -> list[Job]:
        """Running backtests whose time for a look has come."""
        query = SELECT_JOBS.where(
            jobs.c.account == account,
            jobs.c.state == JobState.RUNNING,
            jobs.c.look_at <= now,
            jobs.c.backtest_id.is_not(None),
        )
        return [job_from(row) for row in self._connection.execute(query)]

    def watched(self, account: str, project_id: int, limit: int | None = None) -> list[Job]:
        """Backtests of a project that run, as far as is known; so many at most."""
        query = SELECT_JOBS.where(
            jobs.c.account == account,
            jobs.c.state == JobState.RUNNING,
            jobs.c.project_id == project_id,
            jobs.c.backtest_id.is_not(None),
            jobs.c.backtest_created_at.is_not(None),
            jobs.c.completed_seen_at.is_(None),
        )
        query = query.limit(limit)
        return [job_from(row) for row in self._connection.execute(query)]

    def keep_result(self, result: Result) -> None:
        """Record what the backtest said."""
        values = asdict(result)
        key = {"job_id": values.pop("job_id")}
        upsert(self._connection, results, key, values)

    def keep_attempt(
        self, job: Job, step: str, started_at: datetime, asked: Mapping[str, int], outcome: str, note: str
    ) -> None:
        """Record one step: when, how long, what came of it, and how often it asked each endpoint."""
        requests = sum(asked.values())
        seconds = max((self._clock() - started_at) / timedelta(seconds=1), 0.0)
        self._connection.execute(
            sa.insert(attempts).values(
                job_id=job.id,
                run=job.run,
                step=step,
                started_at=started_at,
                seconds=seconds,
                requests=requests,
                asked=dict(asked),
                outcome=outcome,
                note=note[:2000],
            )
        )
        if requests:
            self._connection.execute(
                sa.update(jobs).where(jobs.c.id == job.id).values(requests=jobs.c.requests + requests)
            )
