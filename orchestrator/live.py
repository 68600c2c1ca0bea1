"""Asking for what trades: deploy, stop, liquidate, command. Each is a job, and leaves a line in the audit.

from orchestrator import live

live.deploy("strategies/rsi", brokerage="paper")
live.liquidate(12345678).wait()
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orchestrator.brokerages import PAPER, Deploy, environment_of, resolve
from orchestrator.errors import BadParameter, WrongUse
from orchestrator.jobs import Job, Scalar, Submission
from orchestrator.kinds import JobKind
from orchestrator.ledger import Tables
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings
from orchestrator.submission import (
    JobHandle,
    accept,
    accept_within,
    checked_project,
    fingerprint_of,
    source_of,
    submission_of,
)
from quantconnect.models.ids import NodeId, ProjectId

LONGEST_COMMAND: Final = 32_000  # characters as JSON


def deploy(
    source: str | Path | int,
    *,
    brokerage: str = PAPER,
    name: str | None = None,
    project_id: int | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    node_id: str | None = None,
    data_providers: tuple[str, ...] = (),
    lean_version: str = "-1",
    automatic_redeploy: bool = False,
    notification: str | None = None,
    cash: tuple[tuple[float, str], ...] = (),
    holdings: tuple[Mapping[str, Any], ...] = (),
    replace: bool = False,
    settings: Settings | None = None,
) -> JobHandle:
    """Accept a deployment: it is made exactly once, and confirmed by reading until it runs or says why not.

    With another brokerage than `paper` this may trade real money; nobody is asked here.

    Args:
        source: A strategy's folder, or the id of a cloud project as it stands.
        brokerage: Its name in the settings (`brokerages`), or `paper`.
        name: Of the job; by default the source's.
        project_id: The cloud project to run in; by default the folder's `cloud-id`, else one made for its name.
        parameters: For this deployment only.
        node_id: A live node; None: any that is free.
        data_providers: Names in the settings, or `QuantConnect`; none: QuantConnect's data.
        lean_version: Its id; -1: the newest.
        automatic_redeploy: Whether QuantConnect starts it again after a failure.
        notification: Its name in the settings (`notifications`).
        cash: Amounts and currencies to start with, where the brokerage cannot tell.
        holdings: Positions to start with: `symbol_id`, `symbol`, `quantity`, `average_price`.
        replace: May overwrite cloud files that qcjobs did not put there.
        settings: Instead of those of the environment.

    Raises:
        WrongUse: The source, a parameter or the configuration is wrong; nothing was accepted.
        InvalidSettings: The brokerage is unknown, or one of its keys is missing; nothing was accepted.
        MissingCredentials, CredentialsRefused, LedgerUnavailable: As for a backtest.
    """
    wanted = Deploy(
        brokerage=brokerage,
        node_id=None if node_id is None else NodeId(node_id),
        data_providers=data_providers,
        lean_version=lean_version,
        automatic_redeploy=automatic_redeploy,
        notification=notification,
        cash=cash,
        holdings=holdings,
    )
    return deploy_as(
        source,
        wanted,
        name=name,
        project_id=project_id,
        parameters=parameters,
        replace=replace,
        settings=settings or load_settings(),
    )


def deploy_as(
    source: str | Path | int,
    wanted: Deploy,
    *,
    name: str | None,
    project_id: int | None,
    parameters: Mapping[str, Scalar] | None,
    replace: bool,
    settings: Settings,
) -> JobHandle:
    """`deploy`, with what only a deployment needs to know in one piece."""
    resolve(settings, wanted)  # every key is there now; the worker looks again when it needs them
    found = source_of(settings, source)
    submission = submission_of(found, name, project_id, parameters or {}, 0, replace=replace)
    details = {**wanted.as_details(), "environment": environment_of(settings, wanted.brokerage)}
    return accept(settings, dataclasses.replace(submission, kind=JobKind.DEPLOY, details=details))


def stop(project_id: int, *, settings: Settings | None = None) -> JobHandle:
    """Accept a stop of the project's algorithm; what it holds stays as it is. Asked twice, it is one job.

    Raises:
        WrongUse: That is no project's id.
        MissingCredentials, CredentialsRefused, LedgerUnavailable: As for a backtest.
    """
    return _end(project_id, JobKind.STOP, settings or load_settings())


def liquidate(project_id: int, *, settings: Settings | None = None) -> JobHandle:
    """Accept a liquidation: everything that the project's algorithm holds is sold, and it ends. Otherwise as `stop`."""
    return _end(project_id, JobKind.LIQUIDATE, settings or load_settings())


def command(
    project_id: int | None,
    message: Mapping[str, Any],
    *,
    exclude_project_id: int | None = None,
    settings: Settings | None = None,
) -> JobHandle:
    """Accept a command to the project's algorithm, or to all of the organization's where no project is named.

    Args:
        project_id: None: all, but for `exclude_project_id`.
        message: Plain JSON; `$type` names the command's class. No secrets: it stands in the ledger.
        exclude_project_id: Only together with None.
        settings: Instead of those of the environment.

    Raises:
        WrongUse: No message, one that is no JSON, or no project's id.
        MissingCredentials, CredentialsRefused, LedgerUnavailable: As for a backtest.
    """
    settings = settings or load_settings()
    if project_id is None and settings.credentials().organization_id is None:
        variable = settings.quantconnect.organization_id_env
        raise WrongUse(f"A command to all algorithms needs the organization's id: set {variable}.")
    if project_id is not None and exclude_project_id is not None:
        raise WrongUse("A project is excluded from a command to all, not from one to a single project.")
    try:
        text = json.dumps(message)
    except (TypeError, ValueError) as error:
        raise BadParameter(f"A command is plain JSON: {error}.") from error
    if not message or not isinstance(message, Mapping) or len(text) > LONGEST_COMMAND:
        raise BadParameter(f"A command is a JSON object of at most {LONGEST_COMMAND} characters, and not empty.")
    details: dict[str, Any] = {"command": dict(message)}
    if exclude_project_id is not None:
        details["exclude_project_id"] = checked_project(exclude_project_id)
    project = None if project_id is None else checked_project(project_id)
    kind = str(message.get("$type") or "command")[:80]
    return accept(settings, _about(project, JobKind.COMMAND, f"{kind} to {_label(project)}", details))


def end_within(tables: Tables, settings: Settings, project_id: int, kind: JobKind, **told: str) -> Job:
    """A stop or liquidation as a part of somebody's transaction. One that is under way already is not asked for again.

    A deployment of the project that is under way is cancelled: it would begin to trade after the stop. `told` is what
    else event and audit say.
    """
    project = checked_project(project_id)
    account = settings.account
    for job in tables.jobs.unfinished_of(account, project):
        if job.kind is JobKind.DEPLOY:
            tables.jobs.request_cancel(job)
        if job.kind is kind and not job.cancel_requested:
            return job
    return accept_within(tables, settings, _about(project, kind, f"{kind} {_label(project)}", {}), **told)


def _end(project_id: int, kind: JobKind, settings: Settings) -> JobHandle:
    ledger = open_ledger(settings)
    with ledger.writing() as tables:
        job = end_within(tables, settings, project_id, kind)
    return JobHandle(ledger, job.id, fingerprint_of(settings))


def _about(project: ProjectId | None, kind: JobKind, name: str, details: Mapping[str, Any]) -> Submission:
    return Submission(
        name=name,
        source=_label(project),
        project_key="all" if project is None else f"id:{project}",
        project_id=project,
        language="Py",
        files=None,
        kind=kind,
        details=details,
    )


def _label(project: ProjectId | None) -> str:
    return "all projects" if project is None else f"project {project}"
