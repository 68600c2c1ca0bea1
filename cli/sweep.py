"""`qcjobs sweep | extend`: many backtests from one plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli import render, sweep_render
from cli.amounts import PROJECT, SECONDS
from cli.epilog import examples
from cli.failures import told_plainly
from cli.paths import FilePath
from cli.sweep_watching import end_with, follow_sweep
from cli.waking import wake_workers
from orchestrator import SweepHandle
from orchestrator.errors import BadParameter, BadPlan, WrongUse
from orchestrator.preflight import require_redis
from orchestrator.runtime import open_ledger
from orchestrator.settings import load_settings
from orchestrator.sweeps import control
from orchestrator.sweeps.plan_file import read_plan_file
from orchestrator.sweeps.submission import draft_sweep

PLAN_OPTIONS = (
    click.option(
        "--param", "params", multiple=True, metavar="K=VALUES", help="5:50:5, list(20,50) or a value; may be repeated."
    ),
    click.option("--where", multiple=True, metavar="EXPR", help="A constraint, as 'fast < slow'; may be repeated."),
    click.option("--random", "draws", type=click.IntRange(min=1), help="So many random points instead of the grid."),
    click.option("--seed", type=int, help="Of the random points.  [default: a new one, which is kept]"),
    click.option("--plan", type=FilePath(), help="A YAML file; see docs/sweeps.md."),
)


def plan_options(command: Any) -> Any:
    """The options by which a plan is told."""
    for option in reversed(PLAN_OPTIONS):
        command = option(command)
    return command


def said_plan(
    plan: Path | None, params: tuple[str, ...], where: tuple[str, ...], draws: int | None, seed: int | None
) -> dict[str, Any]:
    """A plan file and the options beside it, which go before it.

    Raises:
        WrongUse: They make no plan.
    """
    said = {} if plan is None else read_plan_file(plan)
    axes = dict(_axis(text) for text in params)
    if draws is not None:
        parameters = axes or (said.get("random") or {}).get("parameters") or said.pop("grid", None)
        said["random"] = {"points": draws, "parameters": parameters}
    elif axes:
        said["grid"] = {**(said.get("grid") or {}), **axes}
    if seed is not None:
        if not said.get("random"):
            raise WrongUse("--seed belongs to --random.")
        said["random"] = {**said["random"], "seed": seed}
    if where:
        there = said.get("where") or []
        said["where"] = [*([there] if isinstance(there, str) else there), *where]
    if not said:
        raise BadPlan("Which points? Give --param, or a --plan.")
    return said


def _axis(text: str) -> tuple[str, str]:
    name, equals, values = text.partition("=")
    if not equals or not name.strip():
        raise BadParameter(f"--param takes name=values, not {text!r}. Example: --param fast=5:50:5")
    return name.strip(), values.strip()


@click.command(
    epilog=examples(
        "qcjobs sweep examples/moving_average_cross --param fast=5:50:5 --param 'slow=list(100,200)' --preview",
        "qcjobs sweep my-strategy --param fast=5:50 --param slow=20:200 --where 'fast < slow' --random 200 --seed 7",
        "qcjobs sweep --plan plan.yaml --nodes 4 --yes --wait",
        "qcjobs sweep my-strategy --param fast=5:50:5 --reuse",
    )
)
@click.argument("source", required=False)
@plan_options
@click.option("--name", help="Of the sweep.  [default: the source's]")
@click.option("--note", help="For people.")
@click.option("--project", type=PROJECT, help="Cloud project to run in.  [default: as for a backtest]")
@click.option("--priority", type=int, help="Higher goes first.  [default: 0]")
@click.option(
    "--nodes", type=click.IntRange(1, 1_000_000), help="Backtests at once.  [default: as many as there are nodes]"
)
@click.option("--replace", is_flag=True, default=None, help="May overwrite cloud files that qcjobs did not put there.")
@click.option("--reuse", is_flag=True, default=None, help="Take results of equal backtests from the ledger.")
@click.option("--preview", "only_preview", is_flag=True, help="Say what it will cost, and accept nothing.")
@click.option("--yes", is_flag=True, help="Do not ask, however large it is.")
@click.option("--wait", "waits", is_flag=True, help="Wait for the end and print the best.")
@click.option("--timeout", type=SECONDS, help="Seconds to wait at most; the sweep goes on after that.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def sweep(
    source: str | None,
    params: tuple[str, ...],
    where: tuple[str, ...],
    draws: int | None,
    seed: int | None,
    plan: Path | None,
    name: str | None,
    note: str | None,
    project: int | None,
    priority: int | None,
    nodes: int | None,
    replace: bool | None,
    reuse: bool | None,
    only_preview: bool,
    yes: bool,
    waits: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Accept a sweep of SOURCE: a backtest for every combination of the parameters, or for what a plan says.

    All of its backtests are in the ledger then, and each runs exactly once; one push and one compile serve all. Sweeps
    share the nodes fairly. A large one (settings sweeps.ask_above_…) asks first.
    """
    settings = load_settings()
    draft = draft_sweep(
        source,
        said_plan(plan, params, where, draws, seed),
        name=name,
        note=note,
        project_id=project,
        priority=priority,
        replace_files=replace,
        reuse=reuse,
        most_nodes=nodes,
        settings=settings,
    )
    preview = draft.preview()
    much = preview.exceeded(settings)
    if only_preview:
        if as_json:
            render.print_json(sweep_render.preview_as_json(preview, much))
        else:
            render.out.print(sweep_render.preview_table(preview))
        return
    require_redis(settings)  # accepted jobs survive without it, but a new sweep should not begin its life stuck
    if much and not yes:
        render.err.print(sweep_render.preview_table(preview))
        click.confirm(f"This sweep means {', '.join(much)}. Submit it?", abort=True, err=True)
    handle = draft.submit()
    wake_workers(settings)
    if waits:
        follow_sweep(handle, timeout, quiet=as_json)
        end_with(handle, as_json=as_json)
        return
    _tell_accepted(handle, as_json=as_json)


@click.command(
    epilog=examples(
        "qcjobs extend s3f9a2c1b --param fast=55:100:5 --param slow=200",
        "qcjobs extend s3f9a2c1b --plan more.yaml",
    )
)
@click.argument("sweep_id", metavar="SWEEP_ID")
@plan_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def extend(
    sweep_id: str,
    params: tuple[str, ...],
    where: tuple[str, ...],
    draws: int | None,
    seed: int | None,
    plan: Path | None,
    as_json: bool,
) -> None:
    """Add points to a sweep, with the same code; those that it has already are left out."""
    settings = load_settings()
    ledger = open_ledger(settings)
    said = said_plan(plan, params, where, draws, seed)
    added = control.extend(ledger, sweep_id, said, settings.sweeps.most_points)
    wake_workers(settings)
    if as_json:
        render.print_json({"sweep_id": sweep_id, "added": added})
    else:
        render.out.print(f"{added:,} points added" if added else "nothing added: the sweep has these points already")


def _tell_accepted(handle: SweepHandle, *, as_json: bool) -> None:
    sweep, standing = handle.sweep, handle.standing
    if as_json:
        render.print_json(sweep_render.as_json(sweep, standing))
        return
    render.out.print(f"accepted: sweep {sweep.id} · {sweep.name} · {sweep.points:,} points", markup=False)
    short = sweep.id[:8]
    render.out.print(f"  qcjobs watch {short}    qcjobs compare {short}    qcjobs pause {short}", markup=False)
