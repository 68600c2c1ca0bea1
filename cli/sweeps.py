"""`qcjobs sweeps`: the list; and what `qcjobs show` tells of one."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from cli import render, sweep_render
from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator import SweepHandle
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings


@click.command(
    epilog=examples(
        "qcjobs sweeps",
        "qcjobs sweeps --open",
        "qcjobs sweeps --json | jq '.[] | select(.jobs.failed > 0) | .sweep_id'",
    )
)
@click.option("--open", "only_open", is_flag=True, help="Only those that have not ended.")
@click.option("--all-accounts", is_flag=True, help="Those of other accounts that share the ledger, too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def sweeps(only_open: bool, all_accounts: bool, limit: int, as_json: bool) -> None:
    """List the sweeps of this account, newest first. Without credentials: of every account."""
    settings = load_settings()
    with open_ledger(settings).reading() as tables:
        account = None if all_accounts else settings.account_if_known
        found = tables.sweeps.newest(limit, only_open=only_open, account=account)
        standings = tables.sweeps.standings(sweep.id for sweep in found)
    if as_json:
        render.print_json([sweep_render.as_json(sweep, standings[sweep.id]) for sweep in found])
    elif found:
        render.out.print(sweep_render.sweeps_table([(sweep, standings[sweep.id]) for sweep in found]))
    else:
        render.out.print("No sweeps. `qcjobs sweep` accepts one.", style="dim")


def show_sweep(handle: SweepHandle, *, as_json: bool) -> None:
    """Everything the ledger knows about a sweep but its single jobs."""
    sweep, standing = handle.sweep, handle.standing
    with handle.ledger.reading() as tables:
        asked = tables.sweeps.asked(sweep.id)
    if as_json:
        total = {"requests": asked.total(), "requests_by_endpoint": dict(asked.most_common())}
        render.print_json({**sweep_render.as_json(sweep, standing), **total})
        return
    render.out.print(sweep_render.sweeps_table([(sweep, standing)]))
    table = Table(box=None, show_header=False, pad_edge=False)
    facts = {
        "source": sweep.source,
        "nodes at most": sweep.most_nodes,
        "once more of": sweep.rerun_of,
        "ended": None if sweep.ended_at is None else sweep_render.local(sweep.ended_at),
        "plan": " + ".join(_part(part) for part in sweep.plan.get("parts") or []),
        "requests": f"{asked.total():,}"
        + (f", {asked.total() / standing.ended:.2f} per ended backtest" if standing.ended else ""),
    }
    for name, value in facts.items():
        if value is not None:
            table.add_row(Text(name, style="bold"), Text(str(value)))
    for endpoint, count in asked.most_common():
        table.add_row(Text(f"  {endpoint}", style="dim"), Text(f"{count:,}", style="dim"))
    render.out.print()
    render.out.print(table)


def _part(part: object) -> str:
    kinds = ("grid", "random", "list", "candidates", "walk_forward", "where")
    said = part if isinstance(part, dict) else {}
    return ", ".join(f"{kind} {said[kind]}" for kind in kinds if said.get(kind))
