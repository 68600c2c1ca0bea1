"""`qcjobs emulator`: a local QuantConnect in the foreground.

The server needs packages of an extra, so they are imported only when the command runs.
Exit codes: 0 stopped by a signal, 2 wrong use or missing extra, 3 the address cannot be used.
"""

import sys

import click

from cli.amounts import Amount

MISSING_EXTRA = 2
CANNOT_LISTEN = 3

# The backspace tells click to keep the line breaks.
EXAMPLES = """\b
Examples:
  qcjobs emulator
  qcjobs emulator --port 0 --nodes 4 --backtest-seconds 60 --speed 20
  curl http://127.0.0.1:5612/emulator/journal
  curl http://127.0.0.1:5612/emulator/faults \\
       -d '{"endpoint": "backtests/create", "kind": "drop-after"}'
\b
The LEAN CLI finds an emulator on port 5612 when QC_API=local is set.
"""


@click.command(epilog=EXAMPLES)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=5612, show_default=True, help="0 takes any free port.")
@click.option("--nodes", type=click.IntRange(0, 1000), default=2, show_default=True, help="Backtest nodes.")
@click.option("--compile-seconds", type=Amount(0, 1e9), default=2.0, show_default=True, help="Length of a compile.")
@click.option("--backtest-seconds", type=Amount(0, 1e9), default=10.0, show_default=True, help="Of a backtest.")
@click.option(
    "--statistics-lag",
    type=Amount(0, 1e9),
    default=2.0,
    show_default=True,
    help="Seconds from a backtest's end to its statistics.",
)
@click.option(
    "--loading-seconds",
    type=Amount(0, 1e9),
    default=2.0,
    show_default=True,
    help="Seconds for which orders, charts and reports answer that they are being loaded.",
)
@click.option("--live-nodes", type=click.IntRange(0, 1000), default=2, show_default=True, help="Live nodes.")
@click.option(
    "--deploy-seconds", type=Amount(0, 1e9), default=10.0, show_default=True, help="Of the start of a deployment."
)
@click.option(
    "--live-refresh-seconds",
    type=Amount(0, 1e9, min_open=True),
    default=600.0,
    show_default=True,
    help="Age that a live portfolio may have, as in the cloud.",
)
@click.option(
    "--speed",
    type=Amount(0, 1e9, min_open=True),
    default=1.0,
    show_default=True,
    help="Divides all these seconds: 10 makes a backtest of 10 seconds take one.",
)
@click.option("--seed", type=int, help="Make ids and results the same every time.")
@click.option("--user-id", type=click.IntRange(0), default=1, show_default=True, help="The only user it knows.")
@click.option(
    "--api-token",
    default="emulator",
    envvar="QC_EMULATOR_TOKEN",
    help="The user's token; better given as QC_EMULATOR_TOKEN.  [default: emulator]",
)
@click.option("--quiet", is_flag=True, help="Print nothing when ready.")
def emulator(
    host: str,
    port: int,
    nodes: int,
    compile_seconds: float,
    backtest_seconds: float,
    statistics_lag: float,
    loading_seconds: float,
    live_nodes: int,
    deploy_seconds: float,
    live_refresh_seconds: float,
    speed: float,
    seed: int | None,
    user_id: int,
    api_token: str,
    quiet: bool,
) -> None:
    """Run a local QuantConnect until it is interrupted.

    It answers the API under /api/v2 with invented, deterministic results that are marked as synthetic. Under
    /emulator it shows a journal of its requests, takes faults to simulate, and can be reset.
    """
    try:
        from emulator.options import EmulatorOptions  # noqa: PLC0415 - see the head of the file
        from emulator.server import CannotListenError, RunningEmulator, serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in {"starlette", "uvicorn"}:
            raise
        click.echo("Error: the emulator's packages are missing; run: pip install 'qcjobs[emulator]'", err=True)
        sys.exit(MISSING_EXTRA)

    def announce(running: RunningEmulator) -> None:
        plural = "" if nodes == 1 else "s"
        click.echo(f"emulator ready: {running.base_url} · {nodes} node{plural} · user {user_id}")
        sys.stdout.flush()

    options = EmulatorOptions(
        host=host,
        port=port,
        nodes=nodes,
        compile_seconds=compile_seconds,
        backtest_seconds=backtest_seconds,
        statistics_lag=statistics_lag,
        loading_seconds=loading_seconds,
        live_nodes=live_nodes,
        deploy_seconds=deploy_seconds,
        live_refresh_seconds=live_refresh_seconds,
        speed=speed,
        seed=seed,
        user_id=user_id,
        api_token=api_token,
    )
    try:
        serve(options, (lambda _: None) if quiet else announce)
    except CannotListenError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(CANNOT_LISTEN)
