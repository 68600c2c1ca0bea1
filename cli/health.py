"""`qcjobs health`: one question, answered by the exit code; made for health checks of containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import click

from cli.epilog import examples
from cli.failures import UNREACHABLE, stop, told_plainly
from orchestrator.errors import RedisUnavailable, Unavailable
from orchestrator.settings import Settings, load_settings
from workers import pulse
from workers.embedded import ports

SERVED: Final = {"flower": (5555, "/healthcheck"), "metrics": (9100, "/metrics"), "emulator": (5612, "/emulator/state")}
"""What answers HTTP: its usual port, and the page that is asked for."""


def _worker(settings: Settings) -> None:
    age = pulse.worker_age(settings)
    if age is None:
        raise Unavailable("No worker of this home has sent a heartbeat yet.")
    if age > pulse.FRESH_FOR:
        raise Unavailable(f"The worker's last heartbeat is {age:.0f} s old: it hangs, or Redis does not answer it.")


def _beat(settings: Settings) -> None:
    if settings.redis_url is None:
        raise RedisUnavailable
    from orchestrator.preflight import open_redis  # noqa: PLC0415 (a worker's check does without it)

    with open_redis(settings) as client:
        if pulse.beat_age(client, settings) is None:
            raise Unavailable(f"No beat has sent a tick for {pulse.FRESH_FOR:.0f} s.")


def _redis(settings: Settings) -> None:
    from orchestrator.preflight import require_redis  # noqa: PLC0415 (as above)

    require_redis(settings)


def _ledger(settings: Settings) -> None:
    from orchestrator.runtime import open_ledger  # noqa: PLC0415 (as above)

    with open_ledger(settings).reading() as tables:
        tables.jobs.counts()


CHECKS: Final[dict[str, Callable[[Settings], None]]] = {
    "worker": _worker,
    "beat": _beat,
    "redis": _redis,
    "ledger": _ledger,
}


@click.command(epilog=examples("qcjobs health worker", "qcjobs health flower --port 8080", "qcjobs health ledger"))
@click.argument("service", type=click.Choice([*CHECKS, *SERVED]))
@click.option("--port", type=click.IntRange(1, 65535), help="Of a service that answers HTTP, if it is not the usual.")
@told_plainly
def health(service: str, port: int | None) -> None:
    """Whether one service of this machine is healthy: exit code 0, or 3 and one line that says what is wrong.

    A worker is healthy while its event loop sends heartbeats through Redis; beat, while any beat sends ticks.
    """
    if service in SERVED:
        usual, page = SERVED[service]
        if not ports.answers_http(port or usual, page):
            stop(f"{service} does not answer on port {port or usual}.", UNREACHABLE)
    else:
        CHECKS[service](load_settings())
    click.echo("healthy")
