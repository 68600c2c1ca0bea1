"""`qcjobs jobs | show | wait | cancel`: what the ledger knows, and what it is asked to stop."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli import render
from cli.amounts import SECONDS
from cli.epilog import examples
from cli.failures import JOB_FAILED, told_plainly
from cli.progress import follow
from cli.sweep_watching import end_with, follow_sweep
from cli.sweeps import show_sweep
from cli.waking import wake_workers
from orchestrator import JobHandle, SweepHandle, get_job, get_sweep
from orchestrator.errors import CredentialsRefused, JobNotFound, NotFinished, WrongUse
from orchestrator.events import Event
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger, Tables
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings
from orchestrator.states import JobState
from orchestrator.sweeps import control
from orchestrator.sweeps.control import is_sweep


@click.command(
    epilog=examples(
        "qcjobs jobs",
        "qcjobs jobs --state running --state queued",
        "qcjobs jobs --sweep s3f9a2c1b --state failed",
        "qcjobs jobs --json | jq '.[] | select(.state == \"failed\") | .error'",
    )
)
@click.option(
    "--state", "states", multiple=True, type=click.Choice([str(state) for state in JobState]), help="Only these."
)
@click.option("--sweep", "sweep_id", help="Only those of this sweep, in the order of its plan.")
@click.option("--all-accounts", is_flag=True, help="Those of other accounts that share the ledger, too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def jobs(states: tuple[str, ...], sweep_id: str | None, all_accounts: bool, limit: int, as_json: bool) -> None:
    """List the jobs of this account, newest first. Without credentials: of every account."""
    settings = load_settings()
    account = None if all_accounts else settings.account_if_known
    with open_ledger(settings).reading() as tables:
        wanted = [JobState(state) for state in states]
        if sweep_id is None:
            found = tables.jobs.newest(account, wanted, limit)
        else:
            found = tables.sweeps.jobs_of(tables.sweeps.get(sweep_id).id, wanted, limit)
        counts = tables.jobs.counts(account)
        others = 0 if account is None else sum(tables.jobs.counts().values()) - sum(counts.values())
        results = {job.id: tables.jobs.result(job.id) for job in found} if as_json else {}
    if as_json:
        render.print_json([render.job_as_json(job, results[job.id]) for job in found])
        return
    if found:
        render.out.print(render.jobs_table(found, with_account=account is None))
    told = [f"{count} {state}" for state, count in counts.items()]
    hidden = [f"{others} of other accounts (--all-accounts)"] if others else []
    render.out.print(" · ".join([*told, *hidden]), style="dim")


@click.command(
    epilog=examples(
        "qcjobs show",
        "qcjobs show 3f9a2c1b",
        "qcjobs show 3f9a2c1b --json | jq .attempts",
    )
)
@click.argument("job_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def show(job_id: str | None, as_json: bool) -> None:
    """Everything the ledger knows about a job: its code, its steps, its result, who was told. Or about a sweep.

    JOB_ID may be shortened as long as it is unambiguous; without one, it is the newest job.
    """
    settings = load_settings()
    if job_id is not None and is_sweep(job_id):
        show_sweep(get_sweep(job_id, settings), as_json=as_json)
        return
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        job = _newest(tables, settings.account_if_known) if job_id is None else tables.jobs.get(job_id)
        result = tables.jobs.result(job.id)
        attempts = tables.jobs.attempts_of(job.id)
        events = tables.outbox.events_of(job.id)
        deliveries = tables.outbox.deliveries_of(job.id)
    told = render.job_as_json(job, result)
    if as_json:
        listed = [{"id": event.id, "type": str(event.type), "at": event.at, "run": event.run} for event in events]
        spent = {"requests_by_endpoint": _asked(attempts)}
        render.print_json({**told, **spent, "attempts": attempts, "events": listed, "deliveries": deliveries})
        return
    render.print_results([(job, result)])
    render.out.print()
    render.out.print(_facts(told))
    render.out.print()
    if attempts:
        render.out.print(_steps(attempts))
        if asked := _asked(attempts):
            said = ", ".join(f"{count} × {endpoint}" for endpoint, count in asked.items())
            render.out.print(Text(f"asked: {said}", style="dim"), soft_wrap=True)
        render.out.print()
    for event in events:
        render.out.print(_announcement(event, deliveries), soft_wrap=True)


def _asked(attempts: list[dict[str, Any]]) -> dict[str, int]:
    """How often each endpoint was asked, the most first."""
    total: Counter[str] = Counter()
    for attempt in attempts:
        total.update(attempt["asked"] or {})
    return dict(total.most_common())


def _newest(tables: Tables, account: str | None) -> Job:
    newest = tables.jobs.newest(account, limit=1)
    if not newest:
        raise JobNotFound("There is no job yet. `qcjobs submit` accepts one.")
    return newest[0]


def _facts(told: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for key in (
        "job_id",
        "source",
        "bundle",
        "git_commit",
        "git_dirty",
        "parameters",
        "priority",
        "project_id",
        "compile_id",
        "backtest_id",
        "lean_version",
        "requests",
        "runs",
        "waiting_for",
        "sweep_id",
        "labels",
        "reused_from",
        "retried_by",
        "url",
    ):
        if told[key] not in (None, {}):
            table.add_row(Text(key, style="bold"), Text(str(told[key])))
    for name, value in (told["statistics"] or {}).items():
        table.add_row(Text(name), Text(str(value)))
    return table


def _steps(attempts: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("began", "run", "step", "seconds", "requests", "outcome", "note"):
        table.add_column(heading, justify="right" if heading in {"run", "seconds", "requests"} else "left")
    for attempt in attempts:
        table.add_row(
            f"{attempt['started_at'].astimezone():%H:%M:%S}",
            str(attempt["run"]),
            attempt["step"],
            f"{attempt['seconds']:.2f}",
            str(attempt["requests"]),
            attempt["outcome"],
            Text(attempt["note"] or ""),
        )
    return table


def _announcement(event: Event, deliveries: list[dict[str, Any]]) -> Text:
    heard = [entry for entry in deliveries if entry["event_id"] == event.id]
    by = ", ".join(_delivery(entry) for entry in heard) or "nobody yet"
    return Text(f"{event.at.astimezone():%H:%M:%S}  {event.type}  → {by}", style="dim")


def _delivery(entry: dict[str, Any]) -> str:
    if entry["delivered_at"] is not None:
        return str(entry["handler"])
    return f"{entry['handler']} ({'given up' if entry['due_at'] is None else 'pending'}: {entry['error'] or 'not yet'})"


@click.command(
    epilog=examples(
        "qcjobs wait 3f9a2c1b",
        "qcjobs wait 3f9a2c1b 77e01d42 --timeout 3600 --json",
    )
)
@click.argument("job_ids", nargs=-1, required=True, metavar="JOB_ID...")
@click.option("--timeout", type=SECONDS, help="Seconds to wait at most; the jobs go on after that.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def wait(job_ids: tuple[str, ...], timeout: float | None, as_json: bool) -> None:
    """Wait for jobs, or for a sweep, to end, and print their results.

    Exit code 0: all of them completed; 1: at least one did not; 3: the time is over, and the jobs go on.
    """
    settings = load_settings()
    sweeps = [get_sweep(any_id, settings) for any_id in job_ids if is_sweep(any_id)]
    handles = [get_job(any_id, settings) for any_id in job_ids if not is_sweep(any_id)]
    if sweeps:
        _wait_for_sweeps(sweeps, handles, timeout, as_json=as_json)
        return
    try:
        follow(handles, timeout, quiet=as_json)
    except (NotFinished, CredentialsRefused):
        if as_json:
            render.print_json([render.job_as_json(handle.job, handle.result) for handle in handles])
        raise
    rows = [(handle.job, handle.result) for handle in handles]
    if as_json:
        render.print_json([render.job_as_json(job, result) for job, result in rows])
    else:
        render.print_results(rows)
    if any(job.state is not JobState.COMPLETED for job, _ in rows):
        sys.exit(JOB_FAILED)


def _wait_for_sweeps(
    sweeps: list[SweepHandle], handles: list[JobHandle], timeout: float | None, *, as_json: bool
) -> None:
    if handles or len(sweeps) > 1:
        raise WrongUse("Wait for one sweep at a time, or for jobs.")
    follow_sweep(sweeps[0], timeout, quiet=as_json)
    end_with(sweeps[0], as_json=as_json)


@click.command(
    epilog=examples(
        "qcjobs cancel 3f9a2c1b",
        "qcjobs cancel 3f9a2c1b 77e01d42 --yes",
    )
)
@click.argument("job_ids", nargs=-1, required=True, metavar="JOB_ID...")
@click.option("--yes", is_flag=True, help="Do not ask before a running backtest is deleted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def cancel(job_ids: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Stop jobs or sweeps. What is queued never starts; a running backtest is deleted, which frees its node."""
    settings = load_settings()
    ledger = open_ledger(settings)
    jobs_at_work = [any_id for any_id in job_ids if _is_at_work(ledger, any_id)]
    if jobs_at_work and not yes:
        click.confirm(f"Delete the running backtests of {', '.join(jobs_at_work)}?", abort=True, err=True)
    ids = list(dict.fromkeys(_full_id(ledger, any_id) for any_id in job_ids))
    with ledger.writing() as tables:  # all of them, or none
        stopped = {any_id: control.cancel_within(tables, any_id) for any_id in ids}
    wake_workers(settings)
    if as_json:
        render.print_json(
            [{_key(any_id): any_id, "cancelled": _told(any_id, done)} for any_id, done in stopped.items()]
        )
        return
    for any_id, done in stopped.items():
        ended = "had ended already" if not is_sweep(any_id) else "is being stopped; none of it was in the queue"
        render.out.print(f"{any_id[:8]}: {_said(any_id, done) if done else ended}")


def _is_at_work(ledger: Ledger, any_id: str) -> bool:
    with ledger.reading() as tables:
        if is_sweep(any_id):
            return tables.sweeps.standings([tables.sweeps.get(any_id).id]).popitem()[1].counts[JobState.RUNNING] > 0
        return tables.jobs.get(any_id).state is JobState.RUNNING


def _full_id(ledger: Ledger, any_id: str) -> str:
    with ledger.reading() as tables:
        return tables.sweeps.get(any_id).id if is_sweep(any_id) else tables.jobs.get(any_id).id


def _key(any_id: str) -> str:
    return "sweep_id" if is_sweep(any_id) else "job_id"


def _told(any_id: str, done: int) -> bool | int:
    return done if is_sweep(any_id) else bool(done)


def _said(any_id: str, done: int) -> str:
    return f"{done:,} will not start; what runs is being stopped" if is_sweep(any_id) else "is being stopped"
