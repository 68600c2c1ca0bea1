"""`qcjobs live deploy`: look at everything first, ask, then start an algorithm that trades."""

from __future__ import annotations

import re
import sys
from typing import Any

import click
from rich.text import Text

from cli import live_render, render
from cli.amounts import PROJECT, SECONDS
from cli.epilog import examples
from cli.failures import JOB_FAILED, WRONG_USE, told_plainly
from cli.progress import follow
from cli.submit import parse_parameter
from cli.waking import wake_workers
from orchestrator import live
from orchestrator.brokerages import PAPER, Deploy, environment_of
from orchestrator.errors import BadParameter, CredentialsRefused, NotFinished
from orchestrator.jobs import Job
from orchestrator.live_preflight import Check, examine
from orchestrator.preflight import require_redis
from orchestrator.runtime import open_runtime
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState
from quantconnect.models.ids import NodeId


@click.command(
    epilog=examples(
        "qcjobs live deploy examples/rsi",
        "qcjobs live deploy my-strategy --brokerage ib-main --node LN-0123 --auto-redeploy",
        "qcjobs live deploy 12345678 --brokerage paper --cash 50000 --yes --json",
        "qcjobs live deploy my-strategy --check",
    )
)
@click.argument("source")
@click.option("--brokerage", default=PAPER, show_default=True, help="Its name under `brokerages` in the configuration.")
@click.option("--project", type=PROJECT, help="Cloud project.  [default: config.json's cloud-id]")
@click.option("--name", help="Of the job.  [default: the source's]")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A parameter; may be repeated.")
@click.option("--node", help="A live node's id.  [default: any that is free]")
@click.option("--data", "providers", multiple=True, help="A data provider's name; may be repeated.")
@click.option("--lean-version", default="-1", help="Of LEAN.  [default: the newest]")
@click.option("--auto-redeploy", is_flag=True, help="Let QuantConnect start it again after a failure.")
@click.option("--notify", help="A name under `notifications` in the configuration.")
@click.option("--cash", "cash", multiple=True, metavar="AMOUNT[:CURRENCY]", help="To start with; for paper.")
@click.option("--holding", "holdings", multiple=True, metavar="SYMBOL:QUANTITY:PRICE", help="To start with; for paper.")
@click.option("--replace", is_flag=True, help="May overwrite cloud files that qcjobs did not put there.")
@click.option("--check", is_flag=True, help="Only look whether it could be deployed.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--wait/--no-wait", "waits", default=True, show_default=True, help="Until it runs or says why not.")
@click.option("--timeout", type=SECONDS, help="Seconds to wait at most; it goes on after that.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def deploy(
    source: str,
    brokerage: str,
    project: int | None,
    name: str | None,
    params: tuple[str, ...],
    node: str | None,
    providers: tuple[str, ...],
    lean_version: str,
    auto_redeploy: bool,
    notify: str | None,
    cash: tuple[str, ...],
    holdings: tuple[str, ...],
    replace: bool,
    check: bool,
    yes: bool,
    waits: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Deploy SOURCE, a strategy's folder or the id of a cloud project, to a live node.

    Everything is looked at first: credentials, brokerage keys, the node, a deployment that is there already. It is
    deployed exactly once, and confirmed by reading. Exit code 0: it runs; 1: it does not; 3: not confirmed in time.
    """
    settings = load_settings()
    wanted = Deploy(
        brokerage=brokerage,
        node_id=None if node is None else NodeId(node),
        data_providers=providers,
        lean_version=lean_version,
        automatic_redeploy=auto_redeploy,
        notification=notify,
        cash=tuple(parse_cash(text) for text in cash),
        holdings=tuple(parse_holding(text) for text in holdings),
    )
    parameters = dict(parse_parameter(text) for text in params)
    checks = _look(settings, source, project, wanted)
    _show(checks, check=check, as_json=as_json)
    if not all(one.ok for one in checks):
        sys.exit(WRONG_USE)
    if check:
        return
    if not yes:
        _confirm(settings, wanted, source)
    require_redis(settings)
    handle = live.deploy_as(
        source, wanted, name=name, project_id=project, parameters=parameters, replace=replace, settings=settings
    )
    wake_workers(settings)
    if waits:
        try:
            follow([handle], timeout, quiet=as_json)
        except (NotFinished, CredentialsRefused):
            if as_json:
                render.print_json(render.job_as_json(handle.job, None))
            raise
    _tell(handle.job, as_json=as_json)


def parse_cash(text: str) -> tuple[float, str]:
    """`50000` or `1000:EUR`.

    Raises:
        BadParameter: It is neither.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?::([A-Za-z]{3,5}))?", text.strip())
    if found is None:
        raise BadParameter(f"--cash takes an amount and perhaps a currency, not {text!r}. Example: --cash 50000:USD")
    return float(found[1]), (found[2] or "USD").upper()


def parse_holding(text: str) -> dict[str, Any]:
    """`SPY:10:450.2`, or with LEAN's own identifier `SPY R735QTJ8XC9X:10:450.2`.

    Raises:
        BadParameter: It is neither.
    """
    symbol_id, _, rest = text.strip().partition(":")
    quantity, _, price = rest.partition(":")
    try:
        amounts = {"quantity": float(quantity), "average_price": float(price)}
    except ValueError:
        raise BadParameter(f"--holding takes SYMBOL:QUANTITY:PRICE, not {text!r}. Example: SPY:10:450.2") from None
    if not symbol_id:
        raise BadParameter("--holding takes SYMBOL:QUANTITY:PRICE. Example: SPY:10:450.2")
    return {"symbol_id": symbol_id, "symbol": symbol_id.split(" ")[0].upper(), **amounts}


def _look(settings: Settings, source: str, project: int | None, wanted: Deploy) -> list[Check]:
    runtime = open_runtime(settings)
    try:
        with render.err.status("looking at everything first"):
            return examine(runtime, source, project, wanted)
    finally:
        runtime.close()


def _show(checks: list[Check], *, check: bool, as_json: bool) -> None:
    if check and as_json:
        render.print_json({"checks": [{"ok": one.ok, "what": one.what} for one in checks]})
        return
    for one in checks if not as_json else [one for one in checks if not one.ok]:
        render.err.print(Text.assemble(("✓ ", "green") if one.ok else ("✗ ", "bold red"), one.what), soft_wrap=True)


def _confirm(settings: Settings, wanted: Deploy, source: str) -> None:
    environment = environment_of(settings, wanted.brokerage)
    render.err.print(
        Text.assemble(
            "Deploy ",
            (source, "bold"),
            " at ",
            (wanted.brokerage, "bold"),
            ": ",
            live_render.money_at_stake(environment),
        )
    )
    if environment == PAPER:
        click.confirm("Start to trade with paper money?", abort=True, err=True)
        return
    question = "This trades REAL MONEY. Type the brokerage's name to go on"
    said = click.prompt(question, err=True, default="", show_default=False)
    if said.strip() != wanted.brokerage:
        raise click.Abort


def _tell(job: Job, *, as_json: bool) -> None:
    """How it went; leaves with the exit code of a failed job where it did."""
    if as_json:
        render.print_json(render.job_as_json(job, None))
    elif job.state is JobState.COMPLETED:
        words = f"{job.deploy_id} runs in project {job.project_id}: qcjobs live show {job.project_id}"
        render.out.print(Text(words, style="green"), soft_wrap=True)
    elif job.state.is_terminal:
        render.print_error(job)
    else:
        render.out.print(f"{job.id} is accepted: qcjobs wait {job.id[:8]}")
    if job.state in {JobState.FAILED, JobState.CANCELLED}:
        sys.exit(JOB_FAILED)
