"""What is urgent is carried out by the command that asks for it: no message is quicker, and Redis or the workers may be
down. A worker of the lane `control` goes on where the command is interrupted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Final

from rich.text import Text

from cli.render import err
from orchestrator import JobHandle
from orchestrator.control import begin_urgent, carry_out
from orchestrator.errors import QcjobsError
from orchestrator.logs import configure_logging
from orchestrator.runtime import open_runtime
from orchestrator.settings import Settings
from quantconnect import QuantConnectError
from workers.bootstrap import known_secrets
from workers.embedded.home import Home

AT_ONCE: Final = 16  # algorithms

LOOK_EVERY: Final = 1.0  # seconds between two looks for what nobody else goes on with


@contextmanager
def carrying_out(handles: Sequence[JobHandle], settings: Settings) -> Iterator[None]:
    """Within the block the jobs are carried out: here, or by a worker that was quicker."""
    over = threading.Event()
    thread = threading.Thread(target=_work, args=(handles, settings, over), name="urgent", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=2.0)  # what it has begun is a worker's to go on with


def _log_to_file(settings: Settings) -> None:
    """The steps tell what they do; standard output is for the result, and standard error for the person who waits."""
    try:
        stream = Home(settings.home).log("urgent").open("a", encoding="utf-8")  # open for the rest of the process
    except OSError:
        configure_logging("CRITICAL", known_secrets(settings))  # a full disk must not keep anybody from getting out
    else:
        configure_logging(settings.worker.log_level, known_secrets(settings), stream)


def _work(handles: Sequence[JobHandle], settings: Settings, over: threading.Event) -> None:
    _log_to_file(settings)
    try:
        runtime = open_runtime(settings)
    except (QcjobsError, QuantConnectError) as error:
        err.print(Text(f"only a worker can do it: {error}", style="yellow"))
        return
    runtime.keeper.start()
    mine = {handle.id for handle in handles}
    pool = ThreadPoolExecutor(AT_ONCE, "urgent")
    try:
        while not over.is_set() and any(not handle.state.is_terminal for handle in handles):
            for start in begin_urgent(runtime, only=mine):
                pool.submit(partial(carry_out, runtime, start))
            over.wait(LOOK_EVERY)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        runtime.close()
