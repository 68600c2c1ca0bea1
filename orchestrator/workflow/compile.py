"""Steps 2 and 3, compile: one compile per bundle and project, whoever needs it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.known import ASKED_FOR, build_error, compile_known, latest_compile, was_asked_for
from orchestrator.workflow.project import project_lease
from orchestrator.workflow.upload import PREPARING
from quantconnect import CompileNotFound, NotFound

_LEAN_VERSION: Final = re.compile(r"Lean Version:\s*([\d.]+)")
SHORTEST: Final = timedelta(seconds=0.5)
"""Between two looks at a compile."""

APPEARS_WITHIN: Final = timedelta(seconds=30)
"""A new compile may be invisible for a moment; one that stays so is made again."""

A_LITTLE_EARLY: Final = 0.95
"""Of the shortest compile of late, when a new one is first looked at: so it is noticed when they become shorter."""

LOST_LEASE: Final = Requeue(timedelta(0), "the project, which another job prepared meanwhile")


def compile_project(runtime: Runtime, job: Job) -> Outcome:
    """Ask for a compile of what the project holds now, which is the bundle: the lease was ours throughout."""
    if was_asked_for(job):
        return ASKED_FOR
    if (known := compile_known(runtime, job)) is not None:
        return known
    if job.project_id is None or job.bundle is None:
        return Requeue(timedelta(0), "its upload")
    if not _renewed(runtime, job):
        return LOST_LEASE
    if (pending := latest_compile(runtime, job)) is not None and pending.ended_at is None:
        return Advance("a compile of this bundle is under way")
    if not runtime.settings.quantconnect.auto_compile:
        return Fail("not_compiled", "This code has no good compile yet, and the setting auto_compile is off.")
    made = runtime.api.compiles.create(job.project_id)
    with runtime.ledger.writing() as tables:
        tables.projects.write_compile(
            job.account,
            job.project_id,
            job.bundle,
            compile_id=made.compile_id,
            state=made.state or "",
            logs=None,
            lean_version=None,
            started_at=runtime.clock(),
            ended_at=None,
        )
    return Advance(f"compile {made.compile_id}")


def poll_compile(runtime: Runtime, job: Job) -> Outcome:
    """Look whether the compile has ended."""
    if was_asked_for(job):
        return ASKED_FOR
    if (known := compile_known(runtime, job)) is not None:
        return known
    pending = latest_compile(runtime, job)
    if job.project_id is None or job.bundle is None or pending is None or not _renewed(runtime, job):
        return LOST_LEASE
    elapsed = runtime.clock() - pending.started_at
    if (wait := _first_look(runtime, job) - elapsed) > SHORTEST:
        return Wait(wait, "the compile")
    try:
        answer = runtime.api.compiles.read(job.project_id, pending.compile_id)
    except NotFound as error:
        if elapsed > APPEARS_WITHIN:
            raise CompileNotFound(str(error)) from error
        answer = None
    if answer is None or answer.pending:
        return _wait_or_give_up(runtime, job, elapsed, seen=answer is not None)
    logs = "\n".join(answer.logs)
    version = _LEAN_VERSION.search(logs)
    with runtime.ledger.writing() as tables:
        tables.projects.write_compile(
            job.account,
            job.project_id,
            job.bundle,
            compile_id=pending.compile_id,
            state=answer.state or "",
            logs=logs,
            lean_version=version.group(1) if version else None,
            started_at=pending.started_at,
            ended_at=runtime.clock(),
        )
        tables.projects.release(project_lease(job), job.id)
        if answer.succeeded:
            tables.jobs.write(job, compile_id=pending.compile_id)
    return Advance(f"built in {elapsed.total_seconds():.1f} s") if answer.succeeded else build_error(logs)


def _wait_or_give_up(runtime: Runtime, job: Job, elapsed: timedelta, *, seen: bool) -> Outcome:
    if elapsed > timedelta(minutes=runtime.settings.deadlines.compile_minutes):
        if job.project_id is not None and job.bundle is not None:
            with runtime.ledger.writing() as tables:
                tables.projects.forget_compile(job.account, job.project_id, job.bundle)
        limit = runtime.settings.deadlines.compile_minutes
        return Fail("compile_timeout", f"The compile did not end within {limit:g} minutes. Submit the job again.")
    # QuantConnect's own tests look every 2 s; builds of a few seconds are noticed sooner.
    delay = min(max(elapsed * 0.25, SHORTEST), timedelta(seconds=5))
    return Wait(delay, "the compile" if seen else "the compile to appear")


def _first_look(runtime: Runtime, job: Job) -> timedelta:
    """How long after its beginning a compile may have ended, by experience; no longer than the lease bears."""
    with runtime.ledger.reading() as tables:
        known = tables.projects.shortest_compile(job.account) or timedelta()
    return min(known * A_LITTLE_EARLY, timedelta(seconds=20))


def _renewed(runtime: Runtime, job: Job) -> bool:
    with runtime.ledger.writing() as tables:
        return tables.projects.renew(project_lease(job), job.id, PREPARING)
