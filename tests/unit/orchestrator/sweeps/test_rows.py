"""One row per backtest: numbers with their unit in the column's name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.jobs import Job, Result, Scalar
from orchestrator.ledger import Ledger
from orchestrator.sweeps.rows import rows_of
from orchestrator.sweeps.walk_forward import walk_forward
from tests.support.workbench import NOON, add_job

STATISTICS = {
    "Total Orders": "1,234",
    "Net Profit": "12.345%",
    "Sharpe Ratio": "1.25",
    "Total Fees": "$1,234.56",
    "Start Equity": "100000",
    "Drawdown Recovery": "17",
    "Lowest Capacity Asset": "SPY R735QTJ8XC9X",
    "Treynor Ratio": "-",
}


@pytest.fixture
def job(ledger: Ledger) -> Job:
    """A job that has ended."""
    made = add_job(ledger, "rsi", parameters={"fast": 10})
    return replace(
        made, backtest_created_at=NOON, completed_at=NOON + timedelta(seconds=20.5), ended_at=NOON, project_id=None
    )


def result(job: Job, statistics: dict[str, str] | None = None, **numbers: Any) -> Result:
    """What its backtest said."""
    return Result(
        job_id=job.id,
        statistics=STATISTICS if statistics is None else statistics,
        runtime_statistics={},
        numbers={"total_return": 0.12345, "total_orders": 1234, "sharpe_ratio": 1.2513, **numbers},
        total_performance=None,
        complete=True,
        lean_version="2.5",
        synthetic=False,
        recorded_at=NOON,
    )


def test_every_statistic_is_a_number_with_its_unit(job: Job) -> None:
    """Nobody should have to parse "$1,234.56" again."""
    (row,) = rows_of([(job, result(job))])

    assert {name: value for name, value in row.items() if name.startswith("stat_")} == {
        "stat_total_orders": 1234,
        "stat_net_profit_percent": 12.345,
        "stat_sharpe_ratio": 1.25,
        "stat_total_fees_usd": 1234.56,
        "stat_start_equity_account_currency": 100000,
        "stat_drawdown_recovery_days": 17,
        "stat_lowest_capacity_asset": "SPY R735QTJ8XC9X",
        "stat_treynor_ratio": None,
    }
    assert (row["total_return_fraction"], row["sharpe_ratio"], row["param_fast"]) == (0.12345, 1.2513, 10)
    assert (row["bundle"], row["lean_version"], row["node_seconds"]) == (job.bundle, "2.5", 20.5)


def test_all_rows_have_the_same_columns(job: Job) -> None:
    """Whatever some of them do not tell: no result yet, other parameters, other statistics."""
    other = replace(job, id="other", parameters={"slow": 50}, labels={"candidate": "today"})
    waiting = replace(job, id="waiting", completed_at=None, ended_at=None)

    rows = rows_of([(job, result(job)), (other, result(other, {"Custom": "abc"})), (waiting, None)])

    assert len({tuple(row) for row in rows}) == 1
    assert [(row["param_fast"], row["param_slow"], row["candidate"]) for row in rows] == [
        (10, None, None),
        (None, 50, "today"),
        (10, None, None),
    ]
    assert rows[2]["node_seconds"] is None


def test_a_column_is_of_one_type(job: Job) -> None:
    """A file of columns cannot hold 7 beside "007"."""
    pairs: list[dict[str, Scalar]] = [{"a": 7, "b": 1}, {"a": "007", "b": 2.5}]
    jobs = [replace(job, id=str(at), parameters=pair) for at, pair in enumerate(pairs)]

    rows = rows_of([(jobs[0], result(job, {"Own": "5"})), (jobs[1], result(job, {"Own": "five"}))])

    assert [row["param_a"] for row in rows] == ["7", "007"]
    assert [row["param_b"] for row in rows] == [1.0, 2.5]
    assert [row["stat_own"] for row in rows] == ["5.0", "five"]


def test_the_unit_is_that_of_the_first_text_that_shows_one(job: Job) -> None:
    """A backtest without trades says 0 where others say 5 %."""
    rows = rows_of([(job, result(job, {"Win Rate": "0"})), (job, result(job, {"Win Rate": "57%"}))])

    assert [row["stat_win_rate_percent"] for row in rows] == [0, 57]


def window(job: Job, number: int, part: str, fast: int, sharpe: float | None) -> tuple[Job, Result | None]:
    """One point on one stretch."""
    dates: dict[str, Scalar] = {"start_date": f"{number}-{part}", "end_date": f"{number}-{part}-end"}
    placed = replace(
        job,
        id=f"{number}{part}{fast}",
        parameters=dates | {"fast": fast, "fee": 1},
        labels={"window": number, "part": part},
    )
    return placed, None if sharpe is None else result(placed, sharpe_ratio=sharpe)


def test_walk_forward_judges_the_best_of_training_by_its_test(job: Job) -> None:
    """Not by the best of the tests, which nobody could have known."""
    rows = [
        window(job, 1, "train", 5, 2.0),
        window(job, 1, "train", 10, 1.0),
        window(job, 1, "test", 5, 0.3),
        window(job, 1, "test", 10, 3.0),
        window(job, 2, "train", 5, 0.1),
        window(job, 2, "train", 10, 0.9),
        window(job, 2, "test", 10, None),
        window(job, 3, "train", 5, None),
    ]

    first, second = walk_forward(rows, "sharpe_ratio")

    assert (first.window, first.parameters, first.trained, first.tested) == (1, {"fast": 5, "fee": 1}, 2.0, 0.3)
    assert (second.window, second.parameters["fast"], second.tested) == (2, 10, None)
    assert walk_forward(rows, "sharpe_ratio", lowest=True)[0].parameters["fast"] == 10
