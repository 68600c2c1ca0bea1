"""The record of a job, as the ledger holds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestrator.errors import BadParameter
from orchestrator.kinds import JobKind
from orchestrator.states import JobState
from quantconnect.models.ids import BacktestId, CompileId, DeployId, ProjectId

Scalar = str | int | float | bool
"""What a parameter's value may be. QuantConnect hands it to the algorithm as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request to do one thing in the cloud: a backtest, a deployment, a liquidation …"""

    id: str
    kind: JobKind
    account: str  #: whose credentials it runs under, as `<user id>@<host of the API>`
    name: str  #: as the user gave it
    source: str  #: what was submitted, for people: a folder's path or `project 123`
    details: Mapping[str, Any]  #: what only this kind of job needs to know; see `orchestrator.live`. Never a secret
    bundle: str | None  #: SHA-256 of the files; None for a cloud project as it stands
    project_key: str  #: `id:<project>` or `name:<name>`: which row of `projects` it belongs to
    project_id: ProjectId | None
    language: str  #: `Py` or `C#`, as the API spells it
    parameters: Mapping[str, Scalar]
    priority: int  #: higher goes first
    replace: bool  #: may overwrite cloud files that qcjobs did not put there
    state: JobState
    run: int  #: counts the passages of the chain; 0 before the first
    step: str | None  #: the last step begun
    has_slot: bool  #: the dispatcher gave this run a node; without one it stops before `create`
    cancel_requested: bool
    waiting_for: str | None  #: in plain words, while it waits
    not_before: datetime | None  #: the dispatcher leaves it alone until then
    lease_until: datetime | None  #: past it, nobody looks after the job
    recoveries: int  #: runs started by the reconciler since the last step that succeeded
    failing_since: datetime | None  #: when the unbroken series of transport failures began
    failures: int  #: how many they are
    create_intent_at: datetime | None  #: when the request for the backtest, or the deployment, was about to leave
    compile_id: CompileId | None
    compile_retries: int  #: how often a refused compile id led to another attempt
    backtest_id: BacktestId | None
    backtest_created_at: datetime | None  #: when the ledger learned of the backtest
    deploy_id: DeployId | None  #: of the deployment that it made, or is about
    remote_status: str | None  #: QuantConnect's own word
    progress: float | None  #: 0 to 1
    looked_at: datetime | None  #: when QuantConnect was last asked about this backtest
    completed_seen_at: datetime | None  #: when it was first seen completed; its statistics may come later
    requests: int  #: API requests spent on it
    error_kind: str | None
    error: str | None  #: one line
    error_detail: str | None  #: build log or stack trace
    git_commit: str | None
    git_dirty: bool | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    sweep_id: str | None
    position: int  #: within its sweep, counted from 0
    labels: Mapping[str, Scalar] | None  #: what the plan of its sweep says of it, for people
    paused: bool  #: it is not begun, or not gone on with, until somebody resumes it; a running backtest runs on
    completed_at: datetime | None  #: when it completed, as nearly as the looks tell
    look_at: datetime | None  #: when the board is to look at its running backtest
    reused_from: str | None  #: the job whose result it took over without a backtest of its own
    retried_by: str | None  #: the job that was begun in its place

    @property
    def backtest_name(self) -> str:
        """The name in the cloud. The job's id makes it unique, so that a lost reply can be looked up by name."""
        return f"{self.name} #{self.id[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a finished backtest said. Statistics are kept as QuantConnect spells them, numbers beside them."""

    job_id: str
    statistics: Mapping[str, str]
    runtime_statistics: Mapping[str, str]
    numbers: Mapping[str, float | int | None]  #: ratios as fractions, money in the account's currency
    total_performance: Mapping[str, object] | None
    complete: bool  #: False: QuantConnect said completed but never delivered all statistics
    lean_version: str | None
    synthetic: bool  #: made by the emulator
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What `submit` needs to know; everything else of a job follows from it."""

    name: str
    source: str
    project_key: str
    project_id: ProjectId | None
    language: str
    files: Mapping[str, str] | None  #: None for a cloud project as it stands, or where `bundle` says enough
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    priority: int = 0
    replace: bool = False
    kind: JobKind = JobKind.BACKTEST
    details: Mapping[str, Any] = field(default_factory=dict)
    deploy_id: DeployId | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    bundle: str | None = None  #: of files that the ledger holds already
    sweep_id: str | None = None
    position: int = 0
    labels: Mapping[str, Scalar] | None = None
    paused: bool = False

    @property
    def bundle_hash(self) -> str | None:
        """Of the code; None for a cloud project as it stands."""
        return self.bundle if self.files is None else bundle_hash(self.files)


def repeated(job: Job) -> Submission:
    """The same request once more: the same code, parameters and place in its sweep."""
    return Submission(
        name=job.name,
        source=job.source,
        project_key=job.project_key,
        project_id=job.project_id,
        language=job.language,
        files=None,
        parameters=job.parameters,
        priority=job.priority,
        replace=job.replace,
        git_commit=job.git_commit,
        git_dirty=job.git_dirty,
        bundle=job.bundle,
        sweep_id=job.sweep_id,
        position=job.position,
        labels=job.labels,
    )


def bundle_hash(files: Mapping[str, str]) -> str:
    """The address of a set of files: the SHA-256 of their names and contents, in the order of the names."""
    canonical = json.dumps(sorted(files.items()), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def parameters_key(parameters: Mapping[str, Scalar]) -> tuple[tuple[str, str], ...]:
    """Equal for parameters that the algorithm cannot tell apart: it gets them all as texts."""
    return tuple(sorted((name, str(value)) for name, value in parameters.items()))


def checked_parameters(parameters: Mapping[str, object]) -> dict[str, Scalar]:
    """The same parameters, all of them scalars.

    Raises:
        BadParameter: One is a list, a map, null, not finite, holds what is no text (NUL, half a character), or has no
            name.
    """
    checked: dict[str, Scalar] = {}
    for name, value in parameters.items():
        if not name.strip():
            raise BadParameter(f"A parameter has no name (its value is {value!r}). Write it as name=value.")
        if not isinstance(value, str | int | float | bool):
            kind = "null" if value is None else type(value).__name__
            raise BadParameter(f"Parameter {name!r} is a {kind}; QuantConnect takes a text, a number or true/false.")
        if isinstance(value, float) and not (float("-inf") < value < float("inf")):
            raise BadParameter(f"Parameter {name!r} is not a finite number.")
        if not _is_text(name) or (isinstance(value, str) and not _is_text(value)):
            raise BadParameter(f"Parameter {name!r} holds characters that no text can be sent with.")
        checked[name.strip()] = value
    return checked


def _is_text(value: str) -> bool:
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:  # half a character, as JSON can spell it
        return False
