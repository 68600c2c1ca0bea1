"""What is done to live algorithms: the links of a deployment's chain, and the single ones of the lane `control`."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task

from tasks.links import OPTIONS, link


@shared_task(name="live.upload", **OPTIONS)
def upload(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Bring the project's files to those of the bundle."""
    return link(self, "upload", job_id, run)


@shared_task(name="live.compile", **OPTIONS)
def compile_(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Ask for a compile."""
    return link(self, "compile", job_id, run)


@shared_task(name="live.poll_compile", **OPTIONS)
def poll_compile(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Wait for the compile."""
    return link(self, "poll_compile", job_id, run)


@shared_task(name="live.deploy", **OPTIONS)
def deploy(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Start the algorithm."""
    return link(self, "deploy", job_id, run)


@shared_task(name="live.confirm", **OPTIONS)
def confirm(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Read until it runs, or says why not."""
    return link(self, "confirm", job_id, run)


@shared_task(name="live.stop", **OPTIONS)
def stop(self: Task[Any, Any], job_id: str, run: int) -> str:
    """End it, and read until that is confirmed."""
    return link(self, "stop", job_id, run)


@shared_task(name="live.liquidate", **OPTIONS)
def liquidate(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Sell everything and end it, and read until that is confirmed."""
    return link(self, "liquidate", job_id, run)


@shared_task(name="live.command", **OPTIONS)
def command(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Hand a command over."""
    return link(self, "command", job_id, run)
