"""Tables and links."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from cli import render
from orchestrator.jobs import Job
from orchestrator.ledger import Ledger
from orchestrator.links import link
from quantconnect.models.ids import BacktestId, ProjectId
from tests.support.workbench import add_job

BACKTEST = BacktestId("0123456789abcdef0123456789abcdef")


@pytest.fixture
def job(ledger: Ledger) -> Job:
    """A job with a backtest."""
    return replace(add_job(ledger), backtest_id=BACKTEST, project_id=ProjectId(42))


def printed(job: Job, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    page = StringIO()
    monkeypatch.setattr(render, "out", Console(file=page, width=width, force_terminal=True, color_system=None))
    render.print_results([(job, None)])
    return page.getvalue()


@pytest.mark.parametrize(
    ("account", "begins"),
    [
        ("7@www.quantconnect.com", "https://www.quantconnect.com/project/42/"),
        ("1@127.0.0.1:5612", "http://127.0.0.1:5612/project/42/"),
        ("1@localhost:5612", "http://localhost:5612/project/42/"),
        ("1@[::1]:5612", "http://[::1]:5612/project/42/"),
        ("7@qc.example.com:8443", "https://qc.example.com:8443/project/42/"),
    ],
)
def test_a_link_leads_to_where_the_job_ran(job: Job, account: str, begins: str) -> None:
    """The settings may name another host by now."""
    assert link(replace(job, account=account)) == begins + BACKTEST


def test_without_a_backtest_there_is_no_link(ledger: Ledger) -> None:
    """A link that leads nowhere is worse than none."""
    assert link(add_job(ledger)) is None


@pytest.mark.parametrize("width", [80, 200])
def test_a_link_is_never_broken(job: Job, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken one can be neither clicked nor copied."""
    assert str(link(job)) in printed(job, width, monkeypatch).split()


def test_a_wide_terminal_shows_the_link_in_the_row(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line per job, where there is room."""
    assert len(printed(job, 200, monkeypatch).splitlines()) == 2


def test_the_error_of_a_failed_job_comes_with_its_log(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line says what is wrong, the log says where."""
    failed = replace(job, error="Build Error: line 3", error_detail="Build Error: line 3\nmain.py [3]: expected ':'")
    lines = printed(failed, 200, monkeypatch).splitlines()
    assert lines[-2:] == ["rsi: Build Error: line 3", "    main.py [3]: expected ':'"]


def test_a_file_is_as_wide_as_a_page() -> None:
    """What is piped into a file is not folded at 80 columns."""
    assert render.console().width == render.PAGE_WIDTH


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1234, "12.34%"), (0, "0.00%"), (-1.5, "-150.00%"), (None, "–"), ("n/a", "–")]
)
def test_ratios_are_shown_as_percentages(value: object, shown: str) -> None:
    """The ledger keeps fractions."""
    assert render.percent(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1234, "1,234"), (1.23456, "1.235"), (None, "–")])
def test_numbers_are_short(value: object, shown: str) -> None:
    """Three digits tell two strategies apart."""
    assert render.number(value) == shown
