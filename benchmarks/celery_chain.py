"""A plain Celery chain over the API, as one would write it first: the peer of `benchmarks.peers`.

Every point pushes, compiles, creates and polls for itself, and Celery's retry is the clock. Of qcjobs it uses the
client, and nothing else.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from celery import Celery, Task, chain

from quantconnect import NoSpareNodes, QuantConnectClient
from quantconnect.models.ids import BacktestId, CompileId, ProjectId

app = Celery("chain", broker=os.environ["QCJOBS_REDIS_URL"])
app.conf.update(task_ignore_result=False, result_backend=os.environ["QCJOBS_REDIS_URL"], task_acks_late=True)

client = QuantConnectClient(
    int(os.environ["QC_USER_ID"]), os.environ["QC_API_TOKEN"], base_url=os.environ["QC_BASE_URL"]
)


def make_project(code: str) -> ProjectId:
    """A project that holds the code."""
    project = client.projects.create("chain", language="Py").project_id
    client.projects.update(project, files={"main.py": code})
    return project


def send(project: ProjectId, number: int) -> None:
    """One point."""
    links = (push.si(project), compile_.si(project), wait_for_build.s(project), create.s(project, number))
    chain(*links, wait_for_result.s(project)).apply_async()


@app.task
def push(project: ProjectId) -> None:
    """The project's files, as they are in the folder."""
    files = {file.name or "": file.content or "" for file in client.files.read(project)}
    client.projects.update(project, files=files)


@app.task
def compile_(project: ProjectId) -> CompileId:
    """Ask for a compile."""
    return client.compiles.create(project).compile_id


@app.task(bind=True, max_retries=None)
def wait_for_build(self: Task[Any, Any], compile_id: CompileId, project: ProjectId) -> CompileId:
    """Look every 2 s."""
    if client.compiles.read(project, compile_id).pending:
        raise self.retry(countdown=2)
    return compile_id


@app.task(bind=True, max_retries=None)
def create(self: Task[Any, Any], compile_id: CompileId, project: ProjectId, number: int) -> tuple[BacktestId, str]:
    """Try every 10 s until there is a node."""
    name = f"chain {number}"
    try:
        made = client.backtests.create(project, compile_id, name, parameters={"period": number})
    except NoSpareNodes as error:
        raise self.retry(countdown=10) from error
    return made.backtest_id, name


@app.task(bind=True, max_retries=None)
def wait_for_result(self: Task[Any, Any], made: tuple[BacktestId, str], project: ProjectId) -> None:
    """Look every 5 s."""
    backtest = client.backtests.read(project, made[0])
    if not backtest.ended or backtest.total_performance is None:
        raise self.retry(countdown=5)
    with Path(os.environ["CHAIN_ENDS"]).open("a") as file:
        file.write(f"{made[1]}\t{datetime.now(UTC).isoformat()}\n")
