"""Errors as a user sees them: one line that says what to do, and an exit code for scripts. Never a traceback.

0 completed · 1 the job failed (or qcjobs has a bug) · 2 wrong use · 3 a service is unreachable · 130 interrupted

A bug's traceback goes to `<home>/logs/cli-error.log`, without the secrets that this process knows.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from typing import Final, NoReturn, ParamSpec, TypeVar

import click
from rich.console import Console

from orchestrator.errors import NotFinished, QcjobsError, Unavailable, WrongUse
from quantconnect import MissingCredentials, QuantConnectError
from workers.embedded.errors import EmbeddedError
from workers.embedded.home import Home

JOB_FAILED: Final = 1
WRONG_USE: Final = 2
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130

P = ParamSpec("P")
R = TypeVar("R")

_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def stop(message: str, code: int) -> NoReturn:
    """Say what is wrong, in red, on standard error, and leave."""
    complain(message)
    sys.exit(code)


def complain(message: str) -> None:
    """One line on standard error, however many the message has."""
    _stderr.print("[bold red]error:[/]", end=" ")
    _stderr.print(" ".join(message.split()), markup=False)


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Decorate a command: what it raises becomes one line and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            _check_texts([*args, *kwargs.values()])
            return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own ways to end, and a reader such as `head` that has seen enough
        except KeyboardInterrupt:
            stop("interrupted", INTERRUPTED)
        except Exception as error:  # noqa: BLE001 (here everything that was raised ends)
            stop(*explain(error))

    return run


def _check_texts(values: Iterable[object]) -> None:
    """A byte that is no UTF-8 can be typed, or come from a script, but neither kept nor sent; only a path may have it.

    Raises:
        WrongUse: There is one.
    """
    for value in values:
        if isinstance(value, tuple):
            _check_texts(value)
        elif isinstance(value, str) and not value.isprintable():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise WrongUse(f"{value[:100]!r} holds a byte that is no UTF-8 text.") from None


def explain(error: Exception) -> tuple[str, int]:
    """What to say, and the exit code."""
    match error:
        case WrongUse() | MissingCredentials():
            return str(error), WRONG_USE
        case Unavailable() | NotFinished() | QuantConnectError() | EmbeddedError():
            return str(error), UNREACHABLE
        case QcjobsError():
            return str(error), JOB_FAILED
        case OSError():
            where = f" ({error.filename})" if error.filename else ""
            return f"{error.strerror or error}{where}. Nothing was half-written.", UNREACHABLE
    return f"this is a bug in qcjobs ({type(error).__name__}); {_keep(error)}.", JOB_FAILED


def _keep(error: Exception) -> str:
    """Write the traceback down; returns where it is."""
    try:
        path = Home.default().log("cli-error")
        text = "".join(traceback.format_exception(error))
        with path.open("a", encoding="utf-8") as log:  # its folder is the owner's alone
            log.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv[1:2])}\n{_without_secrets(text)}\n")
    except Exception as trouble:  # noqa: BLE001 (whatever is in the way now, the first error is the one to tell)
        return f"its traceback could not be written ({type(trouble).__name__})"
    return f"its traceback is in {path}"


def _without_secrets(text: str) -> str:
    # Imported here, because a command that works does not need them.
    from orchestrator.logs import Redactor  # noqa: PLC0415
    from orchestrator.settings import load_settings  # noqa: PLC0415
    from workers.bootstrap import known_secrets  # noqa: PLC0415

    try:
        secrets = known_secrets(load_settings())
    except (QcjobsError, QuantConnectError):
        secrets = []
    return Redactor(secrets).text(text)
