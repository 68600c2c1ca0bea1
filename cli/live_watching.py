"""`qcjobs live watch`: what trades, while it happens. Reads the ledger, so it costs no request of its own."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cli import live_render, render
from cli.amounts import SECONDS
from cli.epilog import examples
from cli.failures import told_plainly
from cli.live_looking import known_deployments, look_if_needed, project_names
from orchestrator.events import Event
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings

EVERY: Final = 2.0  # seconds
OVERLAP: Final = timedelta(seconds=30)
LINES: Final = 12

ALARMING: Final = ("Error", "Outside", "Exceeded", "Silent", "Discrepancy", "Failed")


@click.command(epilog=examples("qcjobs live watch", "qcjobs live watch --seconds 600 >> live.log"))
@click.option("--seconds", type=SECONDS, help="End after so long.  [default: at Ctrl+C]")
@told_plainly
def watch(seconds: float | None) -> None:
    """Show what trades and what happens to it, until Ctrl+C. Without a terminal, a line for every event."""
    settings = load_settings()
    look_if_needed(settings, fresh=False)
    news = News(settings)
    until = None if seconds is None else time.monotonic() + seconds
    try:
        if render.out.is_terminal:
            _draw(settings, news, until)
        else:
            trading = sum(not known.has_ended for known in known_deployments(settings))
            render.out.print(f"{trading} trading; a line for every event follows")
            _print(news, until)
    except KeyboardInterrupt:
        return  # this is how one leaves


class News:
    """The events that came since the last look."""

    def __init__(self, settings: Settings) -> None:
        self._ledger, self._account = open_ledger(settings), settings.account
        self._since = self._ledger.clock()
        self._known: set[str] = set()

    def take(self) -> list[Event]:
        """Those that came since; transactions may end in another order than they began, so a little is read again."""
        with self._ledger.reading() as tables:
            found = tables.outbox.live_since(self._account, self._since)
        fresh = [event for event in found if event.id not in self._known]
        self._known = {event.id for event in found}
        self._since = max(self._since, self._ledger.clock() - OVERLAP)
        return fresh


def _draw(settings: Settings, news: News, until: float | None) -> None:
    recent: deque[Event] = deque(maxlen=LINES)
    with Live(_page(settings, recent), console=render.out, auto_refresh=False) as page:
        while until is None or time.monotonic() < until:
            recent.extend(news.take())
            page.update(_page(settings, recent), refresh=True)
            time.sleep(EVERY)


def _print(news: News, until: float | None) -> None:
    sys.stdout.flush()
    while until is None or time.monotonic() < until:
        for event in news.take():
            render.out.print(_line(event), soft_wrap=True)
        sys.stdout.flush()
        time.sleep(EVERY)


def _page(settings: Settings, recent: Iterable[Event]) -> RenderableType:
    trading = [known for known in known_deployments(settings) if not known.has_ended]
    parts: list[RenderableType] = [
        live_render.table_of(trading, project_names(settings, trading)) if trading else Text("Nothing trades.", "dim")
    ]
    return Group(*parts, Text(""), *(_line(event) for event in recent))


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
