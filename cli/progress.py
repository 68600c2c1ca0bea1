"""How far jobs are that somebody waits for: bars on a terminal, lines elsewhere.

All of it on standard error, so that standard output holds the result and nothing else.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import RenderableType
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from cli.failures import INTERRUPTED
from cli.render import COLOURS, err
from orchestrator.jobs import Job
from orchestrator.states import JobState
from orchestrator.submission import JobHandle

HINT_AFTER: Final = 15.0
"""Seconds in which nobody looks after the jobs. The promise is that a worker does within as many."""

_DOING: Final = {
    "upload": "uploading",
    "compile": "compiling",
    "poll_compile": "compiling",
    "create": "starting the backtest",
    "poll_results": "backtesting",
    "deploy": "deploying",
    "confirm": "starting to trade",
    "stop": "stopping",
    "liquidate": "liquidating",
    "command": "sending the command",
}
_POLLS: Final = frozenset({"poll_compile", "poll_results"})  #: what these wait for is what they are called


def doing(job: Job) -> str:
    """What a job does, in a few words."""
    if job.state.is_terminal:
        return str(job.state)
    words = "in the queue" if job.state is JobState.QUEUED else _DOING.get(job.step or "", "starting")
    says_more = job.state is JobState.QUEUED or job.step not in _POLLS or job.failures > 0
    return f"{words}, waits for {job.waiting_for}" if job.waiting_for and says_more else words


class Watcher(Protocol):
    """Shows jobs; shown the same job twice, it shows the later one."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, job: Job) -> None:
        """Show one job as it is now."""

    def say(self, words: str) -> None:
        """Say something to the person who waits."""


class Spinner(SpinnerColumn):
    """Turns until the job has ended, however it has."""

    def render(self, task: Task) -> RenderableType:
        """One frame."""
        return self.finished_text if task.stop_time is not None else super().render(task)


class Bars:
    """A line per job: name, bar, what it does. For terminals."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._progress = Progress(
            Spinner(finished_text=" "),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[doing]}"),
            console=err,
        )
        self._bars: dict[str, TaskID] = {
            job.id: self._progress.add_task(escape(job.name), total=1.0, doing="") for job in jobs
        }

    def show(self, job: Job) -> None:
        """Draw one job as it is now."""
        bar = self._bars[job.id]
        if self._progress.tasks[bar].stop_time is not None:
            return  # it has been drawn as it ended, and its clock stands
        if not job.state.is_terminal:
            self._progress.update(bar, completed=min(job.progress or 0.0, 0.99), doing=escape(doing(job)))
            return
        # One that failed keeps the length it had: a full bar reads as success.
        completed = 1.0 if job.state is JobState.COMPLETED else min(job.progress or 0.0, 0.99)
        self._progress.update(bar, completed=completed, doing=f"[{COLOURS[job.state]}]{job.state}[/]")
        self._progress.stop_task(bar)

    def say(self, words: str) -> None:
        """Say something above the bars."""
        err.print(Text(words, style="yellow"))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


class Lines:
    """A line whenever a job does something else. For files and pipes."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def show(self, job: Job) -> None:
        """Say what a job does, unless that was said last."""
        words = doing(job)
        if self._said.get(job.id) != words:
            self._said[job.id] = words
            self.say(f"{job.id[:8]}  {job.name}: {words}")

    def say(self, words: str) -> None:
        """One line."""
        err.print(Text(words), soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Quiet(Lines):
    """Nothing but what a person has to know. For `--json`."""

    def show(self, job: Job) -> None:
        """Say nothing."""


class Hint:
    """Notices that nobody looks after the jobs, and says so once."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._since: float | None = None
        self._said = False

    def look(self, *, looked_after: bool) -> None:
        """Take note of how it is now."""
        now = self._clock()
        self._since = None if looked_after else (self._since if self._since is not None else now)
        if self._since is not None and now - self._since >= HINT_AFTER and not self._said:
            self._said = True
            self._say("no worker seems to run: qcjobs up")


def watcher(jobs: Sequence[Job], *, quiet: bool) -> Watcher:
    """What suits the place where standard error goes."""
    if quiet:
        return Quiet()
    return Bars(jobs) if err.is_terminal else Lines()


def wait_for_all(handles: Sequence[JobHandle], timeout: float | None, *, quiet: bool = False) -> list[Job]:
    """Wait for every job, and show how far they are.

    Args:
        handles: The jobs.
        timeout: Seconds for all of them together; None: for ever.
        quiet: Show nothing.

    Raises:
        NotFinished: The time is over; the jobs go on.
        CredentialsRefused: QuantConnect refuses the credentials; the jobs stay in the queue.
    """
    until = None if timeout is None else time.monotonic() + timeout
    with watcher([handle.job for handle in handles], quiet=quiet) as shown:
        hint = Hint(shown.say)

        def show_all(_: Job) -> None:
            for handle in handles:
                shown.show(handle.job)
            hint.look(looked_after=any(handle.is_looked_after for handle in handles))

        ended = []
        for handle in handles:
            left = None if until is None else max(until - time.monotonic(), 0.0)
            ended.append(handle.wait(left, on_look=show_all))
        for job in ended:
            shown.show(job)
        return ended


def follow(handles: Sequence[JobHandle], timeout: float | None, *, quiet: bool) -> list[Job]:
    """`wait_for_all` for jobs that outlive this command: Ctrl+C ends the waiting and says how to come back."""
    try:
        return wait_for_all(handles, timeout, quiet=quiet)
    except KeyboardInterrupt:
        goes = "the job goes on" if len(handles) == 1 else "the jobs go on"
        err.print(Text(f"{goes}: qcjobs wait {' '.join(handle.id[:8] for handle in handles)}"), soft_wrap=True)
        sys.exit(INTERRUPTED)
