"""One row per backtest: parameters, every statistic as a number with its unit in the column's name, whose code, when.

Pure. A value that QuantConnect did not tell is None. Columns come in this order: what the row is, parameters
(`param_…`), the exact numbers (fractions and the account's currency), the statistics as QuantConnect shows them
(`stat_…`), code, times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from orchestrator.jobs import Job, Result
from quantconnect.results import parse_number

NUMBERS: Final[Mapping[str, str]] = {
    "total_return": "total_return_fraction",
    "compounding_annual_return": "compounding_annual_return_fraction",
    "sharpe_ratio": "sharpe_ratio",
    "max_drawdown": "max_drawdown_fraction",
    "win_rate": "win_rate_fraction",
    "total_orders": "total_orders",
    "start_equity": "start_equity_account_currency",
    "end_equity": "end_equity_account_currency",
    "total_fees": "total_fees_account_currency",
}
"""Key of `Result.numbers` to column; units as `quantconnect.results.BacktestNumbers` states them."""

UNITS: Final[Mapping[str, str]] = {
    "Start Equity": "account_currency",
    "End Equity": "account_currency",
    "Drawdown Recovery": "days",
}
"""Statistics whose text carries no unit."""

TEXTS: Final = frozenset({"Lowest Capacity Asset"})


def rows_of(results: Sequence[tuple[Job, Result | None]]) -> list[dict[str, Any]]:
    """A row for each job, all with the same columns, and each column of one type."""
    parameters = sorted({name for job, _ in results for name in job.parameters})
    labels = sorted({name for job, _ in results for name in job.labels or {}})
    statistics = _columns(result.statistics for _, result in results if result is not None)
    rows = [_row(job, result, parameters, labels, statistics) for job, result in results]
    for column in (*labels, *(f"param_{name}" for name in parameters), *statistics.values()):
        _make_alike(rows, column)
    return rows


def _make_alike(rows: list[dict[str, Any]], column: str) -> None:
    """Numbers, or else texts: "007" beside 7 would make the column useless to whoever computes with it."""
    kinds = {type(row[column]) for row in rows if row[column] is not None}
    if len(kinds) <= 1:
        return
    convert: type[float | str] = float if kinds == {int, float} else str
    for row in rows:
        row[column] = None if row[column] is None else convert(row[column])


def _row(
    job: Job, result: Result | None, parameters: Sequence[str], labels: Sequence[str], statistics: Mapping[str, str]
) -> dict[str, Any]:
    numbers: Mapping[str, Any] = {} if result is None else result.numbers
    shown: Mapping[str, str] = {} if result is None else result.statistics
    return {
        "sweep_id": job.sweep_id,
        "position": job.position,
        "job_id": job.id,
        "name": job.name,
        "state": str(job.state),
        "error": job.error,
        **{name: (job.labels or {}).get(name) for name in labels},
        **{f"param_{name}": job.parameters.get(name) for name in parameters},
        **{column: numbers.get(name) for name, column in NUMBERS.items()},
        **{column: _value(name, shown.get(name)) for name, column in statistics.items()},
        "complete": None if result is None else result.complete,
        "synthetic": None if result is None else result.synthetic,
        "reused_from": job.reused_from,
        "source": job.source,
        "bundle": job.bundle,
        "git_commit": job.git_commit,
        "git_dirty": job.git_dirty,
        "lean_version": None if result is None else result.lean_version,
        "project_id": job.project_id,
        "compile_id": job.compile_id,
        "backtest_id": job.backtest_id,
        "requests": job.requests,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "node_seconds": _node_seconds(job),
    }


def _node_seconds(job: Job) -> float | None:
    """How long the backtest kept its node, as far as was noticed."""
    until = job.completed_at or job.ended_at
    if job.backtest_created_at is None or until is None:
        return None
    return round((until - job.backtest_created_at).total_seconds(), 3)


def _columns(all_statistics: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Name of each statistic to its column; its unit, in every row, is that of the first text that shows one."""
    units: dict[str, str] = {}
    for statistics in all_statistics:
        for name, text in statistics.items():
            units[name] = units.get(name) or UNITS.get(name) or _unit(str(text))
    return {name: f"stat_{_snake(name)}{'_' * bool(unit)}{unit}" for name, unit in units.items()}


def _unit(text: str) -> str:
    if text.rstrip().endswith("%"):
        return "percent"
    return "usd" if "$" in text else ""


def _value(name: str, text: str | None) -> float | str | None:
    if text is None or name in TEXTS:
        return text
    number = parse_number(text)
    if number is None:
        return None if text.strip() in {"", "-"} else text
    # The column says percent; `parse_number` makes a fraction of a text with the sign.
    return round(number * 100, 10) if text.rstrip().endswith("%") else number


def _snake(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")
