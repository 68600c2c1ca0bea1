"""`qcjobs watch`: sweeps live in the terminal, and the waiting of `qcjobs sweep --wait`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli import render, sweep_render
from cli.amounts import Amount
from cli.epilog import examples
from cli.failures import INTERRUPTED, JOB_FAILED, told_plainly
from cli.progress import doing
from orchestrator import SweepHandle, capacity, get_sweep
from orchestrator.errors import NotFinished
from orchestrator.experience import Experience
from orchestrator.jobs import Job
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState
from orchestrator.sweeps.sweep import Standing, Sweep

MOST_RUNNING: Final = 12  #: lines of running backtests in the live view
BEST_EVERY: Final = 3.0  #: seconds; the best of ten thousand need not be looked for each second


class View:
    """One sweep as it is now."""

    def __init__(self, handle: SweepHandle, settings: Settings, number: str = "sharpe_ratio", *, lowest: bool = False):
        """`number` says what is best; of `Result.numbers`."""
        self.handle = handle
        self._settings = settings
        self._number = number
        self._lowest = lowest
        self._best: list[tuple[float, str, str]] = []
        self._best_at = float("-inf")

    def render(self) -> tuple[RenderableType, bool]:
        """What to draw, and whether nothing follows."""
        with self.handle.ledger.reading() as tables:
            sweep = tables.sweeps.get(self.handle.id)
            standing = tables.sweeps.standings([sweep.id])[sweep.id]
            running = tables.sweeps.jobs_of(sweep.id, [JobState.RUNNING], limit=MOST_RUNNING)
            first = tables.sweeps.jobs_of(sweep.id, limit=1)
            past = tables.jobs.experience(sweep.account, first[0].bundle) if first else None
            nodes = capacity.nodes_in(tables, self._settings, sweep.account)
        self._find_best(ended=standing.has_ended)
        now = self.handle.ledger.clock()
        lines: list[RenderableType] = [_head(sweep, standing), _bar(standing)]
        if (ends_at := expected_end(sweep, standing, running, past, nodes, now)) is not None:
            lines.append(Text(f"expected end {sweep_render.local(ends_at)} ({nodes:,} nodes)", style="dim"))
        if running:
            lines.append(_running_table(running, now, past))
        if self._best:
            lines.append(Text(f"best {self._number.replace('_', ' ')} so far", style="bold"))
            lines += [
                Text(f"  {sweep_render.shown(self._number, v)}  {name}  {job[:8]}") for v, name, job in self._best
            ]
        return Group(*lines), standing.has_ended

    def _find_best(self, *, ended: bool) -> None:
        if not ended and time.monotonic() - self._best_at < BEST_EVERY:
            return
        self._best_at = time.monotonic()
        with self.handle.ledger.reading() as tables:
            told = tables.sweeps.numbers_of(self.handle.id)
        known = [
            (float(value), " ".join(f"{key}={parameters[key]}" for key in sorted(parameters)), job_id)
            for job_id, parameters, numbers in told
            if isinstance(value := numbers.get(self._number), int | float)
        ]
        self._best = sorted(known, key=lambda entry: entry[0], reverse=not self._lowest)[:5]


def expected_end(
    sweep: Sweep, standing: Standing, running: Sequence[Job], past: Experience | None, nodes: int, now: datetime
) -> datetime | None:
    """When its last backtest should have ended, if it had the nodes to itself; None where nobody can tell."""
    if standing.has_ended or sweep.paused or past is None:
        return None
    used = max(min(nodes, sweep.most_nodes or nodes), 1)
    begun = sum(min(job.progress or 0.0, 1.0) for job in running)
    left = max(standing.total - standing.ended - begun, 0.0)
    return now + max(left / used, 0.1) * past.usual


def _head(sweep: Sweep, standing: Standing) -> Text:
    note = f" · {sweep.note}" if sweep.note else ""
    words = f"  {sweep_render.state_of(sweep, standing)}{note}  "
    return Text.assemble((sweep.id, "bold"), f"  {sweep.name}", (words, "dim"), sweep_render.counts(standing))


def _bar(standing: Standing) -> Table:
    table = Table.grid(padding=(0, 1))
    share = standing.ended / standing.total if standing.total else 1.0
    table.add_row(
        ProgressBar(total=max(standing.total, 1), completed=standing.ended, width=40),
        f"{share:.0%}",
        f"{standing.ended:,} of {standing.total:,}",
    )
    return table


def _running_table(running: Sequence[Job], now: datetime, past: Experience | None) -> Table:
    table = Table.grid(padding=(0, 2))
    for job in running:
        table.add_row(
            Text(f"  {job.id[:8]}", style="dim"),
            Text(job.name),
            ProgressBar(total=1.0, completed=shown_progress(job, now, past), width=20),
            Text(doing(job), style="dim"),
        )
    return table


def shown_progress(job: Job, now: datetime, past: Experience | None) -> float:
    """The progress as last told, carried on by experience: between two looks it does go on."""
    told = min(job.progress or 0.0, 0.99)
    since = job.looked_at or job.backtest_created_at
    if since is None or past is None:
        return told
    return min(told + (now - since) / past.usual, 0.99)


@click.command(
    epilog=examples(
        "qcjobs watch                         all sweeps that have not ended",
        "qcjobs watch s3f9a2c1b --by total_return",
        "qcjobs watch s3f9a2c1b --once",
    )
)
@click.argument("sweep_ids", nargs=-1, metavar="[SWEEP_ID]...")
@click.option("--by", "number", default="sharpe_ratio", show_default=True, help="Which number says what is best.")
@click.option("--lowest", is_flag=True, help="The lowest of it is best.")
@click.option("--once", is_flag=True, help="Draw once, and leave.")
@click.option(
    "--every", type=Amount(min=0.2, max=86_400), default=1.0, show_default=True, help="Seconds between looks."
)
@told_plainly
def watch(sweep_ids: tuple[str, ...], number: str, lowest: bool, once: bool, every: float) -> None:
    """Sweeps live: progress, what runs, when it will have ended, the best so far. Reads the ledger only.

    Ends with the sweeps; Ctrl+C ends the watching, and the sweeps go on.
    """
    settings = load_settings()
    handles = [get_sweep(sweep_id, settings) for sweep_id in sweep_ids] or _open_ones(settings)
    if not handles:
        render.out.print("No sweep is under way. `qcjobs sweeps` lists those that have ended.", style="dim")
        return
    views = [View(handle, settings, number, lowest=lowest) for handle in handles]
    if once or not render.out.is_terminal:
        for view in views:
            render.out.print(view.render()[0])
        return
    try:
        _draw(views, every, None)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _open_ones(settings: Settings) -> list[SweepHandle]:
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        found = tables.sweeps.newest(8, only_open=True, account=settings.account_if_known)
    return [SweepHandle(ledger, sweep.id, settings) for sweep in found]


def _draw(views: Sequence[View], every: float, until: float | None, *, stderr: bool = False) -> None:
    with Live(console=render.err if stderr else render.out, auto_refresh=False, transient=stderr) as live:
        while True:
            drawn = [view.render() for view in views]
            live.update(Group(*(picture for picture, _ in drawn)), refresh=True)
            if all(ended for _, ended in drawn) or (until is not None and time.monotonic() >= until):
                return
            time.sleep(every)


def follow_sweep(handle: SweepHandle, timeout: float | None, *, quiet: bool) -> Standing:
    """Wait for its end: a live view on a terminal, a line for each tenth elsewhere; Ctrl+C says how to come back.

    Raises:
        NotFinished: The time is over; the sweep goes on.
        CredentialsRefused: QuantConnect refuses the credentials; the jobs are kept.
    """
    until = None if timeout is None else time.monotonic() + timeout
    said = [-1]

    def tell(standing: Standing) -> None:
        tenth = 10 * standing.ended // max(standing.total, 1)
        if not quiet and tenth > said[0]:
            said[0] = tenth
            render.err.print(f"{handle.id}: {standing.ended:,} of {standing.total:,} have ended", markup=False)

    try:
        if not quiet and render.err.is_terminal:
            view = View(handle, load_settings())
            while True:  # the handle notices refused credentials, the view draws
                _draw([view], 0.5, min(until or float("inf"), time.monotonic() + 5), stderr=True)
                try:
                    return handle.wait(0)
                except NotFinished:
                    if until is not None and time.monotonic() >= until:
                        raise
        return handle.wait(timeout, on_look=tell)
    except KeyboardInterrupt:
        render.err.print(Text(f"the sweep goes on: qcjobs watch {handle.id[:8]}"), soft_wrap=True)
        sys.exit(INTERRUPTED)


def end_with(handle: SweepHandle, *, as_json: bool) -> None:
    """Print what came of it; exit code 1 where not everything completed."""
    sweep, standing = handle.sweep, handle.standing
    if as_json:
        render.print_json(sweep_render.as_json(sweep, standing))
    else:
        render.out.print(sweep_render.sweeps_table([(sweep, standing)]))
        told = [(job, result) for job, result in handle.results() if result is not None]
        told.sort(key=lambda entry: _sharpe(entry[1].numbers.get("sharpe_ratio")), reverse=True)
        if told:
            render.out.print()
            render.out.print(sweep_render.best_table(told[:10], "sharpe_ratio"))
    if standing.counts[JobState.COMPLETED] < standing.total:
        sys.exit(JOB_FAILED)


def _sharpe(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("-inf")
