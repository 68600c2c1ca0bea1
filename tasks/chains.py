"""Chains, by kind of job. Whoever starts a run of a job does it here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import dropwhile
from typing import Any, Final

import structlog
from celery import Signature, Task, chain

from orchestrator.dispatcher import Start
from orchestrator.kinds import JobKind
from tasks import backtests, live

LINKS: Final[dict[JobKind, tuple[Task[Any, Any], ...]]] = {
    JobKind.BACKTEST: (
        backtests.upload,
        backtests.compile_,
        backtests.poll_compile,
        backtests.create,
        backtests.poll_results,
    ),
    JobKind.DEPLOY: (live.upload, live.compile_, live.poll_compile, live.deploy, live.confirm),
    JobKind.STOP: (live.stop,),
    JobKind.LIQUIDATE: (live.liquidate,),
    JobKind.COMMAND: (live.command,),
}

log = structlog.get_logger(__name__)


def send_looks(starts: Iterable[Start]) -> str:
    """Send the last link of runs that go on: they are to look at their backtests."""
    looking = list(starts)
    for start in looking:
        backtests.poll_results.si(job_id=start.job_id, run=start.run).apply_async()
    return f"{len(looking)} looks"


def send(starts: Iterable[Start]) -> str:
    """Send the chain of each run. The signatures are immutable: what a link needs, it reads from the ledger."""
    begun = list(starts)
    for start in begun:
        log.info("a run begins", job=start.job_id, run=start.run, kind=start.kind)
        chain(*(_signature(link, start) for link in _links(start))).apply_async()
    return f"{len(begun)} runs started"


def _links(start: Start) -> Iterator[Task[Any, Any]]:
    """From the step on that it begins with."""
    return dropwhile(lambda link: start.step not in {None, _step(link)}, LINKS[start.kind])


def _step(link: Task[Any, Any]) -> str:
    return link.name.rpartition(".")[2]


def _signature(link: Task[Any, Any], start: Start) -> Signature[Any]:
    """A message's id tells its job, its run and its step: so does every line that Celery logs, and Flower."""
    return link.si(job_id=start.job_id, run=start.run).set(task_id=f"{start.job_id}.{start.run}.{_step(link)}")
