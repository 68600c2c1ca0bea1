"""What is far too much: a result of a hundred megabytes, handlers that hang and exit, four workers at once."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from orchestrator import JobHandle, JobState
from tasks import lanes
from tests.support.command import ROOT
from tests.support.eventually import eventually
from tests.support.house import House, house
from tests.support.promises import untold

POISONS = '''"""Handlers that nobody should write."""

import os
import sys
import time
from pathlib import Path

from orchestrator.signals import any_event, backtest_queued


def endless(event):
    endless(event)


def deadly(event):
    if len(list(Path({folder!r}).glob("death-*"))) < 2:
        Path({folder!r}, f"death-{{os.getpid()}}").touch()
        os._exit(7)


any_event.connect(lambda event: sys.exit(3), name="exits")
any_event.connect(endless, name="recurses")
any_event.connect(lambda event: object(), name="returns")
any_event.connect(lambda event: time.sleep(3600), name="hangs")
if {deadly}:
    backtest_queued.connect(deadly, name="deadly")
'''


@pytest.fixture
def running_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Redis, the emulator with six nodes, nobody at work yet."""
    with house(tmp_path, monkeypatch.setenv, nodes=6) as running:
        yield running


def poison(running: House, monkeypatch: pytest.MonkeyPatch, *, deadly: bool) -> None:
    """Let the workers load the handlers."""
    text = POISONS.format(folder=str(running.folder), deadly=deadly)
    (running.folder / "poisons.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{running.folder}")
    monkeypatch.setenv("QCJOBS_EVENTS__HANDLERS", '["poisons"]')


def deliveries(running: House, handles: list[JobHandle]) -> list[dict[str, Any]]:
    """Of all events of these jobs, to all handlers."""
    with closing(running.ledger) as ledger, ledger.reading() as tables:
        return [row for handle in handles for row in tables.outbox.deliveries_of(handle.id)]


def test_a_result_of_a_hundred_megabytes_costs_its_job_and_nothing_else(
    running_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read to its end; the other jobs go on meanwhile, in the same worker, whose memory stays what it was."""
    monkeypatch.setenv("QCJOBS_PLATFORMS__QUANTCONNECT__TIMEOUT", "20")  # on a busy machine it arrives slowly
    running_house.fault("backtests/read", "huge", times=1, megabytes=100)
    running_house.start_worker()
    running_house.start_beat()
    handles = [running_house.submit("alpha", period=period) for period in range(3)]
    worker = running_house.processes["worker"]
    memory = psutil.Process(worker.pid)
    peak = 0
    until = time.monotonic() + 120
    while not all(handle.state.is_terminal for handle in handles) and time.monotonic() < until:
        peak = max(peak, memory.memory_info().rss)
        time.sleep(0.02)

    jobs = [handle.job for handle in handles]
    assert Counter(job.state for job in jobs) == {JobState.COMPLETED: 2, JobState.FAILED: 1}, [
        job.error for job in jobs
    ]
    (failed,) = [job for job in jobs if job.state is JobState.FAILED]
    assert failed.error_kind == "too_large"
    assert "64 MB" in (failed.error or "")
    assert "largest_answer_mb" in (failed.error or "")
    assert worker.poll() is None
    print(f"the worker's memory: at most {peak / 1e6:.0f} MB", file=sys.stderr)  # noqa: T201 (a figure for who asks)
    assert peak < 600e6
    with closing(running_house.ledger) as ledger:
        assert Path(ledger.engine.url.database or "").stat().st_size < 5e6


def test_a_result_that_is_large_and_may_be_read_is_borne(running_house: House) -> None:
    """Thirty megabytes of statistics are read; but the ledger is no place for them."""
    running_house.fault("backtests/read", "huge", times=0, megabytes=30)
    running_house.start_worker()
    running_house.start_beat()
    handle = running_house.submit()

    job = handle.wait(120)

    assert (job.state, job.error_kind) == (JobState.FAILED, "too_large")
    memory = psutil.Process(running_house.processes["worker"].pid).memory_info()
    print(f"the worker's memory afterwards: {memory.rss / 1e6:.0f} MB", file=sys.stderr)  # noqa: T201 (as above)
    running_house.mend()
    running_house.wait([running_house.submit(period=2)])


def test_poisoned_handlers_harm_neither_jobs_nor_each_other(
    running_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One exits, one recurses, one returns rubbish, one never returns: more calls than the worker has threads."""
    poison(running_house, monkeypatch, deadly=False)
    running_house.start_worker()
    running_house.start_beat()
    worker = running_house.processes["worker"]
    handles = [running_house.submit("alpha", period=period) for period in range(8)]
    running_house.wait(handles, within=150)

    def by(handler: str) -> list[dict[str, Any]]:
        return [row for row in deliveries(running_house, handles) if row["handler"] == handler]

    def heard(handler: str) -> bool:
        return [row["delivered_at"] is not None for row in by(handler)] == [True] * 3 * len(handles)

    def failed(handler: str, says: str) -> bool:
        assert not any(row["delivered_at"] for row in by(handler))
        return any(says in (row["error"] or "") for row in by(handler))

    for handler in ("log", "returns"):
        eventually(partial(heard, handler), within=90, what=handler)
    for handler, says in {"exits": "SystemExit", "recurses": "RecursionError", "hangs": "have not come back"}.items():
        eventually(partial(failed, handler, says), within=90, what=handler)
    assert worker.poll() is None

    worker.terminate()
    assert worker.wait(timeout=90) == 0, "it waits for the handler that never returns"


def test_a_handler_that_ends_its_process_costs_a_restart_and_no_job(
    running_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a supervisor does, the test starts the worker again when it is gone."""
    poison(running_house, monkeypatch, deadly=True)
    running_house.start_worker()
    running_house.start_beat()
    handles = [running_house.submit("alpha", period=period) for period in range(2)]
    deaths = 0

    def all_ended() -> bool:
        nonlocal deaths
        if running_house.processes["worker"].poll() is not None:
            deaths += 1
            running_house.processes.pop("worker")
            running_house.start_worker()
        return all(handle.state.is_terminal for handle in handles)

    eventually(all_ended, within=150, every=0.2, what="the jobs to end")
    assert deaths  # once or twice: the jobs may have ended before the handler is called again
    running_house.wait(handles)
    assert len(running_house.created("backtest")) == 2


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.timeout(600)
def test_four_workers_and_two_dispatchers_make_thirty_backtests_out_of_thirty_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, database: str
) -> None:
    """Whoever dispatches, looks, reconciles or announces does so beside somebody who does the same."""
    with house(tmp_path, monkeypatch.setenv, nodes=4, backtest_seconds=1) as running:
        if database == "postgresql":
            monkeypatch.setenv("QCJOBS_DATABASE_URL", request.getfixturevalue("postgres_url"))
        running.ledger.close()  # its tables are there before four processes would make them
        for name in ("first", "second"):
            running.start_worker(name, lanes.BUT_CONTROL, threads=8)
        for name in ("third", "fourth"):
            running.start_worker(name, (lanes.BACKTESTS,), threads=8)
        running.start_beat()
        handles = [running.submit("abc"[number % 3] * 3, period=number) for number in range(18)]
        sweep = running.sweep("swept", 12)
        handles += sweep.jobs
        jobs = running.wait(handles, within=400)

        created = running.created("backtest")
        assert len(created) == 30
        assert {entry["id"] for entry in created} == {job.backtest_id for job in jobs}
        with closing(running.ledger) as ledger:
            eventually(lambda: not untold(ledger, [job.id for job in jobs]), within=90, what="every event to be heard")
            with ledger.reading() as tables:
                told = Counter(
                    (event.job_id, str(event.type)) for job in jobs for event in tables.outbox.events_of(job.id)
                )
                assert tables.sweeps.get(sweep.id).ended_at is not None
        assert set(told.values()) == {1}
        assert Counter(kind for _, kind in told) == {
            "BacktestQueued": 18,
            "BacktestStarted": 30,
            "BacktestCompleted": 30,
        }
