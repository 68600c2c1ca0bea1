"""Submitting a backtest, and the handle that follows it. What Python programs and the command line use.

from orchestrator import submit_backtest

job = submit_backtest("examples/rsi", parameters={"period": 14})
job.wait()
print(job.result.numbers["sharpe_ratio"])
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from orchestrator.errors import CredentialsRefused, NotFinished, WrongUse
from orchestrator.jobs import Job, Result, Scalar, Submission, checked_parameters
from orchestrator.kinds import STORIES
from orchestrator.ledger import Ledger, Tables
from orchestrator.reuse import known_results
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings
from orchestrator.sources import Source, read_source
from orchestrator.states import JobState
from orchestrator.sweeps.ending import note_end
from orchestrator.workflow.failures import CREDENTIALS
from quantconnect import MissingCredentials, QuantConnectAuth
from quantconnect.models.ids import ProjectId

HIGHEST_ID: Final = 10**18
HIGHEST_PRIORITY: Final = 1_000_000
LONGEST_NAME: Final = 180  # characters; the job's id is appended to make the name in the cloud unique

LOOK_EVERY: Final = 0.2  # seconds between two looks at the ledger of whoever waits
REFUSAL_PATIENCE: Final = 10.0  # seconds; workers with other credentials than before take a waiting job within two


class JobHandle:
    """A job in the ledger. Reading it costs no request; it lives on when the handle does not."""

    def __init__(self, ledger: Ledger, job_id: str, fingerprint: str | None = None) -> None:
        """`fingerprint` is that of the credentials in force here; without it, only the job tells of a refusal."""
        self._ledger = ledger
        self._fingerprint = fingerprint
        self.id = job_id

    def __repr__(self) -> str:
        return f"JobHandle({self.id!r})"

    @property
    def job(self) -> Job:
        """The job as it is now."""
        with self._ledger.reading() as tables:
            return tables.jobs.get(self.id)

    @property
    def state(self) -> JobState:
        """Where it stands now."""
        return self.job.state

    @property
    def result(self) -> Result | None:
        """What the backtest said; None until it has completed."""
        with self._ledger.reading() as tables:
            return tables.jobs.result(self.id)

    @property
    def is_looked_after(self) -> bool:
        """Whether it has ended, is planned for later, or a worker of its account is at work.

        False for a few seconds is ordinary; for longer it means that no worker runs.
        """
        now = self._ledger.clock()
        with self._ledger.reading() as tables:
            job = tables.jobs.get(self.id)
            if job.state.is_terminal or (job.not_before is not None and job.not_before > now):
                return True
            running = tables.jobs.running(job.account)
        return any(other.lease_until is not None and other.lease_until >= now for other in running)

    def wait(self, timeout: timedelta | float | None = None, on_look: Callable[[Job], None] | None = None) -> Job:
        """Wait for the end.

        Args:
            timeout: Seconds, or a duration; None: for ever.
            on_look: Called with the job at each look, e.g. to draw a progress bar.

        Raises:
            NotFinished: The time is over; the job goes on.
            CredentialsRefused: QuantConnect does not accept the credentials; the job is kept and goes on once it does.
        """
        limit = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        until = None if limit is None else time.monotonic() + limit
        waiting_since: float | None = None
        while True:
            job = self.job
            if on_look is not None:
                on_look(job)
            if job.state.is_terminal:
                return job
            now = time.monotonic()
            waiting_since = (waiting_since or now) if _waits_for_credentials(job) else None
            patient = waiting_since is None or now - waiting_since < REFUSAL_PATIENCE
            if (because := self._refused(job, patient=patient)) is not None:
                raise CredentialsRefused(f"{because} Job {job.id} is kept, and goes on once the credentials are right.")
            if until is not None and now >= until:
                raise NotFinished(f"Job {job.id} is still {job.state}; it goes on in the background.")
            time.sleep(LOOK_EVERY)

    def cancel(self) -> bool:
        """Stop it: a queued job never starts, a running backtest is deleted in the cloud. False if it had ended."""
        return cancel(self._ledger, self.id)

    def _refused(self, job: Job, *, patient: bool) -> str | None:
        """Why the job cannot go on: our credentials were refused, or, out of patience, those of the workers."""
        if job.state is not JobState.QUEUED:
            return None
        if self._fingerprint is not None:
            with self._ledger.reading() as tables:
                if because := tables.accounts.refused(job.account, self._fingerprint):
                    return because
                if tables.accounts.proven(job.account, self._fingerprint):
                    return None
        return None if patient else "QuantConnect refuses the credentials of the workers."


def _waits_for_credentials(job: Job) -> bool:
    return job.state is JobState.QUEUED and job.waiting_for == CREDENTIALS.reason


def submit_backtest(
    source: str | Path | int,
    *,
    name: str | None = None,
    project_id: int | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    priority: int = 0,
    replace: bool = False,
    reuse: bool = False,
    settings: Settings | None = None,
) -> JobHandle:
    """Accept a backtest: once this returns, it is in the ledger and will run exactly once.

    Args:
        source: A strategy's folder (a LEAN CLI project works as it is), or the id of a cloud project as it stands.
        name: Of the backtest; by default the folder's name and the parameters.
        project_id: The cloud project to run in; by default the folder's `cloud-id`, else one made for its name.
        parameters: For this run only; they go before those of the folder's `config.json`.
        priority: Higher goes first.
        replace: May overwrite cloud files that qcjobs did not put there.
        reuse: A backtest of the same code, parameters and LEAN version is answered from the ledger, if there is one.
        settings: Instead of those of the environment.

    Raises:
        WrongUse: The source, a parameter or the configuration is wrong; nothing was accepted.
        MissingCredentials: Nobody to be at QuantConnect.
        CredentialsRefused: QuantConnect has refused these credentials before.
        LedgerUnavailable: The database does not answer; nothing was accepted.
    """
    settings = settings or load_settings()
    found = source_of(settings, source)
    submission = submission_of(found, name, project_id, parameters or {}, priority, replace=replace)
    if reuse and submission.files is None:
        raise WrongUse("Only a folder's backtest can be answered from the ledger; a cloud project may have changed.")
    return accept(settings, submission, reuse=reuse)


def accept(settings: Settings, submission: Submission, *, reuse: bool = False) -> JobHandle:
    """Accept a job in a transaction of its own; `reuse` answers it from the ledger if that is possible.

    Raises:
        MissingCredentials: Nobody to be at QuantConnect.
        CredentialsRefused: QuantConnect has refused these credentials before.
        LedgerUnavailable: The database does not answer; nothing was accepted.
    """
    ledger = open_ledger(settings)
    with ledger.writing() as tables:
        job = accept_within(tables, settings, submission)
        if reuse and (known := known_results(tables, settings.account, [submission])):
            _answer(tables, job, known[0])
    return JobHandle(ledger, job.id, fingerprint_of(settings))


def accept_within(tables: Tables, settings: Settings, submission: Submission, **told: str) -> Job:
    """Accept a job as a part of somebody's transaction: the job, its event and, for what trades, its line in the audit.

    Args:
        tables: Of the transaction.
        settings: Whose job it is.
        submission: What to do.
        **told: What else event and audit say: on whose behalf.

    Raises:
        MissingCredentials: Nobody to be at QuantConnect.
        CredentialsRefused: QuantConnect has refused these credentials before.
    """
    check_credentials(tables, settings)
    job = tables.jobs.add(settings.account, submission)
    tables.outbox.record(STORIES[job.kind].accepted, job, **told)
    if job.kind.trades:
        behalf = "".join(f", {key} {value}" for key, value in told.items())
        tables.audit.add(job, "requested", f"{job.name} ({job.source}){behalf}")
    return job


def _answer(tables: Tables, job: Job, result: Result) -> None:
    tables.jobs.take_over({job.id: result})
    tables.outbox.record(
        STORIES[job.kind].completed,
        job,
        numbers=dict(result.numbers),
        statistics=dict(result.statistics),
        synthetic=result.synthetic,
        reused_from=result.job_id,
    )


def check_credentials(tables: Tables, settings: Settings) -> None:
    """Nothing is accepted under credentials that were refused.

    Raises:
        MissingCredentials, CredentialsRefused
    """
    if because := tables.accounts.refused(settings.account, fingerprint_of(settings) or ""):
        raise CredentialsRefused(f"{because} Nothing is sent until the credentials change; see `qcjobs doctor`.")


def get_job(job_id: str, settings: Settings | None = None) -> JobHandle:
    """The handle of a job that was submitted before, by its id or an unambiguous beginning of it.

    Raises:
        JobNotFound: None, or several.
    """
    settings = settings or load_settings()
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        return JobHandle(ledger, tables.jobs.get(job_id).id, fingerprint_of(settings))


def cancel(ledger: Ledger, job_id: str) -> bool:
    """Stop a job. False: it had ended already."""
    with ledger.writing() as tables:
        return cancel_within(tables, job_id)


def cancel_within(tables: Tables, job_id: str) -> bool:
    """The same as a part of somebody's transaction."""
    job = tables.jobs.get(job_id)
    if job.state.is_terminal:
        return False
    if tables.jobs.cancel_queued(job):
        tables.outbox.record(STORIES[job.kind].cancelled, job)
        if job.kind.trades:
            tables.audit.add(job, "cancelled", "before it began")
        if job.sweep_id is not None:
            note_end(tables, job.sweep_id)
        return True
    return tables.jobs.request_cancel(job)


def fingerprint_of(settings: Settings) -> str | None:
    """Of the credentials in force; None where there are none, which is no hindrance to looking at a job."""
    try:
        credentials = settings.credentials()
    except MissingCredentials:
        return None
    return QuantConnectAuth(credentials.user_id, credentials.api_token).fingerprint


def source_of(settings: Settings, source: str | Path | int) -> Source:
    """Read a source; nothing of it may be a secret of ours.

    Raises:
        WrongUse: It cannot be used, or nothing is submitted at all.
        MissingCredentials: Nobody to be at QuantConnect.
    """
    if not settings.quantconnect.enabled:
        raise WrongUse("platforms.quantconnect.enabled is false in the configuration, so nothing is submitted.")
    secrets = (settings.credentials().api_token,)
    return read_source(source, default_language=settings.quantconnect.default_language, secrets=secrets)


def checked_project(project_id: int) -> ProjectId:
    """An id that a project may have.

    Raises:
        WrongUse: It is none.
    """
    if isinstance(project_id, bool) or not isinstance(project_id, int) or not 0 < project_id < HIGHEST_ID:
        raise WrongUse(f"{project_id!r} is not the id of a project; it is a positive number.")
    return ProjectId(project_id)


def submission_of(
    source: Source,
    name: str | None,
    project_id: int | None,
    parameters: Mapping[str, Scalar],
    priority: int,
    *,
    replace: bool,
) -> Submission:
    """What a source and the wishes of whoever submits it come to.

    Raises:
        WrongUse: A parameter, the priority or the project's id is wrong.
    """
    project = source.project_id if project_id is None else checked_project(project_id)
    merged = checked_parameters({**source.parameters, **parameters})
    said = " ".join(f"{key}={value}" for key, value in sorted(checked_parameters(parameters).items()))
    if abs(priority) > HIGHEST_PRIORITY:
        raise WrongUse(f"A priority lies between -{HIGHEST_PRIORITY} and {HIGHEST_PRIORITY}.")
    chosen = " ".join((name or "").split()) or " ".join(f"{source.name} {said}".split())
    return Submission(
        name=chosen[:LONGEST_NAME],
        source=source.label,
        project_key=f"name:{_project_name(source.name)}" if project is None else f"id:{project}",
        project_id=project,
        language=source.language,
        files=source.files,
        parameters=merged,
        priority=priority,
        replace=replace,
        git_commit=source.git_commit,
        git_dirty=source.git_dirty,
    )


def _project_name(folder: str) -> str:
    """A name that QuantConnect takes: letters, digits, blanks, `-` and `_`. (The LEAN CLI checks for the same.)"""
    return re.sub(r"[^-\w ]+", "-", folder, flags=re.ASCII).strip(" -") or "qcjobs"
