"""`qcjobs metrics`: the Prometheus exporter."""

from __future__ import annotations

import signal

import click

from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator.settings import load_settings
from workers import metrics as exporter
from workers.bootstrap import start_logging


@click.command(
    epilog=examples(
        "qcjobs metrics",
        "qcjobs metrics --address 0.0.0.0 --port 9100",
        "qcjobs metrics --once | grep qcjobs_jobs",
    )
)
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=9100, show_default=True)
@click.option("--once", is_flag=True, help="Print the metrics and end.")
@told_plainly
def metrics(address: str, port: int, once: bool) -> None:
    """Serve Prometheus metrics until interrupted: jobs, queue, nodes, requests, budget, detection lag, deliveries.

    Every figure is read from the ledger and from Redis when it is asked for, so it is right whichever process died a
    moment ago. There is no login and no secret; put a proxy in front before you open it to a network.
    """
    settings = load_settings()
    start_logging(settings)
    if once:
        click.echo(exporter.text(settings), nl=False)
        return
    server = exporter.serve(settings, address, port)
    click.echo(f"metrics ready: http://{address}:{port}/metrics")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.shutdown()
