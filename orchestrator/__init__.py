"""FLOOR 1: jobs as a domain. Knows the library below it, its ledger and Redis; has not heard of Celery.

from orchestrator import submit_backtest, submit_sweep
"""

from orchestrator.jobs import Job, Result
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState
from orchestrator.submission import JobHandle, get_job, submit_backtest
from orchestrator.sweeps.handle import SweepHandle
from orchestrator.sweeps.submission import get_sweep, submit_sweep

__all__ = [
    "Job",
    "JobHandle",
    "JobState",
    "Result",
    "Settings",
    "SweepHandle",
    "get_job",
    "get_sweep",
    "load_settings",
    "submit_backtest",
    "submit_sweep",
]
