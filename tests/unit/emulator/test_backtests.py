"""A backtest from its creation to its late statistics, and the nodes it needs."""

from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account


def busy(account: Account) -> list[bool]:
    return [node["busy"] for node in account.ask("nodes/read")["backtest"]]


def test_a_backtest_goes_from_queue_to_progress_to_completed(account: Account) -> None:
    """The texts are the server's own, dots included."""
    project = account.project()
    backtest = account.start(project, account.compiled(project))
    seen = []
    for _ in range(6):
        read = account.read(project, backtest)
        seen.append((read["status"], read["completed"]))
        account.wait(2)
    assert seen == [
        ("In Queue...", False),
        *[("In Progress...", False)] * 4,
        ("Completed.", True),
    ]


def test_progress_grows_from_zero_to_one(account: Account) -> None:
    """And reaches one only at the end."""
    project = account.project()
    backtest = account.start(project, account.compiled(project))
    progress = []
    for _ in range(11):
        progress.append(account.read(project, backtest)["progress"])
        account.wait(1)
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 1)
    assert progress[-2] < 1


def test_completed_comes_before_the_statistics(account: Account) -> None:
    """The trap that makes naive clients store empty results."""
    project = account.project()
    backtest = account.start(project, account.compiled(project))
    account.wait(10)
    early = account.read(project, backtest)
    assert early["completed"] is True
    assert (early["statistics"], early["runtimeStatistics"], early["totalPerformance"]) == ([], None, None)
    account.wait(2)
    final = account.read(project, backtest)
    assert len(final["statistics"]) == 27
    assert final["runtimeStatistics"]["Equity"].startswith("$")
    assert final["totalPerformance"]["portfolioStatistics"]["startEquity"] == 50_000


def test_a_result_is_marked_as_synthetic_even_if_the_note_is_replaced(account: Account) -> None:
    """Nobody shall mistake it for a result of the market."""
    project = account.project()
    backtest = account.start(project, account.compiled(project))
    assert account.read(project, backtest)["note"] == "Synthetic result of the qcjobs emulator"
    account.ask("backtests/update", projectId=project, backtestId=backtest, note="mine", name="renamed")
    read = account.read(project, backtest)
    assert (read["note"], read["name"], read["synthetic"]) == ("mine", "renamed", True)


def test_a_full_cluster_refuses_with_the_servers_text_and_creates_nothing(account: Account) -> None:
    """Backtests are refused, not queued."""
    project = account.project()
    compile_id = account.compiled(project)
    account.start(project, compile_id)
    account.start(project, compile_id)
    assert busy(account) == [True, True]
    with pytest.raises(ApiFailure, match=r"^There are no spare nodes available in your cluster\."):
        account.start(project, compile_id)
    assert account.ask("backtests/list", projectId=project)["count"] == 2
    account.wait(10)
    assert busy(account) == [False, False]
    account.start(project, compile_id)


def test_deleting_a_running_backtest_frees_its_node(account: Account) -> None:
    """It is the only way to stop one."""
    project = account.project()
    backtest = account.start(project, account.compiled(project))
    account.ask("backtests/delete", projectId=project, backtestId=backtest)
    assert busy(account) == [False, False]
    with pytest.raises(ApiFailure, match="Backtest not found"):
        account.read(project, backtest)


def test_deleting_an_old_backtest_leaves_its_node_to_the_new_one() -> None:
    """The node has moved on."""
    account = Account(EmulatorOptions(nodes=1))
    project = account.project()
    compile_id = account.compiled(project)
    old = account.start(project, compile_id)
    account.wait(10)
    account.start(project, compile_id)
    account.ask("backtests/delete", projectId=project, backtestId=old)
    assert busy(account) == [True]


def test_a_node_may_stay_busy_for_a_while_after_the_end() -> None:
    """As in the cloud, where "no spare nodes" can outlive the backtest by some seconds."""
    account = Account(EmulatorOptions(nodes=1, node_release_lag=3))
    project = account.project()
    account.start(project, account.compiled(project))
    account.wait(12.9)
    assert busy(account) == [True]
    account.wait(0.1)
    assert busy(account) == [False]


def test_a_pinned_node_is_the_only_one_a_project_uses(account: Account) -> None:
    """Pinning nothing hands the choice back to the platform."""
    project = account.project()
    compile_id = account.compiled(project)
    node = account.ask("nodes/read")["backtest"][1]["id"]
    pinned = account.ask("projects/nodes/update", projectId=project, nodes=[node])
    assert pinned["autoSelectNode"] is False
    assert [one["active"] for one in pinned["nodes"]["backtest"]] == [False, True]
    account.start(project, compile_id)
    assert busy(account) == [False, True]
    with pytest.raises(ApiFailure, match="no spare nodes"):
        account.start(project, compile_id)
    assert account.ask("projects/nodes/update", projectId=project, nodes=[])["autoSelectNode"] is True
    account.start(project, compile_id)
    assert busy(account) == [True, True]


def test_a_new_backtest_may_be_missing_from_the_list_for_a_while() -> None:
    """A client that looks for a lost create must look more than once."""
    account = Account(EmulatorOptions(list_lag=5))
    project = account.project()
    account.start(project, account.compiled(project))
    assert account.ask("backtests/list", projectId=project)["backtests"] == []
    account.wait(5)
    assert account.ask("backtests/list", projectId=project)["count"] == 1


def test_the_list_is_newest_first_and_shows_numbers_only_on_request(account: Account) -> None:
    """One request polls all backtests of a project."""
    project = account.project()
    compile_id = account.compiled(project)
    for name in ("one", "two"):
        account.start(project, compile_id, name, fast=3)
    account.wait(12)
    plain = account.ask("backtests/list", projectId=project)["backtests"]
    assert [item["name"] for item in plain] == ["two", "one"]
    assert plain[0]["sharpeRatio"] is None
    assert plain[0]["parameterSet"] == {"fast": 3}
    full = account.ask("backtests/list", projectId=project, includeStatistics=True)["backtests"][0]
    performance = account.read(project, full["backtestId"])["totalPerformance"]
    assert full["sharpeRatio"] == performance["portfolioStatistics"]["sharpeRatio"]


def test_without_parameters_of_its_own_a_backtest_gets_the_projects(account: Account) -> None:
    """Values come back as they were sent; an empty set is a list."""
    project = account.project()
    compile_id = account.compiled(project)
    assert account.read(project, account.start(project, compile_id))["parameterSet"] == []
    account.ask("projects/update", projectId=project, parameters=[{"key": "fast", "value": "9"}])
    assert account.read(project, account.start(project, compile_id))["parameterSet"] == {"fast": "9"}


@pytest.mark.parametrize("source", ["raise ValueError('bad')", "x = 1 / 0"])
def test_a_fault_in_initialize_ends_the_backtest_early(account: Account, source: str) -> None:
    """Completed is true of a failed run, too; the statistics never come."""
    project = account.project(STRATEGY + f"        {source}\n")
    backtest = account.start(project, account.compiled(project))
    account.wait(1)
    read = account.read(project, backtest)
    assert (read["status"], read["completed"], read["hasInitializeError"]) == ("Runtime Error", True, True)
    assert read["error"].startswith("Algorithm.Initialize() Error: ")
    assert "main.py: line 9" in read["error"]
    assert read["stacktrace"].startswith("During the algorithm initialization, the following exception has occurred:")
    assert read["progress"] < 1
    assert busy(account) == [False, False]
    account.wait(100)
    assert account.read(project, backtest)["statistics"] == []


def test_a_fault_in_on_data_is_no_initialize_error(account: Account) -> None:
    """It happens a little later."""
    project = account.project(STRATEGY + "    def on_data(self, data):\n        raise KeyError('SPY')\n")
    backtest = account.start(project, account.compiled(project))
    account.wait(3)
    read = account.read(project, backtest)
    assert (read["status"], read["hasInitializeError"]) == ("Runtime Error", False)
    assert read["error"].startswith("Runtime Error: KeyError : SPY")
    assert 0 < read["progress"] < 1


@pytest.mark.parametrize("compile_id", ["0" * 32 + "-" + "0" * 32, "queued", "failed"])
def test_only_a_finished_good_compile_can_run(account: Account, compile_id: str) -> None:
    """Too early, failed and unknown look the same from outside."""
    project = account.project("def" if compile_id == "failed" else STRATEGY)
    if compile_id == "queued":
        compile_id = account.ask("compile/create", projectId=project)["compileId"]
    elif compile_id == "failed":
        compile_id = account.compiled(project)
    with pytest.raises(ApiFailure, match="Compile id not found"):
        account.start(project, compile_id)


def everything(options: EmulatorOptions, **parameters: Any) -> dict[str, Any]:
    account = Account(options)
    project = account.project()
    backtest = account.start(project, account.compiled(project), **parameters)
    account.wait(12)
    return account.read(project, backtest)


def test_ids_never_repeat_but_results_do() -> None:
    """A restarted emulator is another account with the same market."""
    first, second = everything(EmulatorOptions(), fast=1), everything(EmulatorOptions(), fast="1")
    assert first["backtestId"] != second["backtestId"]
    assert first["projectId"] != second["projectId"]
    assert first["totalPerformance"] == second["totalPerformance"]


def test_a_seed_fixes_everything_and_another_seed_is_another_market() -> None:
    """For tests that compare whole replies."""
    assert everything(EmulatorOptions(seed=4)) == everything(EmulatorOptions(seed=4))
    assert (
        everything(EmulatorOptions(seed=4))["statistics"]["Net Profit"]
        != everything(EmulatorOptions(seed=5))["statistics"]["Net Profit"]
    )


def test_other_parameters_give_another_result() -> None:
    """Otherwise a sweep would be a straight line."""
    assert everything(EmulatorOptions(), fast=1)["statistics"] != everything(EmulatorOptions(), fast=2)["statistics"]
