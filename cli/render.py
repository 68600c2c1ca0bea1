"""Printing: tables for people, JSON for machines. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from orchestrator.jobs import Job, Result
from orchestrator.links import link
from orchestrator.states import JobState

PAGE_WIDTH: Final = 200
"""Columns where there is no terminal: a file or a pipe takes a whole row of the results, link included."""


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or as a page where there is none."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = PAGE_WIDTH
    return made


out = console()
err = console(stderr=True)

COLOURS: Final = {
    JobState.QUEUED: "cyan",
    JobState.RUNNING: "yellow",
    JobState.COMPLETED: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "magenta",
}


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain, indent=2))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def job_as_json(job: Job, result: Result | None) -> dict[str, Any]:
    """A job and its result for machines; the keys are stable."""
    return {
        "job_id": job.id,
        "kind": str(job.kind),
        "name": job.name,
        "state": str(job.state),
        "waiting_for": job.waiting_for,
        "account": job.account,
        "source": job.source,
        "bundle": job.bundle,
        "git_commit": job.git_commit,
        "git_dirty": job.git_dirty,
        "parameters": dict(job.parameters),
        "priority": job.priority,
        "project_id": job.project_id,
        "compile_id": job.compile_id,
        "backtest_id": job.backtest_id,
        "deploy_id": job.deploy_id,
        "details": dict(job.details),
        "progress": job.progress,
        "statistics": None if result is None else dict(result.statistics),
        "numbers": None if result is None else dict(result.numbers),
        "synthetic": None if result is None else result.synthetic,
        "complete": None if result is None else result.complete,
        "lean_version": None if result is None else result.lean_version,
        "error": job.error,
        "error_kind": job.error_kind,
        "error_detail": job.error_detail,
        "sweep_id": job.sweep_id,
        "position": job.position if job.sweep_id is not None else None,
        "labels": job.labels,
        "paused": job.paused,
        "reused_from": job.reused_from,
        "retried_by": job.retried_by,
        "requests": job.requests,
        "runs": job.run,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "url": link(job),
    }


def state(job: Job) -> Text:
    """A state in its colour."""
    return Text(str(job.state), style=COLOURS[job.state])


def percent(value: object) -> str:
    """A fraction as a percentage."""
    return f"{value:.2%}" if isinstance(value, float | int) else "–"


def number(value: object) -> str:
    """A number, short."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else "–"


def seconds(job: Job) -> str:
    """From the first step to the end."""
    if job.started_at is None or job.ended_at is None:
        return "–"
    return f"{(job.ended_at - job.started_at).total_seconds():.1f} s"


Rows = Sequence[tuple[Job, Result | None]]


def print_results(rows: Rows) -> None:
    """The table, the links below it where the terminal is too narrow for them, and every error with its log."""
    table = results_table(rows, links=True)
    unlimited = out.options.update(max_width=100_000)  # else the table is measured as what the terminal leaves of it
    fits = Measurement.get(out, unlimited, table).maximum <= out.width
    out.print(table if fits else results_table(rows, links=False))
    for job, _ in rows:
        if not fits and (url := link(job)) is not None:
            out.print(Text.assemble((job.id[:8], "bold"), "  ", (url, "dim")), soft_wrap=True)
    for job, _ in rows:
        print_error(job)


def results_table(rows: Rows, *, links: bool) -> Table:
    """One line per job with the numbers people ask for first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("job", "name", "state"):
        table.add_column(heading, no_wrap=heading != "name", overflow="fold")
    for heading in ("return", "Sharpe", "drawdown", "win rate", "orders", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    if links:
        table.add_column("link", no_wrap=True)
    for job, result in rows:
        numbers: Mapping[str, object] = {} if result is None else result.numbers
        table.add_row(
            job.id[:8],
            Text(job.name),
            state(job),
            percent(numbers.get("total_return")),
            number(numbers.get("sharpe_ratio")),
            percent(numbers.get("max_drawdown")),
            percent(numbers.get("win_rate")),
            number(numbers.get("total_orders")),
            seconds(job),
            *([Text(link(job) or "–")] if links else []),
        )
    return table


def jobs_table(jobs: Sequence[Job], *, with_account: bool = False) -> Table:
    """The list of jobs. Times are those of this machine's time zone. The account is told where there are several."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    several = with_account and len({job.account for job in jobs}) > 1
    for heading in ("job", *(["account"] if several else []), "state", "progress", "name", "submitted", "what it does"):
        table.add_column(heading, no_wrap=heading in {"job", "state", "submitted"}, overflow="fold")
    for job in jobs:
        doing = job.error or job.waiting_for or (f"step {job.step}" if job.state is JobState.RUNNING else "")
        table.add_row(
            job.id[:8],
            *([job.account] if several else []),
            state(job),
            percent(job.progress) if job.progress is not None else "",
            Text(job.name),
            f"{job.created_at.astimezone():%Y-%m-%d %H:%M:%S}",
            Text(doing),
        )
    return table


def print_error(job: Job) -> None:
    """Why a job failed, with the build log or stack trace below it."""
    if job.error is None:
        return
    out.print(Text.assemble((f"{job.name}: ", "bold"), (job.error, "red")), soft_wrap=True)
    for line in (job.error_detail or "").splitlines()[:20]:
        if line.strip() and line.strip() != job.error:
            out.print(Text(f"    {line}", style="dim"), soft_wrap=True)
