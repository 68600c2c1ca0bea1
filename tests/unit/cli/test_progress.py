"""What somebody sees who waits."""

from dataclasses import replace
from io import StringIO
from typing import Any, Protocol

import pytest
from rich.console import Console

from cli import progress
from cli.progress import HINT_AFTER, Bars, Hint, Lines, Quiet, doing, follow, wait_for_all
from orchestrator import JobHandle
from orchestrator.errors import NotFinished
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger
from orchestrator.states import JobState
from tests.support.workbench import HandMovedClock, add_job


class Screen(Protocol):
    """Puts a terminal, or a file, in the place of standard error."""

    def __call__(self, *, is_terminal: bool) -> StringIO: ...


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Put a terminal, or a file, in the place of standard error."""

    def put(*, is_terminal: bool) -> StringIO:
        page = StringIO()
        console = Console(file=page, width=120, force_terminal=is_terminal, color_system=None, legacy_windows=False)
        monkeypatch.setattr(progress, "err", console)
        return page

    return put


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "in the queue"),
        ({"waiting_for": "a free node"}, "in the queue, waits for a free node"),
        ({"state": JobState.RUNNING}, "starting"),
        ({"state": JobState.RUNNING, "step": "poll_compile", "waiting_for": "the compile"}, "compiling"),
        (
            {"state": JobState.RUNNING, "step": "poll_results", "waiting_for": "an answer", "failures": 2},
            "backtesting, waits for an answer",
        ),
        (
            {"state": JobState.RUNNING, "step": "upload", "waiting_for": "another job"},
            "uploading, waits for another job",
        ),
        ({"state": JobState.COMPLETED, "waiting_for": None}, "completed"),
    ],
)
def test_a_job_is_described_in_a_few_words(ledger: Ledger, changes: dict[str, Any], words: str) -> None:
    """Words of the remote API are no help to somebody who waits."""
    assert doing(replace(add_job(ledger), **changes)) == words


def test_a_file_gets_a_line_per_change(ledger: Ledger, screen: Screen) -> None:
    """A log with a line per look would be unreadable."""
    page = screen(is_terminal=False)
    job = add_job(ledger)
    lines = Lines()
    for state in (JobState.QUEUED, JobState.QUEUED, JobState.RUNNING, JobState.RUNNING, JobState.FAILED):
        lines.show(replace(job, state=state))
    assert page.getvalue().splitlines() == [
        f"{job.id[:8]}  rsi: {words}" for words in ("in the queue", "starting", "failed")
    ]


def test_machines_get_no_lines(ledger: Ledger, screen: Screen) -> None:
    """With --json, standard error is for trouble."""
    page = screen(is_terminal=False)
    Quiet().show(add_job(ledger))
    assert page.getvalue() == ""


def last_frame(page: StringIO, name: str) -> str:
    return [line for line in page.getvalue().replace("\r", "\n").splitlines() if name in line][-1]


def test_the_last_frame_shows_how_every_job_ended(ledger: Ledger, screen: Screen) -> None:
    """A bar that stays at 99 % looks like a job that hangs."""
    page = screen(is_terminal=True)
    good, bad = add_job(ledger, "good"), add_job(ledger, "bad")
    with Bars([good, bad]) as bars:
        bars.show(replace(good, state=JobState.RUNNING, step="poll_results", progress=0.4))
        for _ in range(2):
            bars.show(replace(good, state=JobState.COMPLETED))
            bars.show(replace(bad, state=JobState.FAILED))
    assert last_frame(page, "good").split()[-3::2] == ["100%", "completed"]
    assert last_frame(page, "bad").split()[-3::2] == ["0%", "failed"]


def test_brackets_in_a_name_are_no_markup(ledger: Ledger, screen: Screen) -> None:
    """An endpoint's name in an error stands in brackets, too."""
    page = screen(is_terminal=True)
    job = replace(add_job(ledger, "a [bold] name"), waiting_for="an answer [backtests/create]")
    with Bars([job]) as bars:
        bars.show(job)
    assert "a [bold] name" in page.getvalue()
    assert "[backtests/create]" in page.getvalue()


def test_a_job_that_nobody_looks_after_gets_one_hint() -> None:
    """The most common mistake is to submit without a worker; saying so twice would be nagging."""
    said: list[str] = []
    now = [100.0]
    hint = Hint(said.append, clock=lambda: now[0])
    for seconds in (0, HINT_AFTER - 1, 1, HINT_AFTER):
        now[0] += seconds
        hint.look(looked_after=False)
    assert said == ["no worker seems to run: qcjobs up"]


def test_the_patience_begins_anew_when_somebody_looked_after_it() -> None:
    """Between two runs of a job there are quiet seconds."""
    said: list[str] = []
    now = [100.0]
    hint = Hint(said.append, clock=lambda: now[0])
    for looked_after in (False, True, False):
        now[0] += HINT_AFTER - 1
        hint.look(looked_after=looked_after)
    assert said == []


def test_the_time_is_for_all_jobs_together(ledger: Ledger, screen: Screen) -> None:
    """`wait A B C --timeout 60` takes a minute, not three."""
    screen(is_terminal=False)
    handles = [JobHandle(ledger, add_job(ledger, name).id) for name in ("first", "second")]
    handles[0].cancel()
    with pytest.raises(NotFinished):
        wait_for_all(handles, 0)


class Interrupted(JobHandle):
    """A job whose waiting is interrupted by Ctrl+C."""

    def wait(self, *_: object, **__: object) -> Job:
        """As if the key was pressed."""
        raise KeyboardInterrupt


def test_ctrl_c_says_how_to_come_back(ledger: Ledger, clock: HandMovedClock, screen: Screen) -> None:
    """Only the waiting ends."""
    page = screen(is_terminal=False)
    job = add_job(ledger)
    with pytest.raises(SystemExit) as ended:
        follow([Interrupted(ledger, job.id)], None, quiet=False)
    assert ended.value.code == 130
    assert page.getvalue() == f"the job goes on: qcjobs wait {job.id[:8]}\n"
