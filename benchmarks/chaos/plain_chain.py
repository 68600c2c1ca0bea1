"""The plain Celery chain of `benchmarks.celery_chain`, made as robust as Celery's own settings make it.

Late acknowledgement, messages of dead workers handed out again after a minute (by default it is an hour), and every
error of the API retried with growing waits.
"""

from __future__ import annotations

from celery.app.autoretry import add_autoretry_behaviour

from benchmarks.celery_chain import app, compile_, create, make_project, push, send, wait_for_build, wait_for_result
from quantconnect import QuantConnectError

__all__ = ["app", "make_project", "send"]

app.conf.update(
    task_reject_on_worker_lost=True,
    broker_transport_options={"visibility_timeout": 60},
    broker_connection_retry_on_startup=True,
    task_publish_retry_policy={"max_retries": 100, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 1},
    worker_prefetch_multiplier=1,
)
for task in (push, compile_, wait_for_build, create, wait_for_result):
    add_autoretry_behaviour(
        task, autoretry_for=(QuantConnectError,), retry_backoff=True, retry_backoff_max=30, retry_kwargs={}
    )
