"""The Celery app: what `celery -A workers` finds.

Importing this reads no file and opens nothing; the settings are read when Celery first needs its configuration.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Exchange, Queue

from orchestrator.errors import RedisUnavailable
from orchestrator.settings import load_settings
from schedules import BEAT_SCHEDULE
from tasks import lanes
from workers import beat, life, presence, pulse, transport

VISIBILITY_TIMEOUT = 900
"""Seconds after which Redis hands an unacknowledged message out again. Far above the longest wait (30 s) plus step; a
message that comes twice is harmless, and a lost one is the reconciler's, long before."""


def configuration() -> dict[str, Any]:
    """Celery's settings.

    Raises:
        RedisUnavailable: No Redis is configured and none is embedded.
    """
    settings = load_settings()
    if settings.redis_url is None:
        raise RedisUnavailable("No Redis is configured: set QCJOBS_REDIS_URL, or start the services with `qcjobs up`.")
    redis_url = settings.redis_url.get_secret_value()
    broker = transport.broker(redis_url)
    return {
        **broker,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 25,
            "global_keyprefix": f"{settings.redis_prefix}:",
            **broker["broker_transport_options"],
        },
        # The next link must not be lost to a Redis that restarts: without a number, Celery gives up after a second.
        "task_publish_retry_policy": {
            "max_retries": 300,
            "interval_start": 0.1,
            "interval_step": 0.2,
            "interval_max": 1,
        },
        "task_ignore_result": True,  # the ledger holds the results
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_queues": [Queue(lane, Exchange(lane), routing_key=lane) for lane in lanes.ALL],
        "task_default_queue": lanes.BACKTESTS,
        "task_routes": lanes.ROUTES,
        "worker_pool": "threads",
        "worker_concurrency": settings.worker.concurrency,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": True,
        "worker_soft_shutdown_timeout": 10.0,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "beat_schedule": BEAT_SCHEDULE,
        "timezone": "UTC",
        **beat.configuration(redis_url, settings.redis_prefix),
    }


app = Celery("qcjobs", include=["tasks.backtests", "tasks.live", "tasks.schedules", "tasks.upkeep"])
app.add_defaults(configuration)
life.connect()
presence.connect()
pulse.connect()
transport.install()
