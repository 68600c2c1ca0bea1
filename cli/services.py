"""`qcjobs up | down`: the embedded services of this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from cli import render
from cli.epilog import examples
from cli.failures import told_plainly
from orchestrator.ledger import Ledger
from orchestrator.settings import Settings, config_path, load_settings
from quantconnect import Credentials
from workers.embedded import up as embedded
from workers.embedded.home import Home
from workers.embedded.services import NAMES, Options


def embedded_options(settings: Settings, emulator_arguments: tuple[str, ...] = ()) -> Options:
    """What has to be started here: not the Redis that is configured, no emulator where there are credentials.

    Raises:
        MissingCredentials: Only half of a login is configured.
    """
    config = config_path(os.environ)
    if config is not None:  # the services run in another folder than this one
        os.environ["QCJOBS_CONFIG"] = str(config.absolute())
    left_out = set()
    if has_redis(settings):
        left_out.add("redis")
    if has_credentials(settings):
        left_out.add("emulator")
    return Options(
        services=tuple(name for name in NAMES if name not in left_out),
        emulator_arguments=emulator_arguments,
        concurrency=settings.worker.concurrency,
    )


def has_redis(settings: Settings) -> bool:
    """Whether a Redis is configured; the embedded one, which may be running, does not count."""
    if settings.redis_url is None:
        return False
    return settings.redis_url.get_secret_value() != (Home(settings.home).read_private("redis-url") or "").strip()


def has_credentials(settings: Settings) -> bool:
    """Whether somebody configured credentials for QuantConnect.

    Raises:
        MissingCredentials: Somebody meant to, but they are incomplete; the emulator would not be what they want.
    """
    if credentials_origin(settings, os.environ) is None:
        return False
    names = settings.quantconnect
    Credentials.find(
        user_id_env=names.user_id_env,
        api_token_env=names.api_token_env,
        organization_id_env=names.organization_id_env,
    )
    return True


def credentials_origin(settings: Settings, env: Mapping[str, str]) -> str | None:
    """Where credentials come from, in words; None: nobody configured any."""
    names = settings.quantconnect
    for name in (names.user_id_env, names.api_token_env):
        for variable in (name, f"{name}_FILE"):
            if env.get(variable, "").strip():
                return f"the environment ({names.user_id_env}, {names.api_token_env})"
    lean = Path("~/.lean/credentials").expanduser()
    return f"the LEAN CLI ({lean})" if lean.exists() else None


def print_endpoints(endpoints: embedded.Endpoints, settings: Settings) -> None:
    """Where everything is."""
    lines = {
        "QuantConnect": f"{endpoints.emulator}  (the emulator: results are synthetic)"
        if endpoints.emulator
        else settings.quantconnect.base_url,
        "Flower": endpoints.flower
        and f"{endpoints.flower}  (user {endpoints.flower_user}, password in {endpoints.flower_password_file})",
        "Redis": endpoints.redis,
        "Ledger": ledger_url(settings),
        "Logs": str(settings.home / "logs"),
    }
    for name, where in lines.items():
        if where:
            render.out.print(f"  {name:<13}{where}", markup=False, soft_wrap=True)


def ledger_url(settings: Settings) -> str:
    """Where the ledger is, without a password."""
    return Ledger(settings.ledger_url).url


@click.command(
    epilog=examples(
        "qcjobs up",
        "qcjobs up --foreground",
        "QCJOBS_REDIS_URL=redis://redis.internal:6379/0 qcjobs up",
    )
)
@click.option("--foreground", is_flag=True, help="Stay here until Ctrl+C instead of going to the background.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def up(foreground: bool, as_json: bool) -> None:
    """Start everything on this machine: Redis, worker, beat, Flower, and the emulator where there are no credentials.

    Everything listens on the loopback interface only and keeps its files in QCJOBS_HOME (~/.qcjobs).
    """
    settings = load_settings()
    home = Home(settings.home)
    options = embedded_options(settings)
    if foreground:
        embedded.serve(home, options, on_ready=lambda endpoints: _tell(endpoints, settings, as_json=as_json))
        return
    with render.err.status("starting the services"):
        endpoints, started = embedded.start_detached(home, options)
    _tell(endpoints, settings, as_json=as_json, already=not started)


def _tell(endpoints: embedded.Endpoints, settings: Settings, *, as_json: bool, already: bool = False) -> None:
    if as_json:
        render.print_json(
            {
                "emulator": endpoints.emulator,
                "flower": endpoints.flower,
                "redis": endpoints.redis,
                "ledger": ledger_url(settings),
                "home": str(settings.home),
                "started": not already,
            }
        )
        return
    render.out.print("The services were up already." if already else "The services are up.")
    print_endpoints(endpoints, settings)


@click.command(epilog=examples("qcjobs down"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def down(as_json: bool) -> None:
    """Stop what `qcjobs up` started. Jobs stay in the ledger and go on after the next `qcjobs up`."""
    settings = load_settings()
    with render.err.status("stopping the services"):
        stopped = embedded.stop(Home(settings.home))
    if as_json:
        render.print_json({"stopped": stopped, "home": str(settings.home)})
        return
    render.out.print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
