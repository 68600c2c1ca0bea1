"""`qcjobs live watch`: what trades, while it happens. Reads the ledger, so it costs no request of its own."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cli import live_render, render
from cli.epilog import examples
from cli.failures import told_plainly
from cli.live_looking import known_deployments, look_if_needed, project_names
from orchestrator.events import Event
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings

EVERY: Final = 2.0  # seconds
LINES: Final = 12

ALARMING: Final = ("Error", "Outside", "Exceeded", "Silent", "Discrepancy", "Failed")


@click.command(epilog=examples("qcjobs live watch", "qcjobs live watch --seconds 600 >> live.log"))
@click.option("--seconds", type=click.FloatRange(min=0), help="End after so long.  [default: at Ctrl+C]")
@told_plainly
def watch(seconds: float | None) -> None:
    """Show what trades and what happens to it, until Ctrl+C. Without a terminal, a line for every event."""
    settings = load_settings()
    look_if_needed(settings, fresh=False)
    until = None if seconds is None else time.monotonic() + seconds
    recent: deque[Event] = deque(maxlen=LINES)
    last = _newest_event(settings)
    try:
        if render.out.is_terminal:
            with Live(_page(settings, recent), console=render.out, auto_refresh=False) as page:
                while until is None or time.monotonic() < until:
                    last = _take(settings, last, recent)
                    page.update(_page(settings, recent), refresh=True)
                    time.sleep(EVERY)
        else:
            while until is None or time.monotonic() < until:
                before = len(recent)
                last = _take(settings, last, recent)
                for event in list(recent)[before:] if len(recent) > before else []:
                    render.out.print(_line(event), soft_wrap=True)
                recent.clear()
                time.sleep(EVERY)
    except KeyboardInterrupt:
        return  # this is how one leaves


def _newest_event(settings: Settings) -> int:
    with open_ledger(settings).reading() as tables:
        return tables.outbox.count_live()


def _take(settings: Settings, last: int, recent: deque[Event]) -> int:
    """Read the events that came since."""
    with open_ledger(settings).reading() as tables:
        fresh = tables.outbox.live_since(last)
    recent.extend(fresh)
    return last + len(fresh)


def _page(settings: Settings, recent: deque[Event]) -> RenderableType:
    trading = [known for known in known_deployments(settings) if not known.has_ended]
    parts: list[RenderableType] = [
        live_render.table_of(trading, project_names(settings, trading)) if trading else Text("Nothing trades.", "dim")
    ]
    if recent:
        parts += [Text(""), *(_line(event) for event in recent)]
    return Group(*parts)


def _line(event: Event) -> Text:
    told = {name: value for name, value in event.data.items() if name in _WORTH_TELLING and value is not None}
    words = " ".join(f"{name}={value}" for name, value in told.items())
    style = "red" if any(word in event.type for word in ALARMING) else ""
    return Text(
        f"{event.at.astimezone():%H:%M:%S}  {event.type}  project {event.data.get('project_id')}  {words}", style
    )


_WORTH_TELLING: Final = (
    *("before", "status", "error", "drawdown", "limit", "security", "share", "minutes", "why", "what", "confirmed"),
)
