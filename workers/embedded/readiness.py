"""Loaded into the embedded worker: leaves a file when the worker takes tasks, for the supervisor to see.

The file's path comes in QCJOBS_READY_FILE. Asking over the broker instead would need a second Celery app and seconds.
"""

import os
from pathlib import Path

from celery.signals import worker_ready


@worker_ready.connect(weak=False)
def leave_file(**_: object) -> None:
    """Tell the supervisor, if there is one."""
    if path := os.environ.get("QCJOBS_READY_FILE"):
        Path(path).touch()
