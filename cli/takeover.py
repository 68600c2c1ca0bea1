"""Where no worker takes what is urgent, whoever waits for it does it themselves: Redis or the workers may be down."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich.text import Text

from cli.render import err
from orchestrator import JobHandle
from orchestrator.control import begin_urgent, carry_out
from orchestrator.errors import QcjobsError
from orchestrator.runtime import open_runtime
from orchestrator.settings import Settings
from orchestrator.states import JobState
from quantconnect import MissingCredentials

PATIENCE: Final = 3.0
"""Seconds that a worker has to take the job; one that runs does within one."""


@contextmanager
def taking_over(handles: Sequence[JobHandle], settings: Settings) -> Iterator[None]:
    """Within the block the jobs are carried out, by a worker or, if none takes them, here."""
    over = threading.Event()
    thread = threading.Thread(target=_stand_by, args=(handles, settings, over), name="take-over", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _stand_by(handles: Sequence[JobHandle], settings: Settings, over: threading.Event) -> None:
    if over.wait(PATIENCE) or not any(handle.state is JobState.QUEUED for handle in handles):
        return
    try:
        runtime = open_runtime(settings)
    except (QcjobsError, MissingCredentials) as error:
        err.print(Text(f"no worker takes it, and it cannot be done from here: {error}", style="yellow"))
        return
    err.print(Text("no worker takes it, so it is done from here", style="yellow"))
    runtime.keeper.start()
    mine = {handle.id for handle in handles}
    try:
        while not over.is_set() and any(not handle.state.is_terminal for handle in handles):
            started = [start for start in begin_urgent(runtime) if start.job_id in mine]
            threads = [threading.Thread(target=carry_out, args=(runtime, start), daemon=True) for start in started]
            for thread in threads:
                thread.start()
            over.wait(1.0)
    finally:
        runtime.close()
