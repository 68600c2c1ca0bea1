"""Which cloud project a source runs in; one is made where there is none.

`projects/create` must not be repeated blindly: an intent is committed before the request, and after any doubt the
project is looked for by its name before another is made.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from orchestrator.jobs import Job
from orchestrator.ledger.projects import KnownProject
from orchestrator.limits import BudgetPause, leaving_within
from orchestrator.outcomes import Outcome, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.doubt import CLOCKS_DIFFER, LEAVES_WITHIN, settled_after
from quantconnect import QuantConnectError
from quantconnect.models.ids import ProjectId
from quantconnect.models.projects import Project

MAKING: Final = timedelta(seconds=60)


def project_lease(job: Job) -> str:
    """The name of the lease under which a project is prepared."""
    return f"project:{job.account}:{job.project_id}"


def find_or_create_project(runtime: Runtime, job: Job) -> Outcome:
    """Give the job its project. The step is then begun again at once, with the project."""
    lease = f"project:{job.account}:{job.project_key}"
    with runtime.ledger.writing() as tables:
        if not tables.projects.lease(lease, job.id, MAKING):
            return Wait(timedelta(seconds=1), "another job that makes the project")
        known = tables.projects.get(job.account, job.project_key)
    project = known.project_id
    if project is None and known.create_intent_at is not None:
        found = _look_for(runtime, job, known)
        if isinstance(found, Wait):
            return found
        project = None if found is None else found.project_id
    if project is None:
        with leaving_within(LEAVES_WITHIN):  # counted from before the intent
            project = _create(runtime, job)
    with runtime.ledger.writing() as tables:
        tables.projects.write(job.account, job.project_key, project_id=project, created_by_us=True)
        tables.jobs.write(job, project_id=project)
        tables.projects.release(lease, job.id)
    return Wait(timedelta(0), f"the upload into project {project}")


def _create(runtime: Runtime, job: Job) -> ProjectId:
    with runtime.ledger.writing() as tables:
        tables.projects.write(job.account, job.project_key, create_intent_at=runtime.clock(), created_by_us=True)
    name = project_name(job)
    try:
        project = runtime.api.projects.create(name, language=job.language)
    except (QuantConnectError, BudgetPause) as error:
        if isinstance(error, BudgetPause) or not error.maybe_carried_out:
            with runtime.ledger.writing() as tables:
                tables.projects.write(job.account, job.project_key, create_intent_at=None)
        raise
    return project.project_id


def _look_for(runtime: Runtime, job: Job, known: KnownProject) -> Project | Wait | None:
    """The project that an earlier request of ours made, if it did."""
    assert known.create_intent_at is not None  # noqa: S101 (the caller has looked)
    # The server numbers a name that is taken; any other continuation is the name of another project.
    may_be_ours = re.compile(re.escape(project_name(job)) + r"[ _-]?\(?\d*\)?")
    ours = [
        project
        for project in runtime.api.projects.list()
        if may_be_ours.fullmatch(project.name or "")
        and project.created is not None
        and project.created >= known.create_intent_at - CLOCKS_DIFFER
    ]
    if ours:
        return max(ours, key=lambda project: (project.created is not None, project.created, project.project_id))
    settled = settled_after(runtime, known.create_intent_at)
    if runtime.clock() < settled:
        return Wait(min(settled - runtime.clock(), timedelta(seconds=3)), "certainty that no project was made")
    return None


def project_name(job: Job) -> str:
    """The name to ask for."""
    return job.project_key.removeprefix("name:")
