"""Printing sweeps: tables for people, JSON for machines. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table
from rich.text import Text

from cli import render
from orchestrator.jobs import Job, Result
from orchestrator.states import JobState
from orchestrator.sweeps.preview import Preview
from orchestrator.sweeps.sweep import Standing, Sweep


def as_json(sweep: Sweep, standing: Standing) -> dict[str, Any]:
    """A sweep for machines; the keys are stable."""
    return {
        "sweep_id": sweep.id,
        "name": sweep.name,
        "state": state_of(sweep, standing),
        "account": sweep.account,
        "source": sweep.source,
        "note": sweep.note,
        "points": sweep.points,
        "jobs": {str(state): count for state, count in standing.counts.items()},
        "paused": sweep.paused,
        "most_nodes": sweep.most_nodes,
        "rerun_of": sweep.rerun_of,
        "plan": dict(sweep.plan),
        "created_at": sweep.created_at,
        "ended_at": sweep.ended_at,
    }


def preview_as_json(preview: Preview, much: Sequence[str]) -> dict[str, Any]:
    """A preview for machines."""
    return {
        "points": preview.points,
        "excluded": preview.excluded,
        "repeated": preview.repeated,
        "reused": preview.reused,
        "to_run": preview.to_run,
        "nodes": preview.nodes,
        "ahead": preview.ahead,
        "requests": preview.requests,
        "seconds_each": None if preview.each is None else preview.each.total_seconds(),
        "node_hours": preview.node_hours,
        "hours": preview.hours,
        "ends_at": preview.ends_at,
        "asks_first": list(much),
    }


def state_of(sweep: Sweep, standing: Standing) -> str:
    """In a word."""
    if standing.has_ended:
        return "ended"
    if sweep.paused:
        return "paused"
    return "running" if standing.counts[JobState.RUNNING] or standing.ended else "queued"


def counts(standing: Standing) -> Text:
    """Jobs by state, each in its colour; states without jobs are left out."""
    told = [
        Text(f"{count:,} {state}", style=render.COLOURS[state]) for state, count in standing.counts.items() if count
    ]
    if standing.paused:
        told.append(Text(f"{standing.paused:,} held back", style="bold"))
    return Text(" · ").join(told) if told else Text("no jobs")


def sweeps_table(sweeps: Sequence[tuple[Sweep, Standing]]) -> Table:
    """One line for each, newest first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("sweep", "state", "done", "name", "submitted", "jobs"):
        table.add_column(heading, no_wrap=heading != "name", overflow="fold")
    for sweep, standing in sweeps:
        table.add_row(
            sweep.id,
            state_of(sweep, standing),
            f"{standing.ended:,}/{standing.total:,}",
            Text(sweep.name if sweep.note is None else f"{sweep.name} ({sweep.note})"),
            local(sweep.created_at),
            counts(standing),
        )
    return table


def preview_table(preview: Preview) -> Table:
    """What a sweep will cost."""
    left_out = [(preview.excluded, "excluded by constraints"), (preview.repeated, "named twice")]
    told = ", ".join(f"{count:,} {why}" for count, why in left_out if count)
    table = Table(box=None, show_header=False, pad_edge=False)
    rows: Mapping[str, str | None] = {
        "points": f"{preview.points:,}" + (f"  ({told})" if told else ""),
        "from the ledger": f"{preview.reused:,}" if preview.reused else None,
        "backtests": f"{preview.to_run:,}",
        "nodes": f"{preview.nodes:,} at once",
        "ahead": f"{preview.ahead:,} backtests in the queue" if preview.ahead else None,
        "requests": f"about {preview.requests:,}",
        "each": None if preview.each is None else f"about {duration(preview.each)}",
        "node-hours": "unknown: this source has never run"
        if preview.node_hours is None
        else f"{preview.node_hours:,.2f}",
        "ends": None if preview.ends_at is None else f"{local(preview.ends_at)}, by past runs",
    }
    for name, value in rows.items():
        if value is not None:
            table.add_row(Text(name, style="bold"), value)
    return table


def best_table(rows: Sequence[tuple[Job, Result]], number: str) -> Table:
    """Parameters and numbers of some results, in their order."""
    names = sorted({name for job, _ in rows for name in job.parameters})
    names = [name for name in names if len({str(job.parameters.get(name)) for job, _ in rows}) > 1] or names
    labels = sorted({name for job, _ in rows for name in job.labels or {} if name != "note"})
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("job", *labels, *names):
        table.add_column(heading, no_wrap=True)
    usual = ("total_return", "sharpe_ratio", "max_drawdown", "win_rate", "total_orders")
    numbers = [*([number] if number not in usual else []), *usual]
    for heading in numbers:
        table.add_column(heading.replace("_", " "), justify="right", no_wrap=True)
    for job, result in rows:
        table.add_row(
            job.id[:8],
            *(Text(str((job.labels or {}).get(name, ""))) for name in labels),
            *(Text(str(job.parameters.get(name, ""))) for name in names),
            *(shown(name, result.numbers.get(name)) for name in numbers),
        )
    return table


FRACTIONS = frozenset({"total_return", "compounding_annual_return", "max_drawdown", "win_rate"})


def shown(name: str, value: object) -> str:
    """A number of a result as people read it."""
    return render.percent(value) if name in FRACTIONS else render.number(value)


def local(moment: datetime) -> str:
    """A moment in this machine's time zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def duration(length: timedelta) -> str:
    """As people say it."""
    seconds = round(length.total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours:,} h {minutes:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"
