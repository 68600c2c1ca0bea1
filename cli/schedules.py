"""`qcjobs schedules list | show | run | pause | resume`: the timetable of the configuration, and what came of it."""

from __future__ import annotations

import difflib
import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table
from rich.text import Text

from cli import render
from cli.epilog import examples
from cli.failures import told_plainly
from cli.waking import wake_workers
from orchestrator.errors import JobNotFound, WrongUse
from orchestrator.events import Event
from orchestrator.firing import run_now
from orchestrator.jobs import Job
from orchestrator.ledger import Tables
from orchestrator.ledger.audit import login_name
from orchestrator.ledger.schedules import ScheduleState
from orchestrator.preflight import require_redis
from orchestrator.runtime import open_ledger
from orchestrator.schedule_settings import ScheduleSettings
from orchestrator.settings import Settings, config_path, load_settings
from orchestrator.timetable import Every, duration_text, next_occurrence

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(
    epilog=examples(
        "qcjobs schedules list",
        "qcjobs schedules show nightly-rsi",
        "qcjobs schedules run nightly-rsi",
        "qcjobs schedules pause nightly-rsi",
        "qcjobs schedules resume nightly-rsi",
    )
)
def schedules() -> None:
    """What is done at which time: `schedules:` in the configuration.

    A worker and beat must run for it (`qcjobs up`), with the same configuration; they read it when they start.
    """


@schedules.command(
    "list",
    epilog=examples(
        "qcjobs schedules list", "qcjobs schedules list --all", "qcjobs schedules list --json | jq '.[].next'"
    ),
)
@click.option("--all", "with_ticks", is_flag=True, help="Also what beat ticks for qcjobs itself.")
@AS_JSON
@told_plainly
def list_(with_ticks: bool, as_json: bool) -> None:
    """Every schedule: when it comes next, and what became of the last time."""
    settings = load_settings()
    told = _told(settings)
    ticks = _ticks() if with_ticks else []
    if as_json:
        render.print_json([*told, *ticks])
        return
    if told:
        render.out.print(_table(told))
        for each in told:
            if each["error"] is not None:
                line = Text.assemble((f"{each['name']}: ", "bold"), (each["error"], "red"))
                render.out.print(line, soft_wrap=True)
    else:
        where = config_path(os.environ) or "the configuration"
        render.out.print(f"No schedule is configured. They stand under `schedules:` in {where}.", soft_wrap=True)
    if ticks:
        render.out.print()
        render.out.print(_ticks_table(ticks))


@schedules.command(epilog=examples("qcjobs schedules show nightly-rsi", "qcjobs schedules show nightly-rsi --json"))
@click.argument("name")
@AS_JSON
@told_plainly
def show(name: str, as_json: bool) -> None:
    """Everything about one schedule: its next five times, and what became of the last ones."""
    settings = load_settings()
    schedule = _named(settings, name)
    (told,) = (each for each in _told(settings) if each["name"] == name)
    coming = [] if told["paused"] else list(islice(schedule.timetable.after(datetime.now(UTC)), 5))
    with open_ledger(settings).reading() as tables:
        history = tables.outbox.of_schedule(settings.account_if_known, name, limit=10)
        jobs = {event.job_id: _job(tables, event.job_id) for event in history}
    if as_json:
        listed = [
            {"type": str(event.type), "at": event.at, "job_id": event.job_id, "job_state": _state(jobs[event.job_id])}
            | {key: event.data.get(key) for key in ("occurrence", "error", "missed_since", "made_up")}
            for event in history
        ]
        render.print_json({**told, "coming": coming, "history": listed})
        return
    facts = Table(box=None, show_header=False, pad_edge=False)
    for key in ("action", "timetable", "misfire", "misfire_window", "paused", "changed_by", "changed_at", "error"):
        if told[key] not in (None, False):
            facts.add_row(Text(key, style="bold"), Text(_plain(told[key])))
    facts.add_row(Text("in words", style="bold"), Text(schedule.timetable.in_words))
    render.out.print(facts)
    render.out.print()
    for occurrence in coming:
        render.out.print(f"next  {_here(occurrence)}{_there(occurrence, schedule)}", markup=False)
    for event in history:
        render.out.print(_line(event, jobs[event.job_id]), soft_wrap=True)


@schedules.command(
    epilog=examples(
        "qcjobs schedules run nightly-rsi",
        "qcjobs schedules run before-the-weekend --yes",
    )
)
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask before something that trades is stopped or sold.")
@AS_JSON
@told_plainly
def run(name: str, yes: bool, as_json: bool) -> None:
    """Do now what the schedule is for, outside of its timetable. A paused schedule may be run, too."""
    settings = load_settings()
    schedule = _named(settings, name)
    if schedule.backtest is None and not yes:
        click.confirm(f"{schedule.in_words.capitalize()}, now?", abort=True, err=True)
    require_redis(settings)  # as `qcjobs submit`: a new job should not begin its life stuck
    job = run_now(settings, open_ledger(settings), name, schedule)
    wake_workers(settings, urgent=job.kind.is_urgent)
    if as_json:
        render.print_json(render.job_as_json(job, None))
        return
    render.out.print(f"accepted: job {job.id} · {job.name}", markup=False, soft_wrap=True)
    render.out.print(f"  qcjobs wait {job.id[:8]}    qcjobs show {job.id[:8]}", markup=False, soft_wrap=True)


@schedules.command(epilog=examples("qcjobs schedules pause nightly-rsi"))
@click.argument("name")
@AS_JSON
@told_plainly
def pause(name: str, as_json: bool) -> None:
    """Let nothing of a schedule run until it is resumed. Jobs that were accepted already go on."""
    _change(name, pause=True, as_json=as_json)


@schedules.command(epilog=examples("qcjobs schedules resume nightly-rsi"))
@click.argument("name")
@AS_JSON
@told_plainly
def resume(name: str, as_json: bool) -> None:
    """Go on with the next time; those that passed during the pause are not made up for."""
    _change(name, pause=False, as_json=as_json)


def _change(name: str, *, pause: bool, as_json: bool) -> None:
    settings = load_settings()
    schedule, account = _named(settings, name), settings.account
    who = f"{login_name()}@{socket.gethostname()}"[:200]
    with open_ledger(settings).writing() as tables:
        tables.schedules.see(account, name, str(schedule.timetable))
        changes = tables.schedules.all(account)[name].paused is not pause
        if changes:
            (tables.schedules.pause if pause else tables.schedules.resume)(account, name, who)
    (told,) = (each for each in _told(settings) if each["name"] == name)
    if as_json:
        render.print_json({**told, "changed": changes})
        return
    what = "paused" if pause else "on"
    by = f" by {told['changed_by']}, {_here(told['changed_at'])}" if told["changed_at"] else ""
    coming = "" if pause or told["next"] is None else f"; next: {_here(told['next'])}"
    render.out.print(f"{name} is {what}{by}{coming}", markup=False, soft_wrap=True)


def _named(settings: Settings, name: str) -> ScheduleSettings:
    found = settings.schedules.get(name)
    if found is not None:
        return found
    nearest = difflib.get_close_matches(name, settings.schedules, n=1, cutoff=0.0)
    hint = f"Did you mean {nearest[0]!r}?" if nearest else "None is configured."
    raise WrongUse(f"There is no schedule {name!r}. {hint}")


def _told(settings: Settings) -> list[dict[str, Any]]:
    """Every schedule as configuration and ledger know it; the keys are stable."""
    if not settings.schedules:
        return []
    account = settings.account_if_known  # the timetable can be read without
    now = datetime.now(UTC)
    told = []
    with open_ledger(settings).reading() as tables:
        states = {} if account is None else tables.schedules.all(account)
        for name, schedule in settings.schedules.items():
            state = states.get(name)
            job = None if state is None else _job(tables, state.last_job_id)
            told.append(_as_json(name, schedule, state, job, now))
    return told


def _as_json(
    name: str, schedule: ScheduleSettings, state: ScheduleState | None, job: Job | None, now: datetime
) -> dict[str, Any]:
    paused = state is not None and state.paused
    coming = None if paused else next_occurrence(schedule.timetable, now)
    return {
        "kind": "schedule",
        "name": name,
        "action": schedule.in_words,
        "timetable": str(schedule.timetable),
        "timezone": schedule.timezone,
        "misfire": str(schedule.misfire),
        "misfire_window": duration_text(schedule.misfire_window),
        "next": coming,
        "next_there": None if coming is None else coming.astimezone(ZoneInfo(schedule.timezone)),
        "seen": state is not None,
        "last_occurrence": None if state is None else state.last_occurrence,
        "job_id": None if state is None else state.last_job_id,
        "job_state": _state(job),
        "error": None if state is None else state.last_error,
        "paused": paused,
        "changed_by": None if state is None else state.changed_by,
        "changed_at": None if state is None else state.changed_at,
    }


def _ticks() -> list[dict[str, Any]]:
    from schedules import BEAT_SCHEDULE  # noqa: PLC0415 (Celery is slow to import)

    return [
        {
            "kind": "tick",
            "name": name,
            "action": tick["task"],
            "timetable": str(Every(timedelta(seconds=tick["schedule"]))),
        }
        for name, tick in BEAT_SCHEDULE.items()
    ]


def _job(tables: Tables, job_id: str | None) -> Job | None:
    try:
        return None if job_id is None else tables.jobs.get(job_id)
    except JobNotFound:  # forgotten since
        return None


def _state(job: Job | None) -> str | None:
    return None if job is None else str(job.state)


def _table(told: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("schedule", "what it does", "when", "next, here", "next, there", "last", "job", "state"):
        table.add_column(heading, no_wrap=heading in {"schedule", "job"}, overflow="fold")
    for each in told:
        table.add_row(
            Text(each["name"]),
            Text(each["action"]),
            Text(each["timetable"]),
            "–" if each["next"] is None else _here(each["next"]),
            "–" if each["next_there"] is None else f"{each['next_there']:%a %H:%M %Z}",
            "–" if each["last_occurrence"] is None else _here(each["last_occurrence"]),
            (each["job_id"] or "–")[:8],
            _standing(each),
        )
    return table


def _standing(each: dict[str, Any]) -> Text:
    """How it stands with a schedule, in a few words."""
    if each["paused"]:
        return Text(f"paused by {each['changed_by']}", style="magenta")
    if each["error"] is not None:
        return Text("not accepted", style="red")
    if not each["seen"]:
        return Text("no worker has seen it yet", style="dim")
    return Text(each["job_state"] or "–")


def _ticks_table(ticks: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("tick", "task", "when"):
        table.add_column(heading, no_wrap=True)
    for tick in ticks:
        table.add_row(tick["name"], tick["action"], tick["timetable"])
    return table


def _line(event: Event, job: Job | None) -> Text:
    """One piece of a schedule's history."""
    for_what = event.data.get("occurrence")
    asked = f"for {_here(datetime.fromisoformat(for_what))}" if for_what else "by hand"
    if job is not None:
        return Text.assemble(f"past  {_here(event.at)}  {asked}  job {job.id[:8]}  ", render.state(job))
    if "missed_since" in event.data:
        missed = _here(datetime.fromisoformat(event.data["missed_since"]))
        return Text(
            f"past  {_here(event.at)}  missed since {missed}; made up for: {event.data['made_up']}", style="yellow"
        )
    return Text(f"past  {_here(event.at)}  {asked}  {event.data.get('error')}", style="red")


def _here(moment: datetime) -> str:
    """In the time zone of this machine."""
    return f"{moment.astimezone():%a %Y-%m-%d %H:%M:%S}"


def _there(moment: datetime, schedule: ScheduleSettings) -> str:
    """In the schedule's own, where it has one."""
    if isinstance(schedule.timetable, Every):
        return ""
    return f"  ({moment.astimezone(ZoneInfo(schedule.timezone)):%a %H:%M %Z})"


def _plain(value: object) -> str:
    return _here(value) if isinstance(value, datetime) else str(value)
