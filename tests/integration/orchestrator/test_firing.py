"""The timetable over a real ledger, with the clock moved by hand: each occurrence is run once, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import schedule_actions
from orchestrator.firing import run_due, run_now
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.ledger import Ledger
from orchestrator.ledger.schedules import ScheduleState
from orchestrator.schedule_actions import Accept
from orchestrator.schedule_settings import ScheduleSettings
from orchestrator.settings import Settings
from quantconnect import QuantConnectAuth
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT, CODE, NOON, TOKEN, HandMovedClock, Workbench

Bench = Callable[..., Workbench]
HOUR = timedelta(hours=1)


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    folder = tmp_path / "rsi"
    folder.mkdir()
    (folder / "main.py").write_text(CODE)
    return folder


@pytest.fixture
def bench_with(ledger: Ledger, clock: HandMovedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A workbench with these schedules in its settings, and with credentials."""
    monkeypatch.setenv("QC_USER_ID", "7")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    made: list[Workbench] = []

    def make(**schedules: Any) -> Workbench:
        platforms = {"quantconnect": {"base_url": "http://cloud.test/api/v2"}}
        made.append(Workbench(ledger, clock, schedules=schedules, platforms=platforms))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


def hourly(strategy: Path, **more: Any) -> dict[str, Any]:
    return {"every": "1h", "backtest": {"source": str(strategy), "parameters": {"period": 14}}, **more}


def state(bench: Workbench, name: str = "hourly") -> ScheduleState:
    with bench.ledger.reading() as tables:
        return tables.schedules.all(ACCOUNT)[name]


def jobs(bench: Workbench) -> list[Job]:
    """Oldest first."""
    with bench.ledger.reading() as tables:
        return list(reversed(tables.jobs.newest()))


def events(bench: Workbench) -> list[tuple[str, dict[str, Any]]]:
    with bench.ledger.reading() as tables:
        return [(str(event.type), event.data) for event in tables.outbox.unannounced()]


def test_a_new_schedule_begins_with_the_next_occurrence(bench_with: Bench, strategy: Path) -> None:
    """Whoever writes one down at 12:00 does not want the run of 12:00, nor all those of the past."""
    bench = bench_with(hourly=hourly(strategy, misfire="all"))

    assert run_due(bench.runtime) == []
    bench.clock.advance(seconds=3599)
    assert run_due(bench.runtime) == []
    bench.clock.advance(seconds=1)
    (job,) = run_due(bench.runtime)

    assert (job.kind, job.parameters, job.source) == (JobKind.BACKTEST, {"period": 14}, str(strategy))
    assert state(bench).last_job_id == job.id
    assert state(bench).last_occurrence == NOON + HOUR
    ((_, told),) = events(bench)
    assert (told["schedule"], told["occurrence"]) == ("hourly", (NOON + HOUR).isoformat())


def test_looking_again_runs_nothing_again(bench_with: Bench, strategy: Path) -> None:
    """A tick comes every second, and some come twice."""
    bench = bench_with(hourly=hourly(strategy))
    run_due(bench.runtime)
    bench.clock.advance(hours=1)

    assert [len(run_due(bench.runtime)) for _ in range(3)] == [1, 0, 0]


def test_many_workers_at_once_run_each_occurrence_once(bench_with: Bench, strategy: Path) -> None:
    """All of them read the same state before the first one writes."""
    bench = bench_with(**{f"every-{number}": hourly(strategy) for number in range(3)})
    run_due(bench.runtime)
    bench.clock.advance(hours=1)
    with bench.ledger.reading() as tables:
        states = tables.schedules.all(ACCOUNT)

    def take() -> int:
        taken = 0
        for each in states.values():
            with bench.ledger.writing() as tables:
                taken += tables.schedules.advance(each, bench.clock())
        return taken

    assert sum(at_once(8, take)) == 3


@pytest.mark.parametrize(("misfire", "count"), [("skip", 0), ("once", 1), ("all", 5)])
def test_what_was_missed_follows_the_policy_and_is_told(
    bench_with: Bench, strategy: Path, misfire: str, count: int
) -> None:
    """Nothing ran for five and a half hours."""
    bench = bench_with(hourly=hourly(strategy, misfire=misfire))
    run_due(bench.runtime)
    bench.clock.advance(hours=5.5)

    assert len(run_due(bench.runtime)) == count
    assert run_due(bench.runtime) == []

    told = [data for kind, data in events(bench) if kind == "ScheduleMisfired"]
    assert told == [
        {
            "schedule": "hourly",
            "action": f"backtest of {strategy} period=14",
            "missed_since": (NOON + HOUR).isoformat(),
            "policy": misfire,
            "made_up": count,
        }
    ]


def test_what_cannot_be_submitted_becomes_an_event_and_keeps_nobody_else_waiting(
    bench_with: Bench, strategy: Path, tmp_path: Path
) -> None:
    """A folder that was moved in January must not stop the others of February."""
    bench = bench_with(broken=hourly(tmp_path / "moved"), good=hourly(strategy))
    run_due(bench.runtime)
    bench.clock.advance(hours=1)

    (job,) = run_due(bench.runtime)

    assert job.source == str(strategy)
    broken = state(bench, "broken")
    assert broken.last_job_id is None
    assert "There is no folder" in str(broken.last_error)
    (told,) = [data for kind, data in events(bench) if kind == "ScheduleFailed"]
    assert (told["schedule"], told["error"]) == ("broken", broken.last_error)
    assert run_due(bench.runtime) == []  # told once, not at every look

    (tmp_path / "moved").mkdir()
    (tmp_path / "moved" / "main.py").write_text(CODE)
    bench.clock.advance(hours=1)
    assert len(run_due(bench.runtime)) == 2
    assert state(bench, "broken").last_error is None


def test_without_credentials_or_with_refused_ones_it_is_the_schedule_that_fails(
    bench_with: Bench, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the look at the timetable goes on."""
    bench = bench_with(hourly=hourly(strategy))
    run_due(bench.runtime)
    fingerprint = QuantConnectAuth(7, TOKEN).fingerprint
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, fingerprint, "QuantConnect says no."))
    bench.clock.advance(hours=1)
    assert run_due(bench.runtime) == []
    assert "QuantConnect says no." in str(state(bench).last_error)

    monkeypatch.delenv("QC_API_TOKEN")
    bench.clock.advance(hours=1)
    assert run_due(bench.runtime) == []
    assert "QC_API_TOKEN" in str(state(bench).last_error)
    assert jobs(bench) == []


def test_a_job_that_cannot_be_written_leaves_the_occurrence_to_the_next_look(
    bench_with: Bench, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies, or the database goes away, between taking the occurrence and writing the job."""
    bench = bench_with(hourly=hourly(strategy))
    run_due(bench.runtime)
    bench.clock.advance(hours=1)

    class PowerCut(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("orchestrator.ledger.schedules.Schedules.note", die)
        with pytest.raises(PowerCut):
            run_due(bench.runtime)
    assert jobs(bench) == []

    assert len(run_due(bench.runtime)) == 1


def test_paused_it_waits_and_what_passed_meanwhile_was_not_missed(bench_with: Bench, strategy: Path) -> None:
    """Who pauses a schedule does not want its runs later, all at once."""
    bench = bench_with(hourly=hourly(strategy, misfire="all"))
    run_due(bench.runtime)
    bench.write(lambda tables: tables.schedules.pause(ACCOUNT, "hourly", "ada@desk"))
    bench.clock.advance(hours=3)
    assert run_due(bench.runtime) == []
    assert (state(bench).changed_by, state(bench).changed_at) == ("ada@desk", NOON)

    bench.write(lambda tables: tables.schedules.resume(ACCOUNT, "hourly", "bob@desk"))
    assert run_due(bench.runtime) == []
    bench.clock.advance(hours=1)

    assert len(run_due(bench.runtime)) == 1
    assert events(bench)[0][0] == "BacktestQueued"


def test_another_timetable_begins_anew(bench_with: Bench, strategy: Path) -> None:
    """Nothing was missed by a timetable that did not exist yet."""
    run_due(bench_with(hourly=hourly(strategy, misfire="all")).runtime)
    bench = bench_with(hourly=hourly(strategy, misfire="all") | {"every": "30m"})
    bench.clock.advance(hours=5.25)
    assert run_due(bench.runtime) == []
    bench.clock.advance(hours=0.25)

    assert len(run_due(bench.runtime)) == 1
    assert [kind for kind, _ in events(bench)] == ["BacktestQueued"]


def test_run_now_is_a_job_outside_of_the_timetable(bench_with: Bench, strategy: Path) -> None:
    """The next occurrence comes as if nothing had happened."""
    bench = bench_with(hourly=hourly(strategy))
    run_due(bench.runtime)
    settings = bench.runtime.settings

    job = run_now(settings, bench.ledger, "hourly", settings.schedules["hourly"])

    assert job.source == str(strategy)
    assert state(bench).last_job_id is None
    bench.clock.advance(hours=1)
    assert len(run_due(bench.runtime)) == 1


@pytest.mark.parametrize("action", ["stop", "liquidate"])
def test_a_stop_before_the_weekend_is_a_job_with_a_line_in_the_audit(bench_with: Bench, action: str) -> None:
    """Asked for by nobody's hand, so it says on whose behalf."""
    bench = bench_with(**{"before-the-weekend": {"every": "1h", action: {"project": 1001}}})
    run_due(bench.runtime)
    bench.clock.advance(hours=1)

    (job,) = run_due(bench.runtime)

    assert (str(job.kind), job.project_id) == (action, 1001)
    with bench.ledger.reading() as tables:
        (line,) = tables.audit.of(job.id)
    assert line["phase"] == "requested"
    assert "schedule before-the-weekend" in line["what"]


def test_a_stop_that_is_under_way_is_not_asked_for_again(bench_with: Bench) -> None:
    """Made up for three times, it is still one stop."""
    bench = bench_with(often={"every": "1h", "misfire": "all", "stop": {"project": 1001}})
    run_due(bench.runtime)
    bench.clock.advance(hours=3.5)

    assert len({job.id for job in run_due(bench.runtime)}) == 1
    assert len(jobs(bench)) == 1


def test_without_schedules_the_ledger_is_left_alone(bench_with: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second, on every machine that uses none."""
    bench = bench_with()
    monkeypatch.setattr(Ledger, "reading", None)
    assert run_due(bench.runtime) == []


def test_another_account_has_a_timetable_of_its_own(bench_with: Bench, strategy: Path) -> None:
    """Two sets of workers may share one ledger."""
    bench = bench_with(hourly=hourly(strategy))
    run_due(bench.runtime)
    with bench.ledger.writing() as tables:
        tables.schedules.see("8@cloud.test", "hourly", str(ScheduleSettings.model_validate(hourly(strategy)).timetable))
        tables.schedules.pause("8@cloud.test", "hourly", "eve@desk")
    bench.clock.advance(hours=1)

    assert len(run_due(bench.runtime)) == 1


def test_a_schedule_that_hangs_keeps_no_other_from_its_time(
    bench_with: Bench, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder on a file server that does not answer; nor does it gather one thread more with every tick."""
    bench = bench_with(hangs=hourly(strategy), good=hourly(strategy))
    run_due(bench.runtime)
    bench.clock.advance(hours=1)
    asked, answer = threading.Event(), threading.Event()
    hanging = bench.runtime.settings.schedules["hangs"]

    def prepare(settings: Settings, schedule: ScheduleSettings) -> Accept:
        if schedule is hanging:
            asked.set()
            assert answer.wait(60)
        return schedule_actions.prepare(settings, schedule)

    monkeypatch.setattr("orchestrator.firing.prepare", prepare)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run_due, bench.runtime)
        assert asked.wait(60)
        assert [job.name for job in run_due(bench.runtime)] == ["rsi period=14"]
        assert run_due(bench.runtime) == []
        answer.set()
        assert len(first.result(60)) == 1
    assert {state(bench, name).last_job_id for name in ("hangs", "good")} == {job.id for job in jobs(bench)}


def test_a_bug_in_one_schedule_keeps_no_other_from_its_time(
    bench_with: Bench, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its text, which nobody has read before, is not shown."""
    bench = bench_with(bad=hourly(strategy), good=hourly(strategy))
    run_due(bench.runtime)
    bench.clock.advance(hours=1)
    bad = bench.runtime.settings.schedules["bad"]

    def prepare(settings: Settings, schedule: ScheduleSettings) -> Accept:
        if schedule is bad:
            raise RuntimeError(TOKEN)
        return schedule_actions.prepare(settings, schedule)

    monkeypatch.setattr("orchestrator.firing.prepare", prepare)
    assert len(run_due(bench.runtime)) == 1
    assert state(bench, "bad").last_error == "this is a bug in qcjobs (RuntimeError); see the log"


def test_what_became_of_a_schedule_can_be_read_again(bench_with: Bench, strategy: Path, tmp_path: Path) -> None:
    """Newest first, and of no other schedule."""
    bench = bench_with(hourly=hourly(strategy), broken=hourly(tmp_path / "gone"))
    for _ in range(4):
        run_due(bench.runtime)
        bench.clock.advance(hours=1)

    with bench.ledger.reading() as tables:
        told = tables.outbox.of_schedule(bench.runtime.account, "hourly", limit=2)

    hours = [(NOON + count * HOUR).isoformat() for count in (3, 2)]
    assert [(str(event.type), event.data["occurrence"]) for event in told] == [
        ("BacktestQueued", hour) for hour in hours
    ]
