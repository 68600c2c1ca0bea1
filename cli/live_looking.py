"""`qcjobs live list | show | holdings | history | audit`: what the ledger knows of what trades."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli import live_render, render
from cli.amounts import DAYS, PROJECT
from cli.epilog import examples
from cli.export import write_rows
from cli.failures import told_plainly
from cli.paths import FilePath
from orchestrator.errors import WrongUse
from orchestrator.ledger.deployments import Known
from orchestrator.limits import BudgetPause
from orchestrator.runtime import Runtime, open_ledger, open_runtime
from orchestrator.settings import Settings, load_settings
from orchestrator.watch import look_at_status
from quantconnect import QuantConnectError

STALE_AFTER = 3.0
"""So many intervals after the last look nobody seems to watch, and we look ourselves."""


@click.command(
    "list",
    epilog=examples("qcjobs live list", "qcjobs live list --all", "qcjobs live list --json | jq '.[].equity'"),
)
@click.option("--all", "everything", is_flag=True, help="What has ended, too.")
@click.option("--fresh", is_flag=True, help="Ask QuantConnect now (one request), instead of the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def list_(everything: bool, fresh: bool, as_json: bool) -> None:
    """What trades, and what did: status and equity as last seen, drawdown from the highest equity seen.

    QuantConnect's own figures are snapshots, up to ten minutes old.
    """
    settings = load_settings()
    look_if_needed(settings, fresh=fresh)
    found = known_deployments(settings)
    shown = [known for known in found if everything or not known.has_ended]
    if as_json:
        render.print_json([live_render.as_json(known) for known in shown])
        return
    if shown:
        render.out.print(live_render.table_of(shown, project_names(settings, shown)))
    ended = len(found) - len(shown)
    seen = max((known.seen_at for known in found), default=None)
    notes = [f"{len(shown)} shown"] + ([f"{ended} ended (--all shows them)"] if ended else [])
    render.out.print(" · ".join([*notes, f"seen {live_render.local(seen)}"]), style="dim")


@click.command(epilog=examples("qcjobs live show 12345678", "qcjobs live show 12345678 --json"))
@click.argument("project_id", type=PROJECT)
@click.option("--fresh", is_flag=True, help="Ask QuantConnect now, instead of the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def show(project_id: int, fresh: bool, as_json: bool) -> None:
    """Everything the ledger knows about a project's latest algorithm, with a chart of its equity."""
    settings = load_settings()
    look_if_needed(settings, fresh=fresh)
    known = latest_of(settings, project_id)
    with open_ledger(settings).reading() as tables:
        held = tables.deployments.holdings_of(settings.account, known.deploy_id)
        rows = tables.deployments.history(settings.account, known.deploy_id)
        audit_rows = tables.audit.newest(project_id, 10, settings.account)
    if as_json:
        render.print_json({**live_render.as_json(known), "holdings": held, "history": rows, "audit": audit_rows})
        return
    render.out.print(live_render.facts(known))
    if held is not None:
        render.out.print()
        render.out.print(live_render.holdings_table(held, known.equity))
    _print_chart(rows)
    if audit_rows:
        render.out.print()
        render.out.print(_audit_table(audit_rows))


@click.command(
    epilog=examples(
        "qcjobs live holdings 12345678",
        "qcjobs live holdings 12345678 --days 30 --file holdings.parquet",
        "qcjobs live holdings 12345678 --json",
    )
)
@click.argument("project_id", type=PROJECT)
@click.option("--days", type=DAYS, help="The history of so many days instead of the latest.")
@click.option("--file", "path", type=FilePath(), help="Write to a .csv, .parquet or .json file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def holdings(project_id: int, days: float | None, path: Path | None, as_json: bool) -> None:
    """What a project's algorithm holds, as last read: about every five minutes while it runs."""
    settings = load_settings()
    known = latest_of(settings, project_id)
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        if days is not None:
            since = ledger.clock() - timedelta(days=days)
            kept = tables.deployments.holdings_history(settings.account, known.deploy_id, since)
        else:
            latest = tables.deployments.holdings_of(settings.account, known.deploy_id)
            kept = [] if latest is None else [latest]
    if path is not None:
        write_rows(path, [row for one in kept for row in _flat(one)])
        render.err.print(f"{path}: {sum(len(_flat(one)) for one in kept)} rows")
    elif as_json:
        render.print_json(kept if days is not None else (kept[0] if kept else None))
    elif not kept:
        render.out.print("Nothing was read yet.", style="dim")
    else:
        for one in kept:
            render.out.print(live_render.local(one["at"]), style="dim")
            render.out.print(live_render.holdings_table(one, known.equity))


@click.command(
    epilog=examples(
        "qcjobs live history 12345678",
        "qcjobs live history 12345678 --days 7",
        "qcjobs live history 12345678 --file equity.csv",
    )
)
@click.argument("project_id", type=PROJECT)
@click.option("--days", type=DAYS, help="Of so many days.  [default: all]")
@click.option("--file", "path", type=FilePath(), help="Write to a .csv, .parquet or .json file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def history(project_id: int, days: float | None, path: Path | None, as_json: bool) -> None:
    """Status and equity over time: a row where something changed, and one an hour all the same."""
    settings = load_settings()
    known = latest_of(settings, project_id)
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        since = None if days is None else ledger.clock() - timedelta(days=days)
        rows = tables.deployments.history(settings.account, known.deploy_id, since)
    if path is not None:
        write_rows(path, rows)
        render.err.print(f"{path}: {len(rows)} rows")
    elif as_json:
        render.print_json(rows)
    else:
        _print_chart(rows)
        render.out.print(f"{len(rows)} rows of {known.deploy_id}", style="dim")


@click.command(
    epilog=examples("qcjobs live audit", "qcjobs live audit 12345678", "qcjobs live audit --limit 1000 --json")
)
@click.argument("project_id", type=PROJECT, required=False)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="So many rows at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def audit(project_id: int | None, limit: int, as_json: bool) -> None:
    """Who asked for what trades, when and from where, and what was confirmed; the latest first."""
    settings = load_settings()
    with open_ledger(settings).reading() as tables:
        rows = tables.audit.newest(project_id, limit, settings.account_if_known)
    if as_json:
        render.print_json(rows)
    elif rows:
        render.out.print(_audit_table(rows))
    else:
        render.out.print("Nobody has asked for anything yet.", style="dim")


# ── what the commands share ───────────────────────────────────────────────────────────────────────────────────────────


def look_if_needed(settings: Settings, *, fresh: bool) -> None:
    """Ask QuantConnect where somebody wants that, or where nobody seems to watch.

    Raises:
        QuantConnectError: Only where somebody wants it.
    """
    ledger = open_ledger(settings)
    with ledger.reading() as tables:
        seen = max((known.seen_at for known in tables.deployments.of(settings.account)), default=None)
    age = None if seen is None else (ledger.clock() - seen).total_seconds()
    if not fresh and age is not None and age < STALE_AFTER * settings.live.status_seconds:
        return
    runtime: Runtime = open_runtime(settings)
    try:
        look_at_status(runtime, now_and_here=True)
    except (QuantConnectError, BudgetPause) as error:
        if fresh:
            raise
        render.err.print(Text(f"QuantConnect could not be asked, so this is what the ledger knows: {error}", "yellow"))
    finally:
        runtime.close()


def known_deployments(settings: Settings) -> list[Known]:
    """All of the account, the latest first."""
    with open_ledger(settings).reading() as tables:
        return tables.deployments.of(settings.account)


def latest_of(settings: Settings, project_id: int) -> Known:
    """A project's latest deployment.

    Raises:
        WrongUse: The ledger knows none.
    """
    with open_ledger(settings).reading() as tables:
        found = tables.deployments.of(settings.account, project_id)
    if not found:
        raise WrongUse(
            f"The ledger knows no deployment of project {project_id}. `qcjobs live list --fresh` asks for it."
        )
    return found[0]


def project_names(settings: Settings, deployments: Sequence[Known]) -> dict[int, str]:
    """What we call the projects that we deployed."""
    with open_ledger(settings).reading() as tables:
        return tables.jobs.names_of_deployed(settings.account, {known.project_id for known in deployments})


def _print_chart(rows: Sequence[dict[str, Any]]) -> None:
    chart = live_render.equity_chart(rows, width=min(max(render.out.width - 24, 30), 100))
    if chart is not None:
        render.out.print()
        render.out.print(Text.from_ansi(chart))


def _flat(one: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each position and currency."""
    positions = [
        {"at": one["at"], "security": name, "currency": None, **held} for name, held in one["holdings"].items()
    ]
    cash = [{"at": one["at"], "security": None, "currency": name, **held} for name, held in one["cash"].items()]
    return [*positions, *cash]


def _audit_table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("when", "who", "from", "what", "project", "", "in words"):
        table.add_column(heading, no_wrap=heading in {"when", "project"}, overflow="fold")
    styles = {"confirmed": "green", "failed": "red", "cancelled": "magenta"}
    for row in rows:
        table.add_row(
            live_render.local(row["at"]),
            row["who"],
            row["host"],
            row["action"],
            str(row["project_id"] or ("all" if row["action"] == "command" else "–")),
            Text(row["phase"], style=styles.get(row["phase"], "cyan")),
            Text(row["what"]),
        )
    return table
