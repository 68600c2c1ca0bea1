"""An optimization: a grid of backtests that share nodes, end one after the other, and compete for one figure."""

from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account

SHARPE = "TotalPerformance.PortfolioStatistics.SharpeRatio"
DRAWDOWN = "TotalPerformance.PortfolioStatistics.Drawdown"
GRID: dict[str, Any] = {
    "name": "grid",
    "target": SHARPE,
    "targetTo": "max",
    "targetValue": None,
    "strategy": "QuantConnect.Optimizer.Strategies.GridSearchOptimizationStrategy",
    "parameters": [
        {"name": "fast", "min": 10, "max": 20, "step": 5},
        {"name": "slow", "min": 0.1, "max": 0.2, "step": 0.1},
    ],
}
SHARPE_POSITION, NET_PROFIT_POSITION, ORDERS_POSITION, END_EQUITY_POSITION = 15, 12, 17, 23


def create(account: Account, source: str = STRATEGY, **changes: Any) -> str:
    """Id of a new optimization on three nodes."""
    project = account.project(source)
    arguments = {
        "projectId": project,
        "compileId": account.compiled(project),
        "estimatedCost": 0.01,
        "nodeType": "O2-8",
        "parallelNodes": 3,
        **GRID,
        **changes,
    }
    return str(account.ask("optimizations/create", **arguments)["optimizations"][0]["optimizationId"])


def read(account: Account, optimization: str) -> dict[str, Any]:
    return dict(account.ask("optimizations/read", optimizationId=optimization)["optimization"])


def counts(optimization: dict[str, Any]) -> tuple[str, ...]:
    statistics = optimization["runtimeStatistics"]
    return tuple(statistics[name] for name in ("Completed", "Failed", "Running", "In Queue", "Total"))


def credit(account: Account) -> float:
    return float(account.ask("account/read")["creditBalance"])


def test_every_combination_is_tried_once(account: Account) -> None:
    """Bounds included; values come back as texts, without the dust of binary fractions."""
    optimization = create(account)
    account.wait(20)
    tried = [item["parameterSet"] for item in read(account, optimization)["backtests"].values()]
    assert tried == [{"fast": fast, "slow": slow} for fast in ("10", "15", "20") for slow in ("0.1", "0.2")]


def test_backtests_wait_for_the_optimizations_own_nodes(account: Account) -> None:
    """Three nodes, six backtests of ten seconds: two rounds, and the organization's nodes stay free."""
    optimization = create(account)
    seen = []
    for _ in range(5):
        now = read(account, optimization)
        seen.append((now["status"], counts(now), len(now["backtests"] or [])))
        account.wait(5)
    assert seen == [
        ("new", ("0", "0", "3", "3", "6"), 3),
        ("running", ("0", "0", "3", "3", "6"), 3),
        ("running", ("3", "0", "3", "0", "6"), 6),
        ("running", ("3", "0", "3", "0", "6"), 6),
        ("completed", ("6", "0", "0", "0", "6"), 6),
    ]
    assert not any(node["busy"] for node in account.ask("nodes/read")["backtest"])


def test_its_backtests_are_backtests_like_any_other(account: Account) -> None:
    """The numbers by position are those that the backtest itself reports."""
    optimization = create(account)
    account.wait(20)
    whole = read(account, optimization)
    project = whole["projectId"]
    listed = {item["backtestId"]: item for item in account.ask("backtests/list", projectId=project)["backtests"]}
    assert set(listed) == set(whole["backtests"])
    for number, item in whole["backtests"].items():
        backtest = account.read(project, number)
        assert backtest["optimizationId"] == listed[number]["optimizationId"] == optimization
        assert backtest["parameterSet"] == item["parameterSet"]
        portfolio = backtest["totalPerformance"]["portfolioStatistics"]
        assert len(item["statistics"]) == 25
        assert item["statistics"][SHARPE_POSITION] == pytest.approx(portfolio["sharpeRatio"], abs=0.001)
        assert item["statistics"][NET_PROFIT_POSITION] == pytest.approx(100 * portfolio["totalNetProfit"], abs=0.001)
        assert item["statistics"][ORDERS_POSITION] == int(backtest["statistics"]["Total Orders"])
        assert item["statistics"][END_EQUITY_POSITION] == item["equity"][-1][-1] == portfolio["endEquity"]


@pytest.mark.parametrize(("extremum", "pick"), [("max", max), ("min", min)])
def test_the_summary_shows_the_best_backtest(account: Account, extremum: str, pick: Any) -> None:
    """Best by the target, in the wanted direction; before any has ended there is none."""
    optimization = create(account, targetTo=extremum)
    project = read(account, optimization)["projectId"]
    assert account.ask("optimizations/list", projectId=project)["optimizations"][0]["sharpeRatio"] is None
    account.wait(20)
    items = read(account, optimization)["backtests"].values()
    best = pick(items, key=lambda item: item["statistics"][SHARPE_POSITION])
    summary = account.ask("optimizations/list", projectId=project)["optimizations"][0]
    assert summary["sharpeRatio"] == pytest.approx(best["statistics"][SHARPE_POSITION], abs=0.001)


def test_a_backtest_that_breaks_a_constraint_cannot_be_the_best(account: Account) -> None:
    """A demand that nothing meets leaves no best one. The second spelling is the LEAN CLI's."""
    for key in ("targetValue", "target-value"):
        optimization = create(account, constraints=[{"target": DRAWDOWN, "operator": "Less", key: "0"}])
        account.wait(20)
        project = read(account, optimization)["projectId"]
        assert account.ask("optimizations/list", projectId=project)["optimizations"][0]["sharpeRatio"] is None


def test_the_lean_clis_form_is_understood(account: Account) -> None:
    """Everything is text there, a parameter is named by `key`, and no target value is an empty text."""
    parameters = [{"key": "fast", "min": "1", "max": "2", "step": "1"}, {"key": "slow", "value": "9"}]
    optimization = create(account, parameters=parameters, targetValue="", parallelNodes="2", estimatedCost="0.01")
    account.wait(10)
    whole = read(account, optimization)
    assert [item["parameterSet"] for item in whole["backtests"].values()] == [
        {"fast": "1", "slow": "9"},
        {"fast": "2", "slow": "9"},
    ]
    assert whole["targetValue"] is None


def test_an_aborted_optimization_keeps_what_has_ended_and_gives_the_rest_back(account: Account) -> None:
    """Running and waiting backtests are gone, also from the project's list, and cost nothing."""
    before = credit(account)
    optimization = create(account)
    paid = before - credit(account)
    account.wait(12)
    account.ask("optimizations/abort", optimizationId=optimization)
    whole = read(account, optimization)
    assert (whole["status"], counts(whole)) == ("aborted", ("3", "0", "0", "0", "3"))
    assert account.ask("backtests/list", projectId=whole["projectId"])["count"] == 3
    assert before - credit(account) == pytest.approx(paid / 2, abs=0.01)
    with pytest.raises(ApiFailure, match="not running"):
        account.ask("optimizations/abort", optimizationId=optimization)


def test_a_deleted_optimization_takes_its_backtests_along(account: Account) -> None:
    """Even in the middle."""
    optimization = create(account)
    project = read(account, optimization)["projectId"]
    account.wait(12)
    account.ask("optimizations/delete", optimizationId=optimization)
    assert account.ask("optimizations/list", projectId=project)["optimizations"] == []
    assert account.ask("backtests/list", projectId=project)["backtests"] == []
    with pytest.raises(ApiFailure, match="Optimization not found"):
        read(account, optimization)


def test_backtests_of_a_faulty_strategy_count_as_failed(account: Account) -> None:
    """With an exit code and without statistics."""
    optimization = create(account, STRATEGY + "        raise ValueError('bad')\n")
    account.wait(20)
    whole = read(account, optimization)
    assert (whole["status"], counts(whole)) == ("completed", ("0", "6", "0", "0", "6"))
    assert all((item["exitCode"], item["statistics"]) == (1, []) for item in whole["backtests"].values())


def test_it_can_be_renamed(account: Account) -> None:
    """The name is all that can be changed."""
    optimization = create(account)
    account.ask("optimizations/update", optimizationId=optimization, name="better")
    assert read(account, optimization)["name"] == "better"


def test_an_estimate_tells_seconds_and_qcc_of_the_whole_grid() -> None:
    """Six hours on a node of 15 QCC an hour."""
    account = Account(EmulatorOptions(backtest_seconds=3600))
    estimate = account.ask("optimizations/estimate", projectId=account.project(), **GRID)["estimate"]
    assert (estimate["time"], estimate["balance"]) == (6 * 3600, 90)


def test_an_optimization_must_be_paid_for(account: Account) -> None:
    """Without enough credit nothing starts."""
    account.world.credit = 0.2
    with pytest.raises(ApiFailure, match="credit"):
        create(account)
    assert (account.world.optimizations, account.world.credit) == ({}, 0.2)


@pytest.mark.parametrize(
    "change",
    [
        {"target": "Sharpe"},
        {"targetTo": "best"},
        {"strategy": "Random"},
        {"nodeType": "O1"},
        {"parallelNodes": 25},
        {"parallelNodes": 0},
        {"estimatedCost": None},
        {"compileId": "unknown"},
        {"parameters": []},
        {"parameters": [{"name": "fast", "min": 2, "max": 1, "step": 1}]},
        {"parameters": [{"name": "fast", "min": 1, "max": 2, "step": 0}]},
        {"parameters": [{"name": "fast", "min": 1, "max": 2000, "step": 1}]},
        {"parameters": [{"name": "fast", "min": "nan", "max": 2, "step": 1}]},
        {"constraints": [{"target": SHARPE, "operator": "About", "targetValue": 1}]},
    ],
)
def test_a_bad_request_is_refused_and_starts_nothing(account: Account, change: dict[str, Any]) -> None:
    """And costs nothing."""
    before = credit(account)
    with pytest.raises(ApiFailure):
        create(account, **change)
    assert account.world.optimizations == {}
    assert credit(account) == before
