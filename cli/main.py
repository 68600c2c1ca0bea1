"""`qcjobs`: the command. Each subcommand is imported when it is called, so that `qcjobs --help` is quick."""

from __future__ import annotations

import io
import sys
from typing import Final

import click

from cli.epilog import examples
from cli.lazy import lazy_group

COMMANDS: Final = {
    "up": ("cli.services", "up", "Start everything on this machine: Redis, worker, beat, Flower, emulator."),
    "down": ("cli.services", "down", "Stop what `qcjobs up` started."),
    "demo": ("cli.demo", "demo", "Three strategies, end to end, then stop everything."),
    "doctor": ("cli.doctor", "doctor", "What is configured, reachable and wrong."),
    "submit": ("cli.submit", "submit", "Accept a backtest; it runs in the background."),
    "sweep": ("cli.sweep", "sweep", "Accept many backtests from one plan."),
    "extend": ("cli.sweep", "extend", "Add points to a sweep."),
    "sweeps": ("cli.sweeps", "sweeps", "List the sweeps, newest first."),
    "watch": ("cli.sweep_watching", "watch", "Sweeps live: progress, running nodes, expected end, the best so far."),
    "compare": ("cli.comparing", "compare", "Results side by side, with a picture."),
    "export": ("cli.comparing", "export", "Results as CSV, Parquet or JSON: one row per backtest."),
    "jobs": ("cli.jobs", "jobs", "List the jobs, newest first."),
    "show": ("cli.jobs", "show", "Everything the ledger knows about a job or a sweep."),
    "wait": ("cli.jobs", "wait", "Wait for jobs or sweeps to end."),
    "pause": ("cli.controlling", "pause", "Begin nothing more of jobs or sweeps."),
    "resume": ("cli.controlling", "resume", "Let them go on."),
    "retry": ("cli.controlling", "retry", "Begin again what failed."),
    "rerun": ("cli.controlling", "rerun", "Run jobs or sweeps once more."),
    "cancel": ("cli.jobs", "cancel", "Stop jobs or sweeps; a running backtest is deleted in the cloud."),
    "live": ("cli.live", "live", "What trades: look at it, deploy, stop, liquidate."),
    "vault": ("cli.vault", "vault", "An encrypted file of brokerage keys."),
    "schedules": ("cli.schedules", "schedules", "What is done at which time: list, show, run, pause, resume."),
    "migrate": ("cli.ledger", "migrate", "Create or upgrade the ledger's tables."),
    "ledger": ("cli.ledger", "ledger", "Export, import, prune, vacuum the ledger."),
    "health": ("cli.health", "health", "Whether one service is healthy, for a container's health check."),
    "metrics": ("cli.metrics", "metrics", "Serve Prometheus metrics."),
    "flower": ("cli.flower", "flower", "Run the dashboard, with a login."),
    "emulator": ("cli.emulator", "emulator", "Run a local QuantConnect API."),
}
"""Name: module, function, one line for the overview."""


@click.command(
    cls=lazy_group(COMMANDS),
    epilog=examples(
        "qcjobs demo                                   see it work, without an account",
        "qcjobs up                                     start everything on this machine",
        "qcjobs submit examples/rsi --wait             run one backtest and wait for it",
        "qcjobs submit my-strategy --param fast=10     come back later: qcjobs jobs",
        "qcjobs sweep my-strategy --param fast=5:50:5  a backtest for each value",
        "qcjobs doctor                                 what is wrong, and what to do",
    )
    + "\n\nExit codes: 0 completed, 1 the job failed, 2 wrong use, 3 a service is unreachable, 130 interrupted.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="qcjobs", prog_name="qcjobs")
def main() -> None:
    """Background jobs for the QuantConnect cloud: every backtest runs exactly once, as soon as a node is free."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name, or a terminal's alphabet, may not allow what we print
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
