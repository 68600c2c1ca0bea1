"""Writes every event to the log."""

from __future__ import annotations

import structlog

from orchestrator.events import Event

log = structlog.get_logger(__name__)


def write_to_log(event: Event) -> None:
    """One line per event."""
    log.info("event", event_id=event.id, type=event.type, job=event.job_id, run=event.run, data=event.data)
