"""`qcjobs migrate` and `qcjobs ledger`: the ledger itself, rather than what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from cli import render
from cli.amounts import SOME_DAYS
from cli.epilog import examples
from cli.export import require_file
from cli.failures import told_plainly
from cli.paths import FilePath
from orchestrator.errors import WrongUse
from orchestrator.ledger import Ledger, archive, upkeep
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


@click.group(epilog=examples("qcjobs ledger export backup.qcjobs", "qcjobs ledger prune --older-than 365 --dry-run"))
def ledger() -> None:
    """Backup, restore, and room: the ledger as a whole."""


@ledger.command(
    "export",
    epilog=examples(
        "qcjobs ledger export backup.qcjobs",
        "qcjobs ledger export backup-$(date +%F).qcjobs --overwrite",
    ),
)
@click.argument("file", type=FilePath())
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def export(file: Path, overwrite: bool, as_json: bool) -> None:
    """Write the whole ledger to FILE, as of one moment; the workers may go on meanwhile.

    The file holds strategies, results and events, and no secret. Only its owner can read it.
    """
    require_file(file)
    if file.exists() and not overwrite:
        raise WrongUse(f"{file} is there already: name another file, or add --overwrite.")
    with _opened() as opened, render.err.status("exporting the ledger") as status:
        rows = archive.export(opened, file, lambda rows: status.update(f"exporting the ledger: {rows:,} rows"))
        _tell({"file": str(file), "rows": rows, "ledger": opened.url}, f"{rows:,} rows in {file}.", as_json=as_json)


@ledger.command(
    "import",
    epilog=examples(
        "qcjobs ledger import backup.qcjobs",
        "QCJOBS_DATABASE_URL=postgresql://db.internal/qcjobs qcjobs ledger import backup.qcjobs",
    ),
)
@click.argument("file", type=FilePath(exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def import_(file: Path, as_json: bool) -> None:
    """Fill an empty ledger from FILE: restore a backup, or move from SQLite to PostgreSQL.

    An export of an older qcjobs is brought to the present schema. Stop the workers of the exported ledger before you
    export for a move: what they do afterwards is not in the file.
    """
    with _opened() as opened, render.err.status("importing") as status:
        rows = archive.restore(opened, file, lambda rows: status.update(f"importing: {rows:,} rows"))
        _tell(
            {"file": str(file), "rows": rows, "ledger": opened.url}, f"{rows:,} rows in {opened.url}.", as_json=as_json
        )


@ledger.command(
    "prune",
    epilog=examples("qcjobs ledger prune --older-than 365 --dry-run", "qcjobs ledger prune --older-than 365 --yes"),
)
@click.option("--older-than", type=SOME_DAYS, required=True, help="Days since their end.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def prune(older_than: float, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete jobs that ended long ago, with their results, events and strategies.

    What was asked of live algorithms stays, for the audit. `retention.jobs_days` does the same by itself, every hour.
    """
    with _opened() as opened:
        opened.make_ready()
        age = timedelta(days=older_than)
        found = upkeep.prune(opened, age, only_count=True).jobs
        if dry_run or not found:
            _tell({"jobs": found, "bundles": 0, "deleted": False}, f"{found:,} jobs would go.", as_json=as_json)
            return
        if not yes:
            click.confirm(f"Delete {found:,} jobs and their results from {opened.url}?", abort=True, err=True)
        with render.err.status(f"deleting {found:,} jobs"):
            gone = upkeep.prune(opened, age)
        told = {"jobs": gone.jobs, "bundles": gone.bundles, "deleted": True}
        _tell(told, f"Deleted: {gone.jobs:,} jobs, {gone.bundles:,} bundles.", as_json=as_json)


@ledger.command("vacuum", epilog=examples("qcjobs ledger vacuum"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def vacuum(as_json: bool) -> None:
    """Give the room of what was deleted back to the disk. With SQLite the workers wait meanwhile."""
    with _opened() as opened:
        before = upkeep.size(opened)
        with render.err.status("vacuuming"):
            upkeep.vacuum(opened)
        after = upkeep.size(opened)
        text = f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now."
        _tell({"bytes_before": before, "bytes_after": after}, text, as_json=as_json)


@contextmanager
def _opened() -> Iterator[Ledger]:
    opened = Ledger(load_settings().ledger_url)
    try:
        yield opened
    finally:
        opened.close()


def _tell(told: Mapping[str, object], text: str, *, as_json: bool) -> None:
    if as_json:
        render.print_json(told)
    else:
        render.out.print(text, markup=False, soft_wrap=True)
