"""Who runs next. Ticked by beat, and woken whenever a job is submitted or gives its node back.

What is urgent (`JobKind.is_urgent`) does not come by here: `orchestrator.control` begins it at once.

The dispatcher gives each free node to the job whose turn it is: the highest priority first, then the sweep that has the
fewest nodes (the jobs that belong to no sweep count as one), then age. While nodes are busy it lets a job of each
bundle that is not compiled yet begin without one: it is uploaded and compiled, and goes back to the queue, so that a
node that falls free gets a backtest at once. A job that waits costs no message and no request, and a decision costs the
same however many wait.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from orchestrator import capacity
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.leases import HOLD
from orchestrator.ledger import Tables
from orchestrator.ledger.jobs import UnderWay
from orchestrator.runtime import Runtime

WINDOW = 20
"""So many jobs of each sweep are looked at for one to prepare, and so many are cancelled in one go."""


CREATE = "create"
"""The step that a backtest with a known compile begins with."""


class Start(NamedTuple):
    """A run that is to begin: somebody has to send its chain."""

    job_id: str
    run: int  #: its number
    kind: JobKind
    step: str | None = None  #: with which its chain begins; None: with the first


class Grounds(NamedTuple):
    """What a choice rests on besides the queue, whose jobs are started only as they were read."""

    running: list[UnderWay]
    slots: int  #: so many may have a node
    refused: str | None  #: why these credentials must not be used


def dispatch(runtime: Runtime) -> list[Start]:
    """Move jobs from the queue to RUNNING; the caller sends a chain for each."""
    with runtime.ledger.reading() as tables:  # everybody else may write meanwhile
        grounds = _grounds(runtime, tables)
        chosen = _choose(runtime, tables, grounds)
    if not chosen:
        return []
    lease_until = runtime.clock() + HOLD
    with runtime.ledger.writing() as tables:
        tables.alone(f"dispatch {runtime.account}")  # two dispatchers would count the same free nodes
        if (changed := _grounds(runtime, tables)) != grounds:
            chosen = _choose(runtime, tables, changed)
        started = []
        for job, has_slot in chosen:
            # Where all is prepared, three links would do nothing but say so.
            known = tables.queue.compiled(job) if has_slot else None
            if tables.jobs.start(job, lease_until, has_slot=has_slot, **(known or {})):
                started.append(Start(job.id, job.run + 1, job.kind, None if known is None else CREATE))
        return started


def _grounds(runtime: Runtime, tables: Tables) -> Grounds:
    return Grounds(
        tables.jobs.under_way(runtime.account),
        capacity.slots_in(tables, runtime),
        tables.accounts.refused(runtime.account, runtime.fingerprint),
    )


def _choose(runtime: Runtime, tables: Tables, grounds: Grounds) -> list[tuple[Job, bool]]:
    """The jobs to start, and whether each gets a node."""
    if grounds.refused:
        return []
    running = grounds.running
    chosen = [(job, False) for job in tables.queue.to_cancel(runtime.account, WINDOW)]
    if not tables.accounts.proven(runtime.account, runtime.fingerprint):
        # One job tries the credentials. Several at once would be several bad logins, and those lock the account.
        return [] if running else [*chosen, *_one(tables, runtime.account)][:1]
    chosen += [(job, False) for job in tables.queue.deployments(runtime.account, WINDOW)]
    free = grounds.slots - sum(1 for job in running if job.has_slot)
    to_prepare = runtime.settings.dispatch.look_ahead - sum(1 for job in running if job.is_preparing)
    if free <= 0 and to_prepare <= 0:
        return chosen
    seen_to = {_code(job) for job in running if job.compile_id is None}  # in the making, or known to be compiled
    for job in _turns(tables, runtime.account, running, max(free, 0)):
        if free > 0:
            free -= 1
            chosen.append((job, True))
            seen_to.add(_code(job))
        elif to_prepare <= 0:
            break
        elif job.compile_id is None and _code(job) not in seen_to:
            seen_to.add(_code(job))
            if not tables.queue.compiled(job):
                to_prepare -= 1
                chosen.append((job, False))
    return chosen


def _one(tables: Tables, account: str) -> list[tuple[Job, bool]]:
    """The first job of all."""
    deployments = [(job, False) for job in tables.queue.deployments(account, 1)]
    return deployments or [(job, True) for job in itertools.islice(_turns(tables, account, [], 0), 1)]


def _turns(tables: Tables, account: str, running: list[UnderWay], free: int) -> Iterator[Job]:
    """The queue in its order, sweep by sweep in turn: whoever has the fewest nodes is next."""
    has = Counter(job.sweep_id for job in running if job.has_slot)
    groups = tables.queue.groups(account)
    most = tables.queue.most_nodes(group for group in groups if group is not None)
    waiting = {group: deque(tables.queue.first_of(account, group, free + WINDOW)) for group in groups}
    heap: list[tuple[int, int, datetime, int, str, str | None]] = []

    def line_up(group: str | None) -> None:
        if waiting[group] and (group is None or has[group] < most.get(group, has[group] + 1)):
            job = waiting[group][0]
            heapq.heappush(heap, (-job.priority, has[group], job.created_at, job.position, job.id, group))

    for group in groups:
        line_up(group)
    while heap:
        group = heapq.heappop(heap)[-1]
        has[group] += 1
        yield waiting[group].popleft()
        line_up(group)


def _code(job: Job | UnderWay) -> tuple[str, str | None]:
    return job.project_key, job.bundle
