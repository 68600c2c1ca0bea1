"""The life of a worker, told by Celery's signals: logging first, the runtime before any work, all closed at the end."""

from __future__ import annotations

from typing import Any

import structlog
from celery import signals

from orchestrator.settings import load_settings
from tasks import runtime as installed
from workers import traces
from workers.bootstrap import build_runtime, start_logging

log = structlog.get_logger(__name__)


def connect() -> None:
    """Hear Celery's signals. Strongly, or they would fall silent without a word."""
    signals.setup_logging.connect(_log, weak=False)
    signals.worker_init.connect(_begin, weak=False)
    signals.worker_shutdown.connect(_end, weak=False)
    signals.beat_init.connect(_beat, weak=False)


def _log(**_: Any) -> None:
    start_logging(load_settings())


def _begin(**_: Any) -> None:
    settings = load_settings()
    start_logging(settings)  # Celery asks for logging only after this
    traces.install(settings, "worker")
    runtime = build_runtime(settings)
    runtime.keeper.start()
    installed.install(runtime)
    log.info("a worker begins", account=runtime.account, ledger=runtime.ledger.url)


def _beat(**_: Any) -> None:
    traces.install(load_settings(), "beat")


def _end(**_: Any) -> None:
    runtime = installed.current()
    installed.install(None)
    runtime.close()
