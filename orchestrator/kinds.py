"""What jobs there are, and what tells one kind from another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from orchestrator.events import EventType


class JobKind(StrEnum):
    """What a job does in the cloud."""

    BACKTEST = "backtest"
    DEPLOY = "deploy"  #: start an algorithm that trades
    STOP = "stop"  #: end it; what it holds stays as it is
    LIQUIDATE = "liquidate"  #: sell everything it holds, and end it
    COMMAND = "command"  #: hand a message to it, or to all of an organization's

    @property
    def is_urgent(self) -> bool:
        """Whether it goes ahead of everything: by the lane `control`, with the requests that are kept for it."""
        return self in URGENT

    @property
    def needs_node(self) -> bool:
        """Whether it runs on a backtest node."""
        return self is JobKind.BACKTEST

    @property
    def trades(self) -> bool:
        """Whether it may move money."""
        return self is not JobKind.BACKTEST


URGENT: Final = (JobKind.STOP, JobKind.LIQUIDATE, JobKind.COMMAND)


@dataclass(frozen=True, slots=True)
class Story:
    """The events of a job's life."""

    accepted: EventType
    completed: EventType
    failed: EventType
    cancelled: EventType
    recovered: EventType


STORIES: Final = {
    JobKind.BACKTEST: Story(
        EventType.BACKTEST_QUEUED,
        EventType.BACKTEST_COMPLETED,
        EventType.BACKTEST_FAILED,
        EventType.BACKTEST_CANCELLED,
        EventType.BACKTEST_RECOVERED,
    ),
    JobKind.DEPLOY: Story(
        EventType.LIVE_DEPLOY_REQUESTED,
        EventType.LIVE_DEPLOYED,
        EventType.LIVE_DEPLOY_FAILED,
        EventType.LIVE_DEPLOY_CANCELLED,
        EventType.LIVE_RECOVERED,
    ),
    JobKind.STOP: Story(
        EventType.LIVE_STOP_REQUESTED,
        EventType.LIVE_STOPPED,
        EventType.LIVE_STOP_FAILED,
        EventType.LIVE_STOP_CANCELLED,
        EventType.LIVE_RECOVERED,
    ),
    JobKind.LIQUIDATE: Story(
        EventType.LIVE_LIQUIDATE_REQUESTED,
        EventType.LIVE_LIQUIDATED,
        EventType.LIVE_LIQUIDATE_FAILED,
        EventType.LIVE_LIQUIDATE_CANCELLED,
        EventType.LIVE_RECOVERED,
    ),
    JobKind.COMMAND: Story(
        EventType.LIVE_COMMAND_REQUESTED,
        EventType.LIVE_COMMAND_SENT,
        EventType.LIVE_COMMAND_FAILED,
        EventType.LIVE_COMMAND_CANCELLED,
        EventType.LIVE_RECOVERED,
    ),
}
"""By kind."""
