"""What a worker has taken from Redis and not begun yet: it is in its hands like the steps that it is at work on."""

from __future__ import annotations

from celery.worker import state
from celery.worker.request import Request


def runs_in_hand() -> set[tuple[str, int]]:
    """Job ids and run numbers of the steps that wait for a thread of this worker, those under way included."""
    found: set[tuple[str, int]] = set()
    for request in _reserved():
        told = request.kwargs if isinstance(request.kwargs, dict) else {}
        if "job_id" in told and isinstance(told.get("run"), int):
            found.add((str(told["job_id"]), told["run"]))
    return found


def _reserved() -> list[Request]:
    while True:
        try:
            return list(state.reserved_requests)
        except RuntimeError:  # it grew meanwhile
            continue
