"""`qcjobs submit`: accept a backtest."""

from __future__ import annotations

import sys

import click

from cli import render
from cli.amounts import PROJECT, SECONDS
from cli.epilog import examples
from cli.failures import JOB_FAILED, told_plainly
from cli.progress import follow
from cli.waking import wake_workers
from orchestrator import JobHandle, submit_backtest
from orchestrator.errors import BadParameter, CredentialsRefused, NotFinished
from orchestrator.jobs import Scalar
from orchestrator.preflight import require_redis
from orchestrator.settings import load_settings
from orchestrator.states import JobState
from orchestrator.sweeps.values import read_scalar


def parse_parameter(text: str) -> tuple[str, Scalar]:
    """`name=value`; a value that reads as a number or as true/false becomes one.

    Raises:
        BadParameter: There is no `=`, no name, or the value is a list or a map.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadParameter(f"--param takes name=value, not {text!r}. Example: --param fast=10")
    value = value.strip()
    if value[:1] in {"[", "{"}:
        raise BadParameter(f"Parameter {name.strip()!r} is a list or a map; QuantConnect takes a single value.")
    return name.strip(), read_scalar(value)


@click.command(
    epilog=examples(
        "qcjobs submit examples/rsi --wait",
        'qcjobs submit my-strategy --param fast=10 --param slow=50 --name "fast cross"',
        "qcjobs submit my-strategy --project 12345678 --priority 5",
        "qcjobs submit 12345678 --json",
    )
)
@click.argument("source")
@click.option("--project", type=PROJECT, help="Cloud project to run in.  [default: config.json's cloud-id]")
@click.option("--name", help="Of the backtest.  [default: the folder's name and the parameters]")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A parameter of this run; may be repeated.")
@click.option("--priority", type=int, default=0, show_default=True, help="Higher goes first.")
@click.option("--replace", is_flag=True, help="May overwrite cloud files that qcjobs did not put there.")
@click.option("--reuse", is_flag=True, help="Take the result of an equal backtest from the ledger, if there is one.")
@click.option("--wait", "waits", is_flag=True, help="Wait for the end and print the result.")
@click.option("--timeout", type=SECONDS, help="Seconds to wait at most; the job goes on after that.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def submit(
    source: str,
    project: int | None,
    name: str | None,
    params: tuple[str, ...],
    priority: int,
    replace: bool,
    reuse: bool,
    waits: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Accept a backtest of SOURCE: a strategy's folder, or the id of a cloud project as it stands.

    Once accepted it is in the ledger, and it runs exactly once, as soon as a node is free. A project folder of the
    LEAN CLI works as it is; --param goes before the parameters of its config.json.
    """
    settings = load_settings()
    parameters = dict(parse_parameter(text) for text in params)
    require_redis(settings)  # accepted jobs survive without it, but a new one should not begin its life stuck
    handle = submit_backtest(
        source,
        name=name,
        project_id=project,
        parameters=parameters,
        priority=priority,
        replace=replace,
        reuse=reuse,
        settings=settings,
    )
    wake_workers(settings)
    if not waits:
        _tell_accepted(handle, as_json=as_json)
        return
    try:
        follow([handle], timeout, quiet=as_json)
    except (NotFinished, CredentialsRefused):
        if as_json:  # a script must learn the id of what it started
            render.print_json(render.job_as_json(handle.job, None))
        raise
    job, result = handle.job, handle.result
    if as_json:
        render.print_json(render.job_as_json(job, result))
    else:
        render.print_results([(job, result)])
    if job.state is not JobState.COMPLETED:
        sys.exit(JOB_FAILED)


def _tell_accepted(handle: JobHandle, *, as_json: bool) -> None:
    job = handle.job
    if as_json:
        render.print_json(render.job_as_json(job, None))
        return
    render.out.print(f"accepted: job {job.id} · {job.name}", markup=False, soft_wrap=True)
    render.out.print(f"  qcjobs wait {job.id[:8]}    qcjobs show {job.id[:8]}", markup=False, soft_wrap=True)
