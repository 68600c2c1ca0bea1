"""What a schedule does when its time comes.

Each action prepares outside of any transaction (reads the folder, checks), and returns what writes the job down within
one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from orchestrator.errors import WrongUse
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.ledger import Tables
from orchestrator.live import end_within
from orchestrator.schedule_settings import BacktestRequest, ScheduleSettings
from orchestrator.settings import Settings
from orchestrator.submission import accept_within, source_of, submission_of

Accept = Callable[..., Job]
"""Adds the job within the transaction of the tables it is given; keywords are what else its event says."""


def prepare(settings: Settings, schedule: ScheduleSettings) -> Accept:
    """Get ready to do what the schedule is for.

    Raises:
        QcjobsError: It cannot be done; the text says why.
        MissingCredentials: Nobody to be at QuantConnect.
    """
    if schedule.backtest is not None:
        return _backtest(settings, schedule.backtest)
    if schedule.stop is not None:
        return partial(_end, settings, schedule.stop.project, JobKind.STOP)
    if schedule.liquidate is not None:
        return partial(_end, settings, schedule.liquidate.project, JobKind.LIQUIDATE)
    raise WrongUse("This schedule has nothing to do.")


def _backtest(settings: Settings, request: BacktestRequest) -> Accept:
    submission = submission_of(
        source_of(settings, request.source),
        request.name,
        request.project,
        request.parameters,
        request.priority,
        replace=request.replace,
    )

    def accept(tables: Tables, **told: str) -> Job:
        return accept_within(tables, settings, submission, **told)

    return accept


def _end(settings: Settings, project: int, kind: JobKind, tables: Tables, **told: str) -> Job:
    return end_within(tables, settings, project, kind, **told)
