"""The states of a job, and the moves between them, as one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a job stands. Celery's own task states are not used: the ledger is the truth."""

    QUEUED = "queued"  #: accepted, waits for its turn; costs no message and no request
    RUNNING = "running"  #: a chain is under way, or its lease ran out and the reconciler will start another
    COMPLETED = "completed"  #: the backtest ended well and its result is in the ledger
    FAILED = "failed"  #: it ended otherwise; the error says why
    CANCELLED = "cancelled"  #: somebody stopped it; nothing of it runs any more

    @property
    def is_terminal(self) -> bool:
        """Whether nothing follows."""
        return self not in MOVES


MOVES: Final[dict[JobState, frozenset[JobState]]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}),
    # Back to QUEUED: it waits for a node, for credentials, or for its turn, without a worker and without a message.
    JobState.RUNNING: frozenset({JobState.QUEUED, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED}),
}
"""A state absent from the left is terminal."""
