"""The five links of a backtest's chain."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task

from tasks.links import OPTIONS, link


@shared_task(name="backtest.upload", **OPTIONS)
def upload(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Bring the project's files to those of the bundle."""
    return link(self, "upload", job_id, run)


@shared_task(name="backtest.compile", **OPTIONS)
def compile_(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Ask for a compile."""
    return link(self, "compile", job_id, run)


@shared_task(name="backtest.poll_compile", **OPTIONS)
def poll_compile(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Wait for the compile."""
    return link(self, "poll_compile", job_id, run)


@shared_task(name="backtest.create", **OPTIONS)
def create(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Start the backtest."""
    return link(self, "create", job_id, run)


@shared_task(name="backtest.poll_results", **OPTIONS)
def poll_results(self: Task[Any, Any], job_id: str, run: int) -> str:
    """Wait for the backtest, and keep what it says."""
    return link(self, "poll_results", job_id, run)
