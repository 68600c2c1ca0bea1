"""What people see of a sweep: colours, a page, a live view."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest
from rich.console import Console

from cli import heatmap, sweep_render
from cli.sweep_report import page, write_report
from cli.sweep_watching import View, expected_end, shown_progress
from orchestrator import SweepHandle
from orchestrator.errors import WrongUse
from orchestrator.experience import Experience
from orchestrator.jobs import Job, Result, Scalar
from orchestrator.ledger import Ledger
from orchestrator.settings import Settings
from orchestrator.states import JobState
from orchestrator.sweeps.sweep import Standing
from orchestrator.sweeps.walk_forward import Chosen
from tests.support.workbench import NOON, HandMovedClock, add_job, add_sweep, jobs_of, started

SECONDS = timedelta(seconds=1)


@pytest.fixture
def clock() -> HandMovedClock:
    """Stands still until the test moves it."""
    return HandMovedClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: HandMovedClock) -> Ledger:
    """An empty ledger."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    ledger.prepare()
    return ledger


def told(ledger: Ledger, *points: tuple[Mapping[str, Scalar], float | None]) -> list[tuple[Job, Result]]:
    """Results of backtests with these parameters."""
    jobs = [(add_job(ledger, "<b>rsi</b>", parameters=parameters), sharpe) for parameters, sharpe in points]
    return [(job, result_of(job, sharpe)) for job, sharpe in jobs]


def result_of(job: Job, sharpe: float | None) -> Result:
    """What its backtest said."""
    return Result(
        job_id=job.id,
        statistics={},
        runtime_statistics={},
        numbers={"sharpe_ratio": sharpe, "total_return": 0.1},
        total_performance=None,
        complete=True,
        lean_version=None,
        synthetic=True,
        recorded_at=NOON,
    )


def number(value: object) -> str:
    """As the commands show it."""
    return sweep_render.shown("sharpe_ratio", value)


def text_of(picture: object, width: int = 120) -> str:
    """What is drawn, without colours."""
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(picture)
    return console.export_text()


# ── colours ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_parameters_that_vary_make_a_grid(ledger: Ledger) -> None:
    """Others, that are the same everywhere, do not count."""
    results = told(
        ledger,
        ({"fast": 10, "slow": 50, "fee": 1}, 1.0),
        ({"fast": 5, "slow": 50, "fee": 1}, 0.5),
        ({"fast": 5, "slow": 100, "fee": 1}, None),
        ({"fast": 10, "slow": 100, "fee": 1}, -1.0),
    )

    grid = heatmap.grid_of(results, "sharpe_ratio")

    assert grid is not None
    assert (grid.across, grid.down, grid.columns, grid.rows) == ("fast", "slow", (5, 10), (50, 100))
    assert grid.cells == {(10, 50): 1.0, (5, 50): 0.5, (10, 100): -1.0}
    assert (grid.colour(-1.0), grid.colour(1.0)) == (heatmap.RAMP[0], heatmap.RAMP[-1])
    lines = text_of(heatmap.as_table(grid, number)).splitlines()
    assert lines[1].split() == ["50", "0.500", "1.000"]
    assert lines[2].split() == ["100", "·", "-1.000"]


def test_a_cell_shows_the_best_where_more_parameters_vary(ledger: Ledger) -> None:
    """Two of them have to be named then."""
    results = told(ledger, *(({"a": a, "b": b, "c": c}, a + b + c) for a in (1, 2) for b in (1, 2) for c in (1, 2)))

    assert heatmap.grid_of(results, "sharpe_ratio") is None
    grid = heatmap.grid_of(results, "sharpe_ratio", ("a", "b"))
    lowest = heatmap.grid_of(results, "sharpe_ratio", ("a", "b"), lowest=True)

    assert grid is not None
    assert lowest is not None
    assert (grid.cells[1, 1], lowest.cells[1, 1]) == (4, 3)


def test_too_many_values_make_no_picture(ledger: Ledger) -> None:
    """A table of a thousand columns helps nobody."""
    results = told(ledger, *(({"a": a, "b": a % 2}, 1.0) for a in range(heatmap.MOST + 1)))

    assert heatmap.grid_of(results, "sharpe_ratio") is None


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_escapes_what_others_wrote(ledger: Ledger, tmp_path: Path) -> None:
    """A parameter may hold anything."""
    evil = "<script>alert(1)</script>"
    results = told(ledger, ({"a": evil, "b": 1}, 1.0), ({"a": "x", "b": 2}, 2.0))
    grid = heatmap.grid_of(results, "sharpe_ratio")

    text = page(results, "sharpe_ratio", grid, [Chosen(1, {"a": evil}, 1.0, None)], number)

    assert "<script" not in text
    assert text.count(escape(evil)) >= 3
    write_report(tmp_path / "page.html", results, "sharpe_ratio", grid, [], number)
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(WrongUse):
        write_report(tmp_path / "nowhere" / "page.html", results, "sharpe_ratio", grid, [], number)


# ── the live view ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_live_view_tells_how_far_it_is(ledger: Ledger, clock: HandMovedClock) -> None:
    """Counts, what runs, when it will have ended, the best so far."""
    sweep = add_sweep(ledger, "swept", 4, note="a first look")
    done, running, *_ = jobs_of(ledger, sweep)
    for job in (done, running):
        begun = started(ledger, job)
        with ledger.writing() as tables:
            tables.jobs.write(begun, step="poll_results", backtest_id="b", backtest_created_at=clock(), progress=0.25)
    clock.advance(seconds=100)
    with ledger.writing() as tables:
        ended = {"state": JobState.COMPLETED, "ended_at": clock(), "completed_at": clock()}
        tables.jobs.write(tables.jobs.get(done.id), **ended)
        tables.jobs.keep_result(result_of(done, 1.5))
    settings = Settings.model_validate({"dispatch": {"backtest_nodes": 2}})

    picture, has_ended = View(SweepHandle(ledger, sweep.id, settings), settings).render()

    text = text_of(picture)
    assert not has_ended
    assert "a first look" in text
    assert "1 of 4" in text
    assert "swept1" in text
    assert "expected end" in text
    assert "1.500  at=0" in text


def test_the_expected_end_counts_what_is_left_over_the_nodes(ledger: Ledger, clock: HandMovedClock) -> None:
    """And says nothing where nobody can tell."""
    sweep = add_sweep(ledger, "swept", 10)
    (running, *_) = jobs_of(ledger, sweep)
    half = replace(running, progress=0.5)
    standing = Standing(dict.fromkeys(JobState, 0) | {JobState.QUEUED: 9, JobState.RUNNING: 1}, 0)
    past = Experience.of(60 * SECONDS)

    assert expected_end(sweep, standing, [half], past, 2, NOON) == NOON + 4.75 * past.usual
    assert expected_end(replace(sweep, most_nodes=1), standing, [half], past, 2, NOON) == NOON + 9.5 * past.usual
    assert expected_end(sweep, standing, [half], None, 2, NOON) is None
    assert expected_end(replace(sweep, paused=True), standing, [half], past, 2, NOON) is None


def test_progress_goes_on_between_two_looks(ledger: Ledger) -> None:
    """By experience; it never claims to be done."""
    job = replace(add_job(ledger), backtest_created_at=NOON, looked_at=NOON + 30 * SECONDS, progress=0.3)

    assert shown_progress(job, NOON + 40 * SECONDS, Experience.of(100 * SECONDS)) == pytest.approx(0.4)
    assert shown_progress(job, NOON + 400 * SECONDS, Experience.of(100 * SECONDS)) == 0.99
    assert shown_progress(job, NOON + 40 * SECONDS, None) == 0.3
    assert (
        shown_progress(replace(job, looked_at=None, progress=None), NOON + 20 * SECONDS, Experience.of(100 * SECONDS))
        == 0.2
    )
