"""The timetable, looked at whenever beat ticks. A tick that is lost or late harms nothing: the next does its work."""

from __future__ import annotations

from celery import shared_task

from orchestrator.firing import run_due
from tasks.runtime import current
from tasks.upkeep import TICK
from tasks.wake import wake, wake_control


@shared_task(name="schedules.run", **TICK)
def run() -> str:
    """Accept the jobs whose time has come."""
    accepted = run_due(current())
    if any(job.kind.is_urgent for job in accepted):
        wake_control()
    if any(not job.kind.is_urgent for job in accepted):
        wake()
    return f"{len(accepted)} jobs accepted"
