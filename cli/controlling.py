"""`qcjobs pause | resume | retry | rerun`: for jobs and for sweeps, whose ids begin with `s`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli import render
from cli.epilog import examples
from cli.failures import told_plainly
from cli.waking import wake_workers
from orchestrator.ledger import Tables
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings
from orchestrator.sweeps import control

IDS = click.argument("ids", nargs=-1, required=True, metavar="ID...")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command(epilog=examples("qcjobs pause s3f9a2c1b", "qcjobs pause 77e01d42 3f9a2c1b"))
@IDS
@AS_JSON
@told_plainly
def pause(ids: tuple[str, ...], as_json: bool) -> None:
    """Begin nothing more of jobs or sweeps until they are resumed.

    Backtests that run in the cloud run on, because QuantConnect cannot halt them; their results are kept.
    """
    _each(ids, control.pause_within, "held_back", "{count:,} held back", as_json=as_json)


@click.command(epilog=examples("qcjobs resume s3f9a2c1b"))
@IDS
@AS_JSON
@told_plainly
def resume(ids: tuple[str, ...], as_json: bool) -> None:
    """Let paused jobs or sweeps go on."""
    _each(ids, control.resume_within, "resumed", "{count:,} go on", as_json=as_json)


@click.command(epilog=examples("qcjobs retry s3f9a2c1b", "qcjobs retry s3f9a2c1b --cancelled", "qcjobs retry 77e01d42"))
@IDS
@click.option("--cancelled", is_flag=True, help="Of sweeps, what was cancelled as well.")
@AS_JSON
@told_plainly
def retry(ids: tuple[str, ...], cancelled: bool, as_json: bool) -> None:
    """Begin again what failed, with the same code and parameters; of a sweep, only that.

    Each new job takes the place of the old one, which stays in the ledger and says so.
    """

    def again(tables: Tables, any_id: str) -> list[str]:
        return control.retry_within(tables, any_id, cancelled=cancelled)

    _each(ids, again, "job_ids", "{count:,} begun again", as_json=as_json)


@click.command(epilog=examples("qcjobs rerun s3f9a2c1b", "qcjobs rerun 77e01d42"))
@IDS
@AS_JSON
@told_plainly
def rerun(ids: tuple[str, ...], as_json: bool) -> None:
    """Run jobs or sweeps once more, whatever came of them: new jobs or sweeps of the same code and parameters."""
    _each(ids, control.rerun_within, "new_id", "runs once more as {value}", as_json=as_json)


def _each(ids: tuple[str, ...], action: Callable[[Tables, str], Any], key: str, words: str, *, as_json: bool) -> None:
    settings = load_settings()
    with open_ledger(settings).writing() as tables:  # all of them, or none
        done = [(any_id, action(tables, any_id)) for any_id in dict.fromkeys(ids)]
    wake_workers(settings)
    if as_json:
        render.print_json([{"id": any_id, key: value} for any_id, value in done])
        return
    for any_id, value in done:
        count = len(value) if isinstance(value, list) else value
        render.out.print(f"{any_id}: {words.format(count=count, value=value)}", markup=False)
