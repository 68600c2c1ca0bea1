"""A deployment from live/create to its end, and the node it holds."""

from typing import Any

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account
from tests.unit.emulator.live import OPTIONS, PAPER, create, deployed, listed, live_node, log, orders, portfolio, read


@pytest.fixture
def account() -> Account:
    return Account(OPTIONS)


def busy(account: Account) -> list[bool]:
    return [node["busy"] for node in account.ask("nodes/read")["live"]]


def test_a_deployment_goes_from_queue_to_running(account: Account) -> None:
    """The statuses that a client must wait through, in the server's words."""
    project = account.project()
    create(account, project)
    seen = []
    for _ in range(6):
        seen.append(str(read(account, project)["status"]))
        account.wait(2)
    assert seen == ["InQueue", "LoggingIn", "LoggingIn", "Initializing", "Initializing", "Running"]


def test_the_reply_of_create_names_the_deployment(account: Account) -> None:
    """With this id a client finds it again."""
    project = account.project()
    reply = create(account, project)
    assert (reply["source"], reply["projectId"], reply["versionId"]) == ("api-v2", project, 17_000)
    assert reply["deployId"].startswith("L-")
    assert len(reply["deployId"]) == 34
    assert reply["live"]["deployId"] == reply["deployId"] == read(account, project)["deployId"]


def test_before_it_runs_only_a_part_is_readable(account: Account) -> None:
    """A client that expects every field breaks here, not in front of real money."""
    project = account.project()
    create(account, project)
    assert "runtimeStatistics" not in read(account, project)
    account.wait(10)
    assert read(account, project)["runtimeStatistics"]["Equity"] == "$100,000.00"


def test_a_live_node_is_busy_until_the_deployment_ends(account: Account) -> None:
    """Nodes are what live trading costs."""
    project = deployed(account)
    assert busy(account) == [True, False]
    account.ask("live/update/stop", projectId=project)
    assert busy(account) == [False, False]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"nodeId": "LN-unknown"}, "Live node not found"),
        ({"compileId": "0" * 32 + "-" + "0" * 32}, "Compile id not found"),
        ({"brokerage": {}}, "Missing brokerage setting: id"),
        ({"dataProviders": {"PolygonDataFeed": {"id": "Polygon"}}}, "polygon-api-key"),
    ],
)
def test_a_refused_create_leaves_no_deployment(account: Account, changes: dict[str, Any], text: str) -> None:
    """So that a client may correct and repeat it."""
    project = account.project()
    with pytest.raises(ApiFailure, match=text):
        create(account, project, **changes)
    assert account.ask("live/list")["live"] == []
    assert busy(account) == [False, False]


def test_a_busy_node_is_refused(account: Account) -> None:
    """Somebody else may have taken it between the look and the create."""
    deployed(account)
    other = account.project(name="Other")
    with pytest.raises(ApiFailure, match="node is in use"):
        create(account, other)
    create(account, other, node=1)


def test_a_project_trades_once_at_a_time(account: Account) -> None:
    """Two copies of one strategy would double every position."""
    project = deployed(account)
    with pytest.raises(ApiFailure, match="already runs live"):
        create(account, project, node=1)
    account.ask("live/update/stop", projectId=project)
    create(account, project, node=1)
    assert [item["status"] for item in account.ask("live/list")["live"]] == ["InQueue", "Stopped"]


def test_stopping_keeps_the_positions_and_liquidating_sells_them(account: Account) -> None:
    """The difference between the two buttons."""
    stopped, liquidated = deployed(account), deployed(account, node=1)
    account.wait(700)
    account.ask("live/update/stop", projectId=stopped)
    account.ask("live/update/liquidate", projectId=liquidated)
    assert (listed(account, stopped)["status"], listed(account, liquidated)["status"]) == ("Stopped", "Liquidated")
    assert sum(order["quantity"] for order in orders(account, stopped)) > 0
    assert sum(order["quantity"] for order in orders(account, liquidated)) == 0
    assert orders(account, liquidated)[-1]["tag"] == "Liquidated"
    assert portfolio(account, stopped) == portfolio(account, liquidated) == {"holdings": [], "cash": []}


@pytest.mark.parametrize("action", ["stop", "liquidate"])
def test_ending_twice_is_ending_once(account: Account, action: str) -> None:
    """A client that lost the first answer asks again."""
    project = deployed(account)
    account.wait(700)
    account.ask(f"live/update/{action}", projectId=project)
    before = listed(account, project)
    account.wait(50)
    account.ask(f"live/update/{action}", projectId=project)
    assert listed(account, project) == before


def test_a_project_that_was_never_live_cannot_be_stopped(account: Account) -> None:
    """A wrong project id must not look like a success."""
    with pytest.raises(ApiFailure, match="never deployed"):
        account.ask("live/update/stop", projectId=account.project())


def test_a_deployment_can_be_stopped_while_it_starts(account: Account) -> None:
    """Changing one's mind must not wait for the brokerage's login."""
    project = account.project()
    create(account, project)
    account.ask("live/update/liquidate", projectId=project)
    account.wait(100)
    assert (read(account, project)["status"], orders(account, project)) == ("Liquidated", [])


def test_a_refused_login_is_a_deploy_error_with_a_reason(account: Account) -> None:
    """A brokerage setting with the value "fail" is refused, after the create was accepted."""
    project = account.project()
    settings = {"id": "TradierBrokerage", "tradier-account-id": "A", "tradier-access-token": "fail"}
    create(account, project, brokerage=settings | {"tradier-environment": "paper"})
    account.wait(5)
    assert read(account, project)["status"] == "LoggingIn"
    account.wait(1)
    end = read(account, project)
    assert (end["status"], "refused the login" in end["message"]) == ("DeployError", True)
    assert busy(account) == [False, False]


@pytest.mark.parametrize(
    ("code", "seconds"),
    [("        raise ValueError('x')\n", 10), ("    def on_data(self, data):\n        1 / 0\n", 70)],
)
def test_a_fault_in_the_code_is_a_runtime_error(account: Account, code: str, seconds: int) -> None:
    """In initialize as soon as it runs, in on_data with the first bar."""
    project = account.project(STRATEGY + code)
    create(account, project)
    account.wait(seconds - 1)
    assert read(account, project)["status"] != "RuntimeError"
    account.wait(1)
    item = listed(account, project)
    assert (item["status"], item["error"] != "") == ("RuntimeError", True)
    assert item["error"] in log(account, project)[-1]


def test_the_list_filters_by_status_and_knows_only_some(account: Account) -> None:
    """One call polls all deployments of the account."""
    running, stopped = deployed(account), deployed(account, node=1)
    account.ask("live/update/stop", projectId=stopped)
    both = account.ask("live/list")["live"]
    assert [item["projectId"] for item in both] == [stopped, running]
    assert [item["projectId"] for item in account.ask("live/list", status="Running")["live"]] == [running]
    with pytest.raises(ApiFailure, match="Invalid status"):
        account.ask("live/list", status="LoggingIn")


def test_an_old_deployment_stays_readable_by_its_id(account: Account) -> None:
    """And a foreign id does not."""
    project = account.project()
    first = create(account, project)["deployId"]
    account.ask("live/update/stop", projectId=project)
    second = create(account, project)["deployId"]
    assert account.ask("live/read", projectId=project, deployId=first)["status"] == "Stopped"
    assert read(account, project)["deployId"] == second
    with pytest.raises(ApiFailure, match="Live deployment not found"):
        account.ask("live/read", projectId=account.project(name="Other"), deployId=first)


def test_the_project_knows_that_it_trades(account: Account) -> None:
    """Other clients look there before they touch it."""
    project = account.project()

    def told() -> tuple[str | None, bool]:
        shown = account.ask("projects/read", projectId=project)["projects"][0]
        return shown["lastLiveDeployment"], shown["codeRunning"]

    assert told() == (None, False)
    create(account, project)
    launched = listed(account, project)["launched"]
    assert told() == (launched, True)
    account.ask("live/update/stop", projectId=project)
    assert told() == (launched, False)


def test_the_launch_stays_where_it_was_on_the_calendar_when_time_runs_fast() -> None:
    """Dates follow the calendar although the emulated world hurries ahead of it."""
    account = Account(EmulatorOptions(speed=60, deploy_seconds=0, live_refresh_seconds=60, loading_seconds=0))
    account.clock._speed = 60
    project = account.project()
    create(account, project, node=0, nodeId=live_node(account), brokerage=PAPER)
    begin = account.clock.moment()
    account.wait(60)
    assert listed(account, project)["launched"] == f"{begin:%Y-%m-%d %H:%M:%S}"
    last = orders(account, project)[-1]["time"]
    assert f"{begin:%Y-%m-%dT%H:%M:%SZ}" <= last <= f"{account.clock.moment():%Y-%m-%dT%H:%M:%SZ}"
