"""A command to a live algorithm. It may buy something, so it is sent once or, when in doubt, not again."""

from __future__ import annotations

from orchestrator.jobs import Job
from orchestrator.outcomes import Confirm, Fail, Outcome
from orchestrator.runtime import Runtime
from orchestrator.workflow.asking import intending

IN_DOUBT = Fail(
    "in_doubt",
    "Nobody can tell whether the command was carried out: its answer was lost. Look at the algorithm's live log "
    "before you send it again.",
)


def send_command(runtime: Runtime, job: Job) -> Outcome:
    """Hand the command over: to one algorithm, or to all of the organization's where no project is named."""
    if job.create_intent_at is not None:
        return IN_DOUBT
    command = job.details["command"]
    with intending(runtime, job):
        if job.project_id is not None:
            runtime.api.live.commands.create(job.project_id, command)
        else:
            runtime.api.live.commands.broadcast(command, exclude_project_id=job.details.get("exclude_project_id"))
    return Confirm("QuantConnect has accepted the command", {"accepted_at": runtime.clock().isoformat()})
