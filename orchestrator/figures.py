"""The figures of the whole house, read from the ledger and from Redis at the moment somebody asks.

Nothing here lives in a process's memory, so the figures are right whichever process died a moment ago. What is pruned
is counted no more.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from orchestrator.ledger import Ledger
from orchestrator.ledger.database import reading
from orchestrator.ledger.schema import accounts, deliveries, events, jobs
from orchestrator.states import JobState

LAG_WINDOW: Final = timedelta(hours=1)
"""The detection lag is told of the jobs that ended within this time."""

AT_A_TIME: Final = 1000
"""So many of them are in memory as rows; at ten a second there are 36,000, and each scrape looks at all."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the house noticed that backtests had ended: at most so many seconds each.

    Counted from the last look that found the backtest running to the event that says it has ended, since QuantConnect
    does not tell when a backtest ended.
    """

    count: int
    median: float | None  #: seconds
    worst: float | None  #: seconds


@dataclass(frozen=True, slots=True)
class Figures:
    """What the ledger knows at one moment."""

    jobs: Mapping[tuple[str, str, JobState], int]  #: by account, kind and state
    running_steps: Mapping[tuple[str, str], int]  #: running jobs by account and step
    oldest_queued: Mapping[tuple[str, str], float]  #: seconds since it was accepted, by account and kind
    nodes: Mapping[str, int]  #: as QuantConnect said, by account
    nodes_used: Mapping[str, int]  #: by account
    lag: Mapping[str, Lag]  #: by account
    events: Mapping[str, int]  #: in the ledger, by type
    deliveries: Mapping[tuple[str, str], int]  #: by handler and state: delivered, due, given up
    oldest_due: float  #: seconds that the most overdue delivery waits
    unannounced: int  #: events whose deliveries are not written yet

    @property
    def accounts(self) -> list[str]:
        """Everybody who has a job."""
        return sorted({account for account, _, _ in self.jobs} | set(self.nodes))


def read_figures(ledger: Ledger) -> Figures:
    """Read them all from one consistent view.

    Raises:
        LedgerUnavailable: The database does not answer.
    """
    with reading(ledger.engine) as connection:
        return _Reader(connection, ledger).figures()


class _Reader:
    def __init__(self, connection: sa.Connection, ledger: Ledger) -> None:
        self._connection = connection
        self._now = ledger.clock()

    def figures(self) -> Figures:
        by_state = sa.select(jobs.c.account, jobs.c.kind, jobs.c.state, sa.func.count())
        by_step = sa.select(jobs.c.account, sa.func.coalesce(jobs.c.step, ""), sa.func.count())
        running = jobs.c.state == JobState.RUNNING
        return Figures(
            jobs={
                (account, kind, JobState(state)): count
                for account, kind, state, count in self._all(
                    by_state.group_by(jobs.c.account, jobs.c.kind, jobs.c.state)
                )
            },
            running_steps={
                (account, step): count
                for account, step, count in self._all(by_step.where(running).group_by(jobs.c.account, jobs.c.step))
            },
            oldest_queued=self._oldest_queued(),
            nodes={
                account: count
                for account, count in self._all(sa.select(accounts.c.account, accounts.c.nodes))
                if count is not None
            },
            nodes_used=dict(
                self._all(
                    sa.select(jobs.c.account, sa.func.count()).where(running, jobs.c.has_slot).group_by(jobs.c.account)
                )
            ),
            lag=self._lag(),
            events=dict(self._all(sa.select(events.c.type, sa.func.count()).group_by(events.c.type))),
            deliveries=self._deliveries(),
            oldest_due=self._age(self._connection.scalar(sa.select(sa.func.min(deliveries.c.due_at)))),
            unannounced=self._connection.scalar(
                sa.select(sa.func.count()).select_from(events).where(events.c.announced_at.is_(None))
            )
            or 0,
        )

    def _all(self, query: sa.Select[Any]) -> list[Any]:
        return [tuple(row) for row in self._connection.execute(query)]

    def _age(self, moment: Any) -> float:
        return 0.0 if moment is None else max((self._now - moment).total_seconds(), 0.0)

    def _oldest_queued(self) -> dict[tuple[str, str], float]:
        query = (
            sa.select(jobs.c.account, jobs.c.kind, sa.func.min(jobs.c.created_at))
            .where(jobs.c.state == JobState.QUEUED)
            .group_by(jobs.c.account, jobs.c.kind)
        )
        return {(account, kind): self._age(oldest) for account, kind, oldest in self._all(query)}

    def _lag(self) -> dict[str, Lag]:
        last_seen = sa.func.coalesce(jobs.c.seen_running_at, jobs.c.backtest_created_at, type_=jobs.c.ended_at.type)
        query = (
            sa.select(jobs.c.account, jobs.c.ended_at, last_seen)
            .where(jobs.c.state.in_([JobState.COMPLETED, JobState.FAILED]), jobs.c.backtest_created_at.is_not(None))
            .where(jobs.c.ended_at >= self._now - LAG_WINDOW)
        )
        found: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        for account, ended, seen in self._connection.execute(query.execution_options(yield_per=AT_A_TIME)):
            found[account].append(max((ended - seen).total_seconds(), 0.0))
        return {
            account: Lag(len(lags), sorted(lags)[len(lags) // 2], max(lags)) for account, lags in sorted(found.items())
        }

    def _deliveries(self) -> dict[tuple[str, str], int]:
        state = sa.case(
            (deliveries.c.delivered_at.is_not(None), "delivered"),
            (deliveries.c.due_at.is_not(None), "due"),
            else_="given up",
        )
        query = sa.select(deliveries.c.handler, state, sa.func.count()).group_by(deliveries.c.handler, state)
        return {(handler, name): count for handler, name, count in self._all(query)}
