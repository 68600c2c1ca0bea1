"""`qcjobs doctor`: gathers the facts, lets `checkup` judge them, prints what it found. Never a secret."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

import click
from kombu.exceptions import OperationalError
from rich.text import Text

from cli import checkup, render
from cli.checkup import Finding, Level
from cli.epilog import examples
from cli.failures import told_plainly
from cli.services import credentials_origin, has_credentials
from cli.variables import misspelt
from orchestrator.errors import BadSettings, LedgerUnavailable, QcjobsError, RedisUnavailable, WrongUse
from orchestrator.ledger import Ledger
from orchestrator.preflight import look, open_redis
from orchestrator.presence import Presence
from orchestrator.rules import judge
from orchestrator.runtime import open_ledger
from orchestrator.schedule_actions import prepare
from orchestrator.settings import Settings, config_path, load_settings
from orchestrator.states import JobState
from quantconnect import (
    AccountLocked,
    AuthenticationError,
    Credentials,
    MissingCredentials,
    QuantConnectAuth,
    QuantConnectClient,
    QuantConnectError,
    RetryPolicy,
)
from workers import presence, pulse
from workers.embedded import ports
from workers.embedded.home import Home
from workers.embedded.status import status

PACKAGES: Final = ("qcjobs", "celery", "redis", "sqlalchemy")
PING_SECONDS: Final = 1.5  # workers on the same network answer within milliseconds
LOGIN_SECONDS: Final = 10.0  # somebody waits for the answer
LEASE: Final = "doctor"  # what is written to the ledger to see that it can be written

STYLES: Final = {Level.OK: "green", Level.NOTE: "yellow", Level.WRONG: "red", Level.UNREACHABLE: "red"}


@click.command(
    epilog=examples(
        "qcjobs doctor",
        "qcjobs doctor --login",
        "qcjobs doctor --json | jq '.findings[] | select(.level != \"ok\")'",
    )
)
@click.option("--login", is_flag=True, help="Try credentials again that QuantConnect has refused before.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told_plainly
def doctor(login: bool, as_json: bool) -> None:
    """Tell what is configured, what is reachable, what is wrong, and what to do about it.

    Exit code 0: all is well; 2: the configuration is wrong; 3: something is unreachable.
    """
    found: list[Finding] = []
    for finding in examine(login=login):
        found.append(finding)
        if not as_json:
            _print(finding)
    code = checkup.exit_code(found)
    if as_json:
        render.print_json({"findings": [asdict(finding) for finding in found], "exit_code": code})
    elif code == 0:
        render.out.print("All is well.", style="green")
    sys.exit(code)


def examine(*, login: bool) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    yield checkup.versions({"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}})
    try:
        settings = load_settings()
    except BadSettings as error:
        yield checkup.bad_configuration(str(error))
        return
    path = config_path(os.environ)
    yield checkup.configuration(None if path is None else str(path.absolute()), enabled=settings.quantconnect.enabled)
    yield from checkup.variables(misspelt(os.environ))
    yield from checkup.timetable({name: _problem(settings, name) for name in settings.schedules})
    ledger: Ledger | None = None
    waiting = 0
    try:
        ledger, counts = _open_ledger(settings)
    except WrongUse as error:
        yield Finding(Level.WRONG, "ledger", str(error))
    except (LedgerUnavailable, OSError) as error:
        yield checkup.no_ledger(str(error), is_file=settings.ledger_url.startswith("sqlite"))
    else:
        waiting = counts[JobState.QUEUED] + counts[JobState.RUNNING]
        yield checkup.ledger(ledger.url, {str(state): count for state, count in counts.items()})
    home = Home(settings.home)
    may_write = True
    try:
        free = shutil.disk_usage(home.run).free
        home.require_room()
    except OSError as error:
        may_write = False
        yield checkup.no_home(str(home.path), error.strerror or str(error))
    else:
        yield checkup.disk(str(home.path), free)
    yield from _quantconnect(settings, ledger, login=login)
    yield from _redis_and_workers(settings, waiting)
    yield from checkup.preflight(judge(look(settings, ledger, _as_worker(settings, ledger))))
    if may_write:
        yield from _services(home)


def _problem(settings: Settings, name: str) -> str | None:
    """Why a schedule could not be run now; missing credentials are told elsewhere."""
    try:
        prepare(settings, settings.schedules[name])
    except QcjobsError as error:
        return str(error)
    except MissingCredentials:
        return None
    return None


def _open_ledger(settings: Settings) -> tuple[Ledger, dict[JobState, int]]:
    """The ledger, after something was written to it and taken out again, and how many jobs are in it.

    Like every command this brings the tables up to date.
    """
    ledger = open_ledger(settings)
    with ledger.writing() as tables:
        tables.projects.lease(LEASE, LEASE, timedelta(seconds=1))
    with ledger.writing() as tables:
        tables.projects.release(LEASE, LEASE)
    with ledger.reading() as tables:
        return ledger, tables.jobs.counts(settings.account_if_known)


def _quantconnect(settings: Settings, ledger: Ledger | None, *, login: bool) -> Iterator[Finding]:
    try:
        origin = credentials_origin(settings, os.environ) if has_credentials(settings) else None
        credentials = settings.credentials()
    except MissingCredentials as error:
        yield checkup.no_credentials(str(error))
        return
    yield checkup.credentials(credentials.user_id, origin)
    if not login and ledger is None:
        yield checkup.not_asked()
        return
    because = None if ledger is None else _refused(ledger, settings.account, credentials)
    if because is not None and not login:
        yield checkup.refused(because)
        return
    yield from _login(settings, credentials, ledger)


def _login(settings: Settings, credentials: Credentials, ledger: Ledger | None) -> Iterator[Finding]:
    """Log in once, and let the ledger know what came of it."""
    base_url = settings.quantconnect.base_url
    with QuantConnectClient(
        credentials.user_id,
        credentials.api_token,
        base_url=base_url,
        timeout=min(settings.quantconnect.timeout, LOGIN_SECONDS),
        policy=RetryPolicy(attempts=1),
    ) as client:
        try:
            accepted = client.authenticate()
            because = str(AuthenticationError())
        except AccountLocked as error:
            accepted, because = False, str(error)
        except QuantConnectError as error:
            yield Finding(Level.UNREACHABLE, "QuantConnect", f"{base_url}: {error}")
            return
        # What it signs with after the login is QuantConnect's clock, if ours was refused.
        clock_offset = int(client.auth.get_headers()["Timestamp"]) - time.time()
        fingerprint = client.auth.fingerprint
    if ledger is not None:
        with ledger.writing() as tables:
            if accepted:
                tables.accounts.accept(settings.account, fingerprint)
            else:
                tables.accounts.refuse(settings.account, fingerprint, because)
    yield from checkup.login(base_url, because=None if accepted else because, clock_offset=clock_offset)


def _refused(ledger: Ledger, account: str, credentials: Credentials) -> str | None:
    fingerprint = QuantConnectAuth(credentials.user_id, credentials.api_token).fingerprint
    with ledger.reading() as tables:
        return tables.accounts.refused(account, fingerprint)


def _redis_and_workers(settings: Settings, waiting: int) -> Iterator[Finding]:
    try:
        with open_redis(settings) as client:
            yield checkup.redis_server(client.info())
            age = pulse.beat_age(client, settings)
    except RedisUnavailable as error:
        yield Finding(Level.UNREACHABLE, "Redis", str(error))
        return
    from workers.celery import app  # noqa: PLC0415 (Celery is slow to import, and has nothing to do without Redis)

    try:
        replies = app.control.ping(timeout=PING_SECONDS) or []
    except OperationalError as error:  # it went away, or its disk is full
        yield Finding(Level.UNREACHABLE, "Redis", f"it refuses to work: {error}", "Free some space, or see its log.")
        return
    yield checkup.beat(age, waiting=waiting)
    yield checkup.workers([name for reply in replies for name in reply], waiting=waiting)


def _as_worker(settings: Settings, ledger: Ledger | None) -> Presence | None:
    """What a worker of this machine would tell the others of itself."""
    if ledger is None:
        return None
    try:
        return presence.of_this_worker(settings, ledger)
    except MissingCredentials:
        return None


def _services(home: Home) -> Iterator[Finding]:
    now = status(home)
    yield from checkup.services(now)
    flower = now.endpoints.flower
    port = None if flower is None else urlsplit(flower).port
    yield from checkup.flower(flower, answers=port is not None and ports.answers_http(port, "/healthcheck"))


def _print(finding: Finding) -> None:
    line = Text.assemble(
        (f"{finding.level:<12}", STYLES[finding.level]), (f"{finding.subject}: ", "bold"), finding.text
    )
    render.out.print(line, soft_wrap=True)
    if finding.advice is not None:
        render.out.print(Text(f"{'':<12}→ {finding.advice}"), soft_wrap=True)
