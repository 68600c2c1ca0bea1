"""`qcjobs demo`: the three strategies of `examples/`, end to end, and everything stopped afterwards."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Final

import click

from cli import render
from cli.amounts import Amount
from cli.epilog import examples
from cli.failures import JOB_FAILED, told_plainly
from cli.progress import wait_for_all
from cli.services import embedded_options, print_endpoints
from orchestrator import JobHandle, submit_backtest
from orchestrator.errors import WrongUse
from orchestrator.settings import load_settings
from orchestrator.states import JobState
from workers.embedded import up as embedded
from workers.embedded.home import Home

STRATEGIES: Final = ("rsi", "moving_average_cross", "broken")
"""The last one has a syntax error on purpose."""

EMULATOR: Final = ("--nodes", "2", "--compile-seconds", "1", "--backtest-seconds", "5", "--statistics-lag", "0.5")
"""Long enough to watch, short enough to wait for."""

EXAMPLES: Final = (Path(__file__).parent / "examples", Path(__file__).parent.parent / "examples")
"""Where the strategies are: in an installation inside this package, in a checkout beside it."""


@click.command(
    epilog=examples(
        "qcjobs demo",
        "QC_USER_ID=… QC_API_TOKEN=… qcjobs demo",
    )
)
@click.option("--timeout", type=Amount(min=1, max=1e6), default=3600.0, show_default=True, help="Seconds at most.")
@told_plainly
def demo(timeout: float) -> None:
    """Start everything, run three strategies, print their results, and stop everything.

    Without credentials it runs against the local emulator, with QC_USER_ID and QC_API_TOKEN in the cloud. It keeps its
    files in a folder of its own below QCJOBS_HOME, so it harms nothing that `qcjobs up` has started.
    """
    home = load_settings().home / "demo"
    folder = find_examples()
    options = embedded_options(load_settings(home=home), EMULATOR)
    started = "Redis, worker, beat, Flower" + " and the emulator" * ("emulator" in options.services)
    with render.err.status(f"starting {started}"):
        running = embedded.start(Home(home), options)
    with running:
        settings = load_settings(home=home)  # now it knows where the services are
        handles = [submit_backtest(folder / strategy, settings=settings) for strategy in STRATEGIES]
        wait_for_all(handles, timeout)
        _print_results(handles)
        print_endpoints(running.endpoints, settings)
        with render.err.status("stopping what was started"):
            running.stop()
    render.out.print("Everything that was started is stopped; the ledger and the logs stay. To bring it back:")
    render.out.print(f"  QCJOBS_HOME={shlex.quote(str(home))} qcjobs up", markup=False, soft_wrap=True)
    if not went_as_intended(handles):
        sys.exit(JOB_FAILED)


def find_examples() -> Path:
    """The strategies that are shipped.

    Raises:
        WrongUse: They are not there.
    """
    for folder in EXAMPLES:
        if folder.is_dir():
            return folder
    raise WrongUse("The examples are missing from this installation. Install qcjobs again.")


def _print_results(handles: list[JobHandle]) -> None:
    rows = [(handle.job, handle.result) for handle in handles]
    render.out.print()
    render.print_results(rows)
    render.out.print()
    if any(result is not None and result.synthetic for _, result in rows):
        render.out.print("The results are synthetic: the emulator invents them from the code.", style="dim")


def went_as_intended(handles: list[JobHandle]) -> bool:
    """The broken one does not build; the others complete."""
    *good, broken = [handle.job for handle in handles]
    return all(job.state is JobState.COMPLETED for job in good) and broken.error_kind == "build_error"
