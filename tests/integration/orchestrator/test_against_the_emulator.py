"""The steps against a served QuantConnect: whole passages, counted by the emulator's own journal."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from orchestrator import JobState, load_settings, submit_backtest
from orchestrator.dispatcher import dispatch
from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Board, Wait
from orchestrator.runtime import Runtime, open_runtime
from orchestrator.workflow import STEPS, perform

TOKEN = "the-token-of-the-emulated-account"
DEADLINE = 20.0  # seconds
CODE = """from AlgorithmImports import *


class Rsi(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2024, 1, 1)
        self.set_end_date(2024, 6, 28)
        self.add_equity("SPY")
"""


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    """Two nodes; a backtest takes a tenth of a second."""
    options = EmulatorOptions(
        user_id=7, api_token=TOKEN, nodes=2, compile_seconds=2, backtest_seconds=4, statistics_lag=1, speed=40
    )
    with running(options) as emulator:
        yield emulator


@pytest.fixture
def runtime(
    emulator: RunningEmulator, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runtime]:
    """A worker's runtime, as `workers` builds it."""
    for name, value in {
        "QC_USER_ID": "7",
        "QC_API_TOKEN": TOKEN,
        "QC_BASE_URL": emulator.base_url,
        "QCJOBS_REDIS_URL": redis_url,
        "QCJOBS_HOME": str(tmp_path / "home"),
        "QCJOBS_DISPATCH__REQUESTS_PER_MINUTE": "10000",
        "QCJOBS_PLATFORMS__QUANTCONNECT__TIMEOUT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    runtime = open_runtime(load_settings())
    yield runtime
    runtime.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A strategy."""
    folder = tmp_path / "rsi"
    folder.mkdir()
    (folder / "main.py").write_text(CODE)
    return folder


def journal(emulator: RunningEmulator) -> list[dict[str, Any]]:
    """What the emulator was asked, and what it made of it."""
    requests: list[dict[str, Any]] = httpx.get(f"{emulator.url}/emulator/journal").json()["requests"]
    return requests


def made(emulator: RunningEmulator, kind: str) -> list[str]:
    """The ids of what was created."""
    return [str(entry["created"]["id"]) for entry in journal(emulator) if (entry["created"] or {}).get("kind") == kind]


def add_fault(emulator: RunningEmulator, **fault: Any) -> None:
    """Let something go wrong."""
    httpx.post(f"{emulator.url}/emulator/faults", json=fault).raise_for_status()


def carry(runtime: Runtime, job_id: str) -> Job:
    """Carry a job to its end, as worker and dispatcher do, in this thread."""
    deadline = time.monotonic() + DEADLINE
    steps = list(STEPS)
    position = 0
    while time.monotonic() < deadline:
        with runtime.ledger.reading() as tables:
            job = tables.jobs.get(job_id)
        if job.state.is_terminal:
            return job
        if job.state is JobState.QUEUED:
            dispatch(runtime)
            position = 0
            continue
        match perform(runtime, steps[position], job.id, job.run):
            case Advance():
                position += 1
            case Wait(delay):
                time.sleep(min(delay.total_seconds(), 0.05))
            case Board():
                time.sleep(0.05)
    raise AssertionError(f"the job did not end within {DEADLINE} s: {job}")


def test_a_folder_becomes_a_result(runtime: Runtime, emulator: RunningEmulator, folder: Path) -> None:
    """One project, one push, one compile, one backtest."""
    job = carry(runtime, submit_backtest(folder, parameters={"period": 14}).id)

    assert job.state is JobState.COMPLETED, job.error
    with runtime.ledger.reading() as tables:
        result = tables.jobs.result(job.id)
    assert result is not None
    assert result.synthetic
    assert result.numbers["sharpe_ratio"] is not None
    assert result.lean_version is not None
    assert [len(made(emulator, kind)) for kind in ("project", "compile", "backtest")] == [1, 1, 1]


def test_the_second_job_of_a_strategy_needs_neither_push_nor_compile(
    runtime: Runtime, emulator: RunningEmulator, folder: Path
) -> None:
    """Parameters are the backtest's own."""
    for period in (7, 14):
        carry(runtime, submit_backtest(folder, parameters={"period": period}).id)

    paths = [entry["path"] for entry in journal(emulator)]
    assert (paths.count("projects/update"), paths.count("compile/create"), paths.count("backtests/create")) == (1, 1, 2)


def test_changed_code_is_pushed_and_compiled_anew(runtime: Runtime, emulator: RunningEmulator, folder: Path) -> None:
    """Into the same project."""
    carry(runtime, submit_backtest(folder).id)
    (folder / "main.py").write_text(CODE + "\n# better\n")
    carry(runtime, submit_backtest(folder).id)

    assert [len(made(emulator, kind)) for kind in ("project", "compile", "backtest")] == [1, 2, 2]


def test_code_that_does_not_build_fails_with_file_and_line(runtime: Runtime, folder: Path) -> None:
    """And costs no node."""
    (folder / "main.py").write_text("class Broken(QCAlgorithm:\n    pass\n")

    job = carry(runtime, submit_backtest(folder).id)

    assert (job.state, job.error_kind) == (JobState.FAILED, "build_error")
    assert "main.py" in (job.error or "")
    assert job.backtest_id is None


@pytest.mark.parametrize("endpoint", ["projects/create", "projects/update", "compile/create", "backtests/create"])
@pytest.mark.parametrize("kind", ["drop-after", "garbage"])
def test_a_lost_answer_makes_nothing_twice(
    runtime: Runtime, emulator: RunningEmulator, folder: Path, endpoint: str, kind: str
) -> None:
    """The request took effect; what it made is found and used."""
    add_fault(emulator, endpoint=endpoint, kind=kind)

    job = carry(runtime, submit_backtest(folder).id)

    assert job.state is JobState.COMPLETED, job.error
    assert (len(made(emulator, "project")), len(made(emulator, "backtest"))) == (1, 1)
    assert made(emulator, "backtest") == [job.backtest_id]


@pytest.mark.parametrize("kind", ["error-500", "error-502", "html", "drop-before", "garbage"])
def test_faults_of_the_reading_endpoints_are_borne(
    runtime: Runtime, emulator: RunningEmulator, folder: Path, kind: str
) -> None:
    """Two in a row, so that the immediate repetition is not enough."""
    for endpoint in ("files/read", "compile/read", "backtests/read"):
        add_fault(emulator, endpoint=endpoint, kind=kind, times=2)

    assert carry(runtime, submit_backtest(folder).id).state is JobState.COMPLETED


def test_wrong_credentials_make_one_request(
    runtime: Runtime, emulator: RunningEmulator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by the other side."""
    monkeypatch.setenv("QC_API_TOKEN", "a-token-with-a-typing-error")
    wrong = open_runtime(load_settings())
    job_ids = [submit_backtest(folder, name=str(number)).id for number in range(3)]
    for _ in range(5):
        for start in dispatch(wrong):
            perform(wrong, "upload", start.job_id, start.run)

    assert len(journal(emulator)) == 1
    with wrong.ledger.reading() as tables:
        assert {tables.jobs.get(job_id).state for job_id in job_ids} == {JobState.QUEUED}
    wrong.close()


def test_a_project_with_foreign_files_is_left_alone(runtime: Runtime, emulator: RunningEmulator, folder: Path) -> None:
    """A notebook that somebody wrote in the browser."""
    project = runtime.api.projects.create("handmade").project_id
    runtime.api.files.update(project, "main.py", "# by hand\n")

    job = carry(runtime, submit_backtest(folder, project_id=project).id)

    assert job.error_kind == "foreign_files"
    assert runtime.api.files.read_one(project, "main.py").content == "# by hand\n"


def test_a_cloud_project_runs_as_it_stands(runtime: Runtime, emulator: RunningEmulator) -> None:
    """Nothing is pushed, and the result knows its code."""
    project = runtime.api.projects.create("handmade").project_id

    job = carry(runtime, submit_backtest(project).id)

    assert job.state is JobState.COMPLETED, job.error
    assert job.bundle is not None
    assert "projects/update" not in [entry["path"] for entry in journal(emulator)]
