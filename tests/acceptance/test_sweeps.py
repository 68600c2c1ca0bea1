"""Sweeps through everything that is real: Redis, a worker and beat as processes, the emulator over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator import Job, JobState, SweepHandle
from orchestrator.errors import NotFinished
from orchestrator.sweeps.sweep import Standing
from quantconnect import QuantConnectClient
from tests.support.eventually import eventually
from tests.support.house import TOKEN, House, house

Open = Callable[..., House]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """A house with a worker and beat, of chosen nodes and durations."""
    with ExitStack() as stack:

        def open_house(**options: Any) -> House:
            made: AbstractContextManager[House] = house(tmp_path, monkeypatch.setenv, **options)
            running = stack.enter_context(made)
            running.start_worker()
            running.start_beat()
            return running

        yield open_house


def finished(sweep: SweepHandle, within: float = 150) -> list[Job]:
    """Every job of a sweep that has completed altogether."""
    try:
        sweep.wait(within)
    except NotFinished:
        waiting = [(job.name, job.state, job.waiting_for) for job, _ in sweep.results() if not job.state.is_terminal]
        raise AssertionError(f"not finished: {waiting}") from None
    jobs = [job for job, _ in sweep.results()]
    assert [job.state for job in jobs] == [JobState.COMPLETED] * len(jobs), [job.error for job in jobs]
    return jobs


def when(moment: datetime | None) -> datetime:
    """A moment that has been."""
    assert moment is not None
    return moment


def under_way(sweep: SweepHandle, count: int) -> Standing:
    """Wait until so many of its backtests run in the cloud."""

    def running() -> Standing | None:
        with_backtest = [job for job, _ in sweep.results() if job.state is JobState.RUNNING and job.backtest_id]
        return sweep.standing if len(with_backtest) >= count else None

    standing = eventually(running, within=60, what=f"{count} backtests under way")
    assert standing is not None
    return standing


def age_nodes(running: House) -> None:
    """The number of nodes was read long ago."""
    with running.ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE accounts SET nodes_read_at = '2020-01-01 00:00:00.000000'"))


def test_a_sweep_costs_one_push_one_compile_and_few_requests(opened: Open) -> None:
    """Thirty backtests on five nodes."""
    running = opened(nodes=5, backtest_seconds=6)
    sweep = running.sweep("alpha", 30)

    jobs = finished(sweep)

    asked = Counter({path: count for path, count in running.asked().items() if not path.startswith("live/")})
    assert len({job.backtest_id for job in jobs}) == asked["backtests/create"] == 30
    assert (asked["projects/create"], asked["projects/update"], asked["compile/create"]) == (1, 1, 1)
    # Aim: 3.0; the margin is for a machine that is busy with something else.
    assert asked.total() / 30 <= 4.0, asked
    with running.ledger.reading() as tables:
        assert tables.sweeps.asked(sweep.id) == asked
        assert tables.sweeps.get(sweep.id).ended_at is not None


def test_a_later_sweep_is_not_kept_waiting_by_a_long_one(opened: Open) -> None:
    """They share the nodes."""
    running = opened(nodes=2, backtest_seconds=3)
    long = running.sweep("long", 14)
    under_way(long, 2)

    finished(running.sweep("short", 3))

    assert long.standing.ended < 14
    finished(long)


def test_a_higher_priority_goes_first(opened: Open) -> None:
    """Whatever waits, waits longer."""
    running = opened(nodes=2, backtest_seconds=3)
    usual = running.sweep("usual", 8)
    under_way(usual, 2)
    urgent = running.sweep("urgent", 3, priority=5)
    waiting = {job.id for job, _ in usual.results() if job.state is JobState.QUEUED}

    jobs = finished(urgent)

    last = max(when(job.backtest_created_at) for job in jobs)
    after = [when(job.backtest_created_at) for job in finished(usual) if job.id in waiting]
    # One of them may have been given its node in the moment of the submission.
    assert sum(moment < last for moment in after) <= 1


def test_pausing_lets_what_runs_end_and_begins_nothing_more(opened: Open) -> None:
    """And resuming goes on where it stopped."""
    running = opened(nodes=2, backtest_seconds=3)
    sweep = running.sweep("alpha", 6)
    under_way(sweep, 2)

    sweep.pause()
    eventually(lambda: sweep.standing.counts[JobState.RUNNING] == 0, within=60, what="what runs to end")

    made = running.asked()["backtests/create"]
    assert sweep.standing.counts[JobState.COMPLETED] == made < 6
    assert sweep.standing.paused == 6 - made
    with pytest.raises(NotFinished):
        sweep.wait(3)
    assert running.asked()["backtests/create"] == made
    sweep.resume()
    finished(sweep)


def test_cancelling_leaves_nothing_running_in_the_cloud(opened: Open) -> None:
    """Running backtests are deleted, the rest never starts; what was cancelled can be begun again."""
    running = opened(nodes=2, backtest_seconds=30)
    sweep = running.sweep("alpha", 6)
    under_way(sweep, 2)

    assert sweep.cancel() == 4
    standing = sweep.wait(60)

    assert standing.counts[JobState.CANCELLED] == 6
    assert running.asked()["backtests/create"] == 2
    assert running.asked()["backtests/delete"] == 2
    assert sweep.retry(cancelled=True) == 6
    under_way(sweep, 2)


def test_two_versions_of_the_code_race_on_one_project(opened: Open) -> None:
    """Each result belongs to the code that made it; pushes and compiles never mix."""
    running = opened(nodes=3, backtest_seconds=2)
    with QuantConnectClient(1, TOKEN, base_url=running.emulator.base_url) as client:
        project = client.projects.create("shared", language="Py").project_id
    sweeps = [running.sweep(name, 5, project_id=project, replace=True) for name in ("alpha", "bravo")]
    jobs = [finished(sweep) for sweep in sweeps]
    alone = [finished(running.sweep(name, 1, name=f"{name} alone")) for name in ("alpha", "bravo")]

    asked = running.asked()
    compiles = [{job.compile_id for job in each} for each in jobs]
    assert [len(ids) for ids in compiles] == [1, 1]
    assert compiles[0] != compiles[1]
    assert asked["compile/create"] == 4
    for sweep, (control,) in zip(sweeps, alone, strict=True):
        results = {job.parameters["period"]: result for job, result in sweep.results()}
        with running.ledger.reading() as tables:
            expected = tables.jobs.result(control.id)
        shared = results[1]
        assert shared is not None
        assert expected is not None
        assert shared.statistics == expected.statistics


def test_a_person_who_takes_nodes_is_waited_for(opened: Open) -> None:
    """Two of three nodes are gone: nothing fails, and hardly a request is wasted on asking."""
    running = opened(nodes=3, backtest_seconds=3)
    finished(running.sweep("warm", 1))
    running.change_nodes(taken=2, seconds=25)
    before = running.asked()["backtests/create"]

    jobs = finished(running.sweep("alpha", 8))

    asked = running.asked()["backtests/create"] - before
    assert len({job.backtest_id for job in jobs}) == 8
    assert asked <= 8 + 8, f"{asked - 8} requests for a node that somebody holds"


def test_slow_down_is_obeyed_by_everybody(opened: Open) -> None:
    """A pause of 30 s for all, and creations 30 s apart after it."""
    running = opened(nodes=3, backtest_seconds=2)
    finished(running.sweep("warm", 1))
    running.fault("backtests/create", "slow-down")

    finished(running.sweep("alpha", 2))

    creations = [entry for entry in running.journal() if entry["path"] == "backtests/create"]
    moments = [datetime.fromisoformat(entry["time"]) for entry in creations]
    refused = next(at for at, entry in enumerate(creations) if entry["created"] is None)
    assert moments[refused + 1] - moments[refused] >= timedelta(seconds=29)
    assert moments[-1] - moments[-2] >= timedelta(seconds=29)


def test_nodes_that_are_bought_are_used(opened: Open) -> None:
    """Within ten minutes; here the last reading was long ago."""
    running = opened(nodes=1, backtest_seconds=4)
    sweep = running.sweep("alpha", 8)
    under_way(sweep, 1)
    running.change_nodes(count=4)
    age_nodes(running)

    under_way(sweep, 3)
    finished(sweep)


def test_nodes_that_are_given_up_are_not_missed(opened: Open) -> None:
    """Refusals are waits, and the number is read again."""
    running = opened(nodes=3, backtest_seconds=3)
    sweep = running.sweep("alpha", 9)
    under_way(sweep, 3)
    running.change_nodes(count=1)
    age_nodes(running)

    finished(sweep)

    with running.ledger.reading() as tables:
        assert tables.accounts.nodes(running.account)[0] == 1
