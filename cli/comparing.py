"""`qcjobs compare | export`: the results of sweeps and jobs side by side, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import click
from rich.table import Table
from rich.text import Text

from cli import heatmap, render, sweep_render
from cli.epilog import examples
from cli.export import write_rows
from cli.failures import told_plainly
from cli.paths import FilePath
from cli.sweep_report import write_report
from orchestrator.errors import SweepNotFound, WrongUse
from orchestrator.jobs import Job, Result
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings
from orchestrator.sweeps.control import is_sweep
from orchestrator.sweeps.rows import rows_of
from orchestrator.sweeps.walk_forward import Chosen, walk_forward
from quantconnect.results import BacktestNumbers

NUMBERS: Final = tuple(field.name for field in fields(BacktestNumbers))

IDS = click.argument("ids", nargs=-1, metavar="[ID]...")
BY = click.option(
    "--by", "number", type=click.Choice(NUMBERS), default="sharpe_ratio", show_default=True, help="What counts."
)


@click.command(
    epilog=examples(
        "qcjobs compare",
        "qcjobs compare s3f9a2c1b",
        "qcjobs compare s3f9a2c1b --by max_drawdown --lowest --top 5",
        "qcjobs compare s3f9a2c1b --map fast,slow",
        "qcjobs compare s3f9a2c1b --html report.html",
        "qcjobs compare s3f9a2c1b s77e01d42 --json",
    )
)
@IDS
@BY
@click.option("--lowest", is_flag=True, help="The lowest of it is best.")
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="So many lines.")
@click.option("--map", "axes", metavar="X,Y", help="Two parameters of the picture.  [default: the two that vary]")
@click.option("--html", type=FilePath(), help="Write a page with the picture.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def compare(
    ids: tuple[str, ...], number: str, lowest: bool, top: int, axes: str | None, html: Path | None, as_json: bool
) -> None:
    """Results side by side, the best first, with a picture where two parameters vary.

    ID is a sweep or a job; several are put together; without one, it is the newest sweep. Walk-forward sweeps show what
    each window's choice was worth in the time after it.
    """
    every = results_of(ids)
    told = ranked(every, number, lowest=lowest)
    chosen = walk_forward(every, number, lowest=lowest)
    if as_json:
        rows = rows_of([(job, result) for job, result in told[:top]])
        windows = [{**_window(one)} for one in chosen]
        render.print_json({"by": number, "compared": len(told), "rows": rows, "walk_forward": windows})
        return
    if not told:
        render.out.print("No result yet. `qcjobs watch` shows how far it is.", style="dim")
        return

    def shown(value: object) -> str:
        return sweep_render.shown(number, value)

    grid = heatmap.grid_of(told, number, _two(axes, told), lowest=lowest)
    if html is not None:
        write_report(html, told, number, grid, chosen, shown)
        render.err.print(f"{html}: {len(told):,} backtests", markup=False)
        return
    render.out.print(sweep_render.best_table(told[:top], number))
    if len(told) > top:
        render.out.print(f"… and {len(told) - top:,} more", style="dim")
    if grid is not None:
        render.out.print()
        render.out.print(heatmap.as_table(grid, shown))
    if chosen:
        render.out.print()
        render.out.print(_walk_forward_table(chosen, shown))
    if any(result.synthetic for _, result in told):
        render.out.print("The results are synthetic: the emulator invents them from the code.", style="dim")


@click.command(
    epilog=examples(
        "qcjobs export s3f9a2c1b --file results.csv",
        "qcjobs export s3f9a2c1b s77e01d42 --file results.parquet",
        "qcjobs export s3f9a2c1b --file - | head",
    )
)
@IDS
@click.option(
    "--file",
    "path",
    type=FilePath(),
    required=True,
    help="Ends in .csv, .parquet or .json; - prints JSON.",
)
@told_plainly
def export(ids: tuple[str, ...], path: Path) -> None:
    """One row per backtest: parameters, every statistic as a number, code and times.

    ID is a sweep or a job; without one, it is the newest sweep. The unit stands in the column's name. Parquet needs the
    package's extra: pip install 'qcjobs[parquet]'.
    """
    rows = rows_of(results_of(ids))
    if str(path) == "-":
        render.print_json(rows)
        return
    write_rows(path, rows)
    render.err.print(f"{path}: {len(rows):,} rows", markup=False)


def results_of(ids: Sequence[str]) -> list[tuple[Job, Result | None]]:
    """Every job that is meant, each once, with its result; without ids, those of the newest sweep.

    Raises:
        SweepNotFound, JobNotFound: An id means nothing, or several; or there is no sweep.
    """
    found: dict[str, tuple[Job, Result | None]] = {}
    settings = load_settings()
    with open_ledger(settings).reading() as tables:
        newest = [] if ids else [sweep.id for sweep in tables.sweeps.newest(1, account=settings.account_if_known)]
        if not ids and not newest:
            raise SweepNotFound("There is no sweep yet. `qcjobs sweep` accepts one.")
        for any_id in ids or newest:
            if is_sweep(any_id):
                sweep = tables.sweeps.get(any_id)
                results = tables.sweeps.results_of(sweep.id)
                found |= {job.id: (job, results.get(job.id)) for job in tables.sweeps.jobs_of(sweep.id)}
            else:
                job = tables.jobs.get(any_id)
                found[job.id] = job, tables.jobs.result(job.id)
    return list(found.values())


def ranked(results: Sequence[tuple[Job, Result | None]], number: str, *, lowest: bool) -> list[tuple[Job, Result]]:
    """Those that tell the number, the best first."""
    told = [
        (float(value), job, result)
        for job, result in results
        if result is not None and isinstance(value := result.numbers.get(number), int | float)
    ]
    told.sort(key=lambda entry: entry[0], reverse=not lowest)
    return [(job, result) for _, job, result in told]


def _two(axes: str | None, told: Sequence[tuple[Job, Result]]) -> tuple[str, str] | None:
    if axes is None:
        return None
    names = [name.strip() for name in axes.split(",")]
    known = {name for job, _ in told for name in job.parameters}
    if len(names) != 2 or not known.issuperset(names):
        raise WrongUse(f"--map takes two parameters, such as --map fast,slow. There are: {', '.join(sorted(known))}.")
    return names[0], names[1]


def _window(one: Chosen) -> dict[str, object]:
    return {
        "window": one.window,
        "parameters": dict(one.parameters),
        "trained": one.trained,
        "tested": one.tested,
    }


def _walk_forward_table(chosen: Sequence[Chosen], shown: Callable[[object], str]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, title="walk forward", title_justify="left")
    table.add_column("window", justify="right")
    table.add_column("chosen in training")
    table.add_column("there", justify="right")
    table.add_column("in the test after", justify="right")
    for one in chosen:
        said = " ".join(f"{name}={value}" for name, value in sorted(one.parameters.items()))
        table.add_row(str(one.window), Text(said), shown(one.trained), shown(one.tested))
    return table
