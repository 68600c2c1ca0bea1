"""What the ledger already knows about a job's work, so that a step can skip itself."""

from __future__ import annotations

from typing import Final

from orchestrator.jobs import Job
from orchestrator.ledger.projects import KnownCompile
from orchestrator.outcomes import Advance, Fail, Outcome
from orchestrator.runtime import Runtime
from orchestrator.workflow.project import project_lease
from quantconnect.models.compiles import Compile

ASKED_FOR: Final = Advance("what the code is for was asked for already")


def was_asked_for(job: Job) -> bool:
    """Whether the backtest or deployment exists, or may exist: then nothing before it matters any more."""
    return any(one is not None for one in (job.backtest_id, job.deploy_id, job.create_intent_at))


def latest_compile(runtime: Runtime, job: Job) -> KnownCompile | None:
    """The latest compile of the job's bundle in its project, if any."""
    if job.project_id is None or job.bundle is None:
        return None
    with runtime.ledger.reading() as tables:
        return tables.projects.compile_of(job.account, job.project_id, job.bundle)


def compile_known(runtime: Runtime, job: Job) -> Outcome | None:
    """Advance where a good compile of this bundle is known, Fail where it is known not to build, None otherwise.

    A failed build counts only for jobs that were waiting for it: whoever submits the code again wants another try.
    """
    known = latest_compile(runtime, job)
    if known is None or known.ended_at is None:
        return None
    if Compile(state=known.state).succeeded:
        with runtime.ledger.writing() as tables:
            tables.jobs.write(job, compile_id=known.compile_id)
            tables.projects.release(project_lease(job), job.id)  # whatever the project holds, it is not needed
        return Advance("a good compile of this bundle is known")
    if known.ended_at >= job.created_at:
        return build_error(known.logs or "")
    return None


def build_error(logs: str) -> Fail:
    """The code does not build. The first line that names an error stands for the rest."""
    lines = [line for line in logs.splitlines() if line.strip()]
    told = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no reason was given")
    return Fail("build_error", told.strip(), logs or None)
