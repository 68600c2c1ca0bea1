"""Step 1, upload: the project holds exactly the bundle's files.

Whoever uploads holds the project's lease until the compile has ended, so that two bundles of one project never mix.
What the project holds is looked up (`files/read`) rather than remembered: people edit it in the browser, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from orchestrator import capacity
from orchestrator.jobs import Job, bundle_hash
from orchestrator.ledger import Tables
from orchestrator.outcomes import Advance, Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.known import ASKED_FOR, compile_known, was_asked_for
from orchestrator.workflow.project import find_or_create_project, project_lease
from quantconnect import NotFound
from quantconnect.models.files import ProjectFile

PREPARING: Final = timedelta(seconds=60)
"""How long the project's lease outlives its holder: longer than any one request of the preparation."""

DEFAULT_FILES: Final = frozenset({"main.py", "research.ipynb", "Main.cs", "Research.ipynb"})
"""What QuantConnect itself puts into a new project."""


def upload_files(runtime: Runtime, job: Job) -> Outcome:
    """Bring the project's files to those of the bundle; for a cloud project as it stands, learn its bundle."""
    if was_asked_for(job):
        return ASKED_FOR
    if job.project_id is None:
        return find_or_create_project(runtime, job)
    if (known := compile_known(runtime, job)) is not None:
        return known
    with runtime.ledger.writing() as tables:
        if not tables.projects.lease(project_lease(job), job.id, PREPARING):
            return Wait(timedelta(seconds=1), f"another job that prepares project {job.project_id}")
    if job.kind.needs_node:
        capacity.refresh(runtime, job.project_id)
    try:
        cloud = [file for file in runtime.api.files.read(job.project_id) if not file.is_library]
    except NotFound:
        return _without_project(runtime, job)
    if job.bundle is None:
        return _adopt_files(runtime, job, {file.name or "": file.content or "" for file in cloud})
    return _push(runtime, job, job.bundle, cloud)


def _push(runtime: Runtime, job: Job, bundle: str, cloud: list[ProjectFile]) -> Outcome:
    assert job.project_id is not None  # noqa: S101 (upload_files has seen to it)
    with runtime.ledger.reading() as tables:
        files = tables.jobs.files_of(bundle)
    if _same(files, cloud):
        return Advance("the project holds these files already")
    if foreign := [] if job.replace else _foreign(runtime, job, files, cloud):
        names = ", ".join(sorted(foreign))
        message = (
            f"Project {job.project_id} holds files that qcjobs did not put there, and running this source would "
            f"overwrite or delete them: {names}. Save them first; then submit again with --replace."
        )
        return Fail("foreign_files", message)
    with runtime.ledger.writing() as tables:  # before the request: from now on these files may be there, and be ours
        if _is_new(tables, job):
            # Nobody's work either, should the request get lost: it is still to be replaced when we look again.
            defaults = {file.name: file.content or "" for file in cloud if file.name in DEFAULT_FILES}
            tables.projects.note_push(job.account, job.project_id, tables.jobs.keep_bundle(defaults))
        tables.projects.note_push(job.account, job.project_id, bundle)
    runtime.api.projects.update(job.project_id, files=files)
    return Advance(f"{len(files)} files in one request")


def _adopt_files(runtime: Runtime, job: Job, files: Mapping[str, str]) -> Outcome:
    """The code of a cloud project as it stands becomes a bundle like any other: results belong to it."""
    if not files:
        return Fail("empty_project", f"Project {job.project_id} holds no files.")
    with runtime.ledger.writing() as tables:
        bundle = tables.jobs.keep_bundle(files)
        tables.jobs.write(job, bundle=bundle)
        if job.sweep_id is not None:
            tables.sweeps.note_bundle(job.sweep_id, bundle)  # all of its points are run on the same code
    return Advance(f"the project as it stands: bundle {bundle_hash(files)[:12]}")


def _without_project(runtime: Runtime, job: Job) -> Outcome:
    with runtime.ledger.writing() as tables:
        known = tables.projects.get(job.account, job.project_key)
        if not known.created_by_us:
            message = f"QuantConnect knows no project {job.project_id}, or your account may not see it."
            return Fail("not_found", message)
        # Somebody deleted the project that we made; another one takes its place.
        tables.projects.write(job.account, job.project_key, project_id=None, create_intent_at=None)
        tables.jobs.write(job, project_id=None, compile_id=None)
    return Requeue(timedelta(0), "a new project, as the old one was deleted")


def _same(files: Mapping[str, str], cloud: list[ProjectFile]) -> bool:
    return _normal(files) == _normal({file.name or "": file.content or "" for file in cloud})


def _normal(files: Mapping[str, str]) -> dict[str, str]:
    """Line ends are not content: the server may keep either kind."""
    return {name: content.replace("\r\n", "\n").rstrip("\n") for name, content in files.items()}


def _foreign(runtime: Runtime, job: Job, files: Mapping[str, str], cloud: list[ProjectFile]) -> list[str]:
    """Cloud files that a push would overwrite or delete although we did not put them there."""
    assert job.project_id is not None  # noqa: S101 (upload_files has seen to it)
    with runtime.ledger.reading() as tables:
        pushed = tables.projects.pushed_bundles(job.account, job.project_id)
        ours = [_normal(tables.jobs.files_of(bundle)) for bundle in pushed]
        is_new = _is_new(tables, job)
    target = _normal(files)
    there = _normal({file.name or "": file.content or "" for file in cloud})
    return [
        name
        for name, content in there.items()
        if target.get(name) != content
        and not any(bundle.get(name) == content for bundle in ours)
        and not (is_new and name in DEFAULT_FILES)
    ]


def _is_new(tables: Tables, job: Job) -> bool:
    """Whether we made the project and have put nothing into it: it holds QuantConnect's own files, no one's work."""
    assert job.project_id is not None  # noqa: S101 (upload_files has seen to it)
    made_by_us = tables.projects.get(job.account, job.project_key).created_by_us
    return made_by_us and not tables.projects.pushed_bundles(job.account, job.project_id)
