"""The life of a worker, told by Celery's signals: logging first, the runtime before any work, all closed at the end."""

from __future__ import annotations

import logging
import sys
from dataclasses import asdict
from typing import Any, Final

import structlog
from celery import signals

from orchestrator.errors import NotReady, QcjobsError, Unavailable
from orchestrator.ledger import Ledger
from orchestrator.preflight import look
from orchestrator.rules import judge
from orchestrator.settings import Settings, load_settings
from quantconnect import QuantConnectError
from tasks import runtime as installed
from workers import presence, ticks, traces
from workers.bootstrap import build_runtime, start_logging
from workers.in_hand import runs_in_hand
from workers.leaving import insist

REFUSED: Final = 2  #: exit status of a worker that something is wrong for; the same as a command's
UNAVAILABLE: Final = 3  #: exit status where something does not answer: starting again may help

log = structlog.get_logger(__name__)


def connect() -> None:
    """Hear Celery's signals. Strongly, or they would fall silent without a word."""
    signals.setup_logging.connect(_log, weak=False)
    signals.worker_init.connect(_begin, weak=False)
    signals.worker_shutting_down.connect(insist, weak=False)
    signals.worker_shutdown.connect(_end, weak=False)
    signals.beat_init.connect(_beat, weak=False)


def _log(**_: Any) -> None:
    start_logging(load_settings())
    ticks.quieten()


def _begin(**_: Any) -> None:
    settings = load_settings()
    start_logging(settings)  # Celery asks for logging only after this
    try:
        traces.install(settings, "worker")
        check(settings)
        runtime = build_runtime(settings)
    except (QcjobsError, QuantConnectError) as error:
        # A worker without its runtime would take messages and could do nothing with them. An exception would only be
        # logged: Celery lets no receiver of a signal stop it.
        log.error("the worker does not start", error=str(error))  # noqa: TRY400 (it is written for people)
        sys.exit(UNAVAILABLE if isinstance(error, Unavailable) else REFUSED)
    runtime.keeper.start(also=runs_in_hand)
    installed.install(runtime)
    log.info("a worker begins", account=runtime.account, ledger=runtime.ledger.url)


def check(settings: Settings) -> None:
    """Look whether everything fits together; what is wrong is logged.

    Raises:
        NotReady: Something would lose or double work.
    """
    ledger = Ledger(settings.ledger_url)
    try:
        me = presence.of_this_worker(settings, ledger)
        problems = judge(look(settings, ledger, me))
    finally:
        ledger.close()
    for problem in problems:
        log.log(logging.ERROR if problem.refuses else logging.WARNING, "preflight", **asdict(problem))
    refusing = [problem for problem in problems if problem.refuses]
    if refusing:
        raise NotReady(" ".join(f"{problem.subject}: {problem.text} {problem.advice}" for problem in refusing))


def _beat(**_: Any) -> None:
    traces.install(load_settings(), "beat")


def _end(**_: Any) -> None:
    runtime = installed.current()
    installed.install(None)
    presence.end(runtime.settings)
    runtime.close()
