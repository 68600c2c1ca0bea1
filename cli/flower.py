"""`qcjobs flower`: Celery's dashboard, with a login."""

from __future__ import annotations

import os
import sys

import click

from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator.errors import RedisUnavailable, Unavailable
from orchestrator.settings import load_settings
from workers.dashboard import CONFIG, password
from workers.embedded import ports


@click.command(
    epilog=examples(
        "qcjobs flower",
        "QCJOBS_FLOWER_PASSWORD_FILE=/run/secrets/flower qcjobs flower --address 0.0.0.0",
        "qcjobs flower --read-only",
    )
)
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=5555, show_default=True)
@click.option("--read-only", is_flag=True, help="Show everything, let nobody revoke tasks or stop workers.")
@told_plainly
def flower(address: str, port: int, read_only: bool) -> None:
    """Run Flower over the configured Redis until it is interrupted; user `qcjobs`.

    The password comes from QCJOBS_FLOWER_PASSWORD or the file that QCJOBS_FLOWER_PASSWORD_FILE names; without either
    it is made once and kept in QCJOBS_HOME/run/flower-password.
    """
    password()  # what is wrong is told here, in one line
    if load_settings().redis_url is None:
        raise RedisUnavailable
    if not ports.is_free(port, address):
        raise Unavailable(f"Nothing can listen on {address}:{port}: another --port, or another --address.")
    command = (sys.executable, "-m", "celery", "-A", "workers", "flower")
    os.execv(  # noqa: S606 (becoming Flower, so that signals reach it)
        sys.executable,
        (*command, f"--conf={CONFIG}", f"--address={address}", f"--port={port}", f"--read_only={read_only}"),
    )
