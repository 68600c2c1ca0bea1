"""FLOOR 1: jobs as a domain. Knows the library below it, its ledger and Redis; has not heard of Celery.

from orchestrator import submit_backtest
"""

from orchestrator.jobs import Job, Result
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState
from orchestrator.submission import JobHandle, get_job, submit_backtest

__all__ = ["Job", "JobHandle", "JobState", "Result", "Settings", "get_job", "load_settings", "submit_backtest"]
