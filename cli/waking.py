"""Waking the workers after a command wrote to the ledger: they see to it now instead of at their next tick."""

from __future__ import annotations

from orchestrator.errors import RedisUnavailable
from orchestrator.preflight import require_redis
from orchestrator.settings import Settings


def wake_workers(settings: Settings, *, urgent: bool = False) -> None:
    """Wake them if Redis answers. Otherwise nothing is lost: the ledger holds it, and a tick finds it there.

    Args:
        settings: Of this process.
        urgent: Wake those that are kept for what is urgent.
    """
    try:
        require_redis(settings)
    except RedisUnavailable:
        return
    # Celery is slow to import, and the app must be there before a message can find its way.
    from tasks.wake import wake, wake_control  # noqa: PLC0415
    from workers.celery import app  # noqa: PLC0415

    app.set_current()
    wake_control() if urgent else wake()
