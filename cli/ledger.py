"""`qcjobs migrate`: the ledger itself, rather than what is in it."""

from __future__ import annotations

import click

from cli import render
from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator.ledger import Ledger
from orchestrator.ledger.migrate import revision
from orchestrator.settings import load_settings


@click.command(epilog=examples("qcjobs migrate", "qcjobs migrate --check || echo not yet"))
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 where there is something to do.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
@told_plainly
def migrate(ctx: click.Context, check: bool, as_json: bool) -> None:
    """Create the ledger's tables, or upgrade them to this version of qcjobs.

    A ledger on this machine (SQLite) is upgraded by whatever command comes first. One that several machines share
    (PostgreSQL) is upgraded only by this command; until then newer workers refuse to start, and older ones go on.
    """
    ledger = Ledger(load_settings().ledger_url)
    try:
        before = revision(ledger.engine)
        if not check:
            ledger.prepare()
    finally:
        ledger.close()
    done = before.found == before.wanted
    if as_json:
        told = {"ledger": ledger.url, "from": before.found, "to": before.wanted, "changed": not (check or done)}
        render.print_json(told)
    elif done:
        render.out.print(f"The ledger is up to date (schema {before.wanted}).")
    else:
        was = "had no tables" if before.found is None else f"had schema {before.found}"
        render.out.print(f"The ledger {was}; {'it needs' if check else 'now it has'} {before.wanted}.")
    if check and not done:
        ctx.exit(1)
