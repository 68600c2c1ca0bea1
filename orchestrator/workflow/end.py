"""Stop and liquidate: ask, and read until the end is confirmed. Asked again for as long as it is not.

Both may be repeated: they name the project, and ending what has ended changes nothing. So after any doubt the request
is simply made again, at once; what must never happen is that nobody asks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.outcomes import Confirm, Fail, Outcome, Wait
from orchestrator.runtime import Runtime
from orchestrator.workflow.deploy import described, note_live
from orchestrator.workflow.doubt import CLOCKS_DIFFER
from quantconnect import InvalidRequest, NotFound
from quantconnect.models.enums import LiveStatus
from quantconnect.models.ids import ProjectId
from quantconnect.models.live import Live

LOOK_EVERY: Final = timedelta(seconds=1)

ASK_AGAIN_AFTER: Final = timedelta(seconds=20)
"""So long an accepted request may take to show; then it is made again."""

SELLS_WITHIN: Final = timedelta(seconds=60)
"""An algorithm that was seen to end otherwise may still be shown as liquidated so much later."""


def end_live(runtime: Runtime, job: Job) -> Outcome:
    """Ask for the end if nobody has done so lately, and look whether it has come."""
    if job.project_id is None:
        return Fail("invalid", "A project is to be named whose algorithm is to end.")
    accepted_at = job.details.get("accepted_at")
    if accepted_at is not None:
        live = runtime.api.live.read(job.project_id)
        note_live(runtime, job, live)
        if live.ended:
            return _ended(runtime, job, live)
        if runtime.clock() - datetime.fromisoformat(accepted_at) < ASK_AGAIN_AFTER:
            return Wait(LOOK_EVERY, f"the algorithm to end (it is {live.status})")
    return _ask(runtime, job, job.project_id)


def _ask(runtime: Runtime, job: Job, project_id: ProjectId) -> Outcome:
    try:
        if job.kind is JobKind.LIQUIDATE:
            runtime.api.live.liquidate(project_id)
        else:
            runtime.api.live.stop(project_id)
    except (InvalidRequest, NotFound) as refusal:
        return _refused(runtime, job, project_id, refusal)
    _note(runtime, job, accepted_at=runtime.clock().isoformat())
    return Wait(LOOK_EVERY / 2, "the confirmation")


def _refused(runtime: Runtime, job: Job, project_id: ProjectId, refusal: Exception) -> Outcome:
    """Nothing may be running, or it may not be ready to end."""
    try:
        live = runtime.api.live.read(project_id)
    except (InvalidRequest, NotFound):
        return Fail("not_live", f"Nothing of project {project_id} runs live: {refusal}")
    if live.ended:
        return _ended(runtime, job, live)
    minutes = runtime.settings.deadlines.control_minutes
    if runtime.clock() - job.created_at > timedelta(minutes=minutes):
        message = f"QuantConnect has refused it for {minutes:g} minutes, and the algorithm still runs: {refusal}"
        return Fail("refused", message)
    return Wait(2 * LOOK_EVERY, f"QuantConnect, which refuses it ({refusal})")


def _ended(runtime: Runtime, job: Job, live: Live) -> Outcome:
    facts = described(live)
    if job.kind is not JobKind.LIQUIDATE or live.status == LiveStatus.LIQUIDATED:
        return Confirm(f"deployment {live.deploy_id} is {live.status}", facts)
    ended_at = job.details.get("ended_otherwise_at")
    ended_before = live.stopped is not None and live.stopped < job.created_at - CLOCKS_DIFFER
    if job.details.get("accepted_at") is not None and ended_at is None and not ended_before:
        _note(runtime, job, ended_otherwise_at=runtime.clock().isoformat())
        return Wait(LOOK_EVERY, f"the liquidation to show (the algorithm is {live.status})")
    if ended_at is not None and runtime.clock() - datetime.fromisoformat(ended_at) < SELLS_WITHIN:
        return Wait(2 * LOOK_EVERY, f"the liquidation to show (the algorithm is {live.status})")
    message = (
        f"The algorithm of project {job.project_id} has ended as {live.status}, not as Liquidated: what it held may "
        f"still be held. Look at the account at {live.brokerage or 'the brokerage'}."
    )
    return Fail("not_liquidated", message)


def _note(runtime: Runtime, job: Job, **facts: Any) -> None:
    with runtime.ledger.writing() as tables:
        tables.jobs.write(job, details={**job.details, **facts})
