"""`qcjobs live command`: a message to an algorithm that trades."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from cli import render
from cli.amounts import PROJECT
from cli.carrying_out import carrying_out
from cli.epilog import examples
from cli.failures import JOB_FAILED, told_plainly
from cli.progress import follow
from orchestrator import live
from orchestrator.errors import BadParameter, WrongUse
from orchestrator.settings import load_settings
from orchestrator.states import JobState


@click.command(
    epilog=examples(
        """qcjobs live command 12345678 '{"$type": "RebalanceCommand", "weight": 0.5}'""",
        "qcjobs live command 12345678 @command.json --yes",
        """qcjobs live command --all '{"$type": "PauseCommand"}' --exclude 12345678""",
    )
)
@click.argument("arguments", nargs=-1, required=True, metavar="[PROJECT_ID] MESSAGE")
@click.option("--all", "everything", is_flag=True, help="To every algorithm of the organization.")
@click.option("--exclude", type=PROJECT, help="But to this project's.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def command(arguments: tuple[str, ...], everything: bool, exclude: int | None, yes: bool, as_json: bool) -> None:
    """Hand MESSAGE, a JSON object or @FILE, to the algorithm of PROJECT_ID; `$type` names the command's class.

    It is sent once: where its answer is lost, the job fails and says so, because twice might trade twice.
    """
    settings = load_settings()
    project, message = _understood(arguments, everything=everything)
    if not yes:
        to = "ALL algorithms of the organization" if project is None else f"the algorithm of project {project}"
        click.confirm(f"Send {json.dumps(message)} to {to}?", abort=True, err=True)
    handle = live.command(project, message, exclude_project_id=exclude, settings=settings)
    with carrying_out([handle], settings):
        follow([handle], None, quiet=as_json)
    job = handle.job
    done = job.state is JobState.COMPLETED
    if as_json:
        render.print_json({"job_id": job.id, "state": str(job.state), "project_id": project, "error": job.error})
    else:
        words = "accepted by QuantConnect" if done else (job.error or str(job.state))
        render.out.print(Text(words, style="green" if done else "red"), soft_wrap=True)
    if not done:
        sys.exit(JOB_FAILED)


def _understood(arguments: tuple[str, ...], *, everything: bool) -> tuple[int | None, dict[str, Any]]:
    if len(arguments) != (1 if everything else 2):
        raise WrongUse("Give a project and a message, or --all and a message.")
    project: int | None = None
    if not everything:
        try:
            project = int(arguments[0])
        except ValueError:
            raise WrongUse(f"{arguments[0]!r} is not the id of a project; it is a positive number.") from None
    text = arguments[-1]
    try:
        message = json.loads(Path(text[1:]).read_text("utf-8") if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise BadParameter(f"The message is no JSON object: {error}.") from error
    if not isinstance(message, dict):
        raise BadParameter("The message is no JSON object.")
    return project, message
