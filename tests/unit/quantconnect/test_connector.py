"""The connector: the whole work in one call, whatever the network does; time is moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from quantconnect import (
    ONCE,
    AlgorithmDeployment,
    AuthenticationError,
    BacktestFailed,
    BacktestProgress,
    BacktestResult,
    BuildFailed,
    DeploymentFailed,
    InvalidRequest,
    InvalidSettings,
    NoSpareNodes,
    QuantConnectConnector,
    RequestTimeout,
    StillRunning,
)
from tests.support.cloud import (
    NO_SPARE_NODES,
    SLOW_DOWN,
    Answer,
    Body,
    Cloud,
    backtest,
    completed,
    files,
    refused,
    unanswered,
    unreachable,
)

PROJECT = 7
ALPACA = {"token": "s3cr3t", "paper": True}


class Time:
    """Passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let it pass at once."""
        self.now += seconds


class Told:
    """What callbacks were told, by event."""

    def __init__(self, connector: QuantConnectConnector, *events: str) -> None:
        self.facts: list[tuple[str, Any]] = []
        for event in events:
            connector.on(event, partial(self._note, event))

    def _note(self, event: str, fact: Any) -> None:
        self.facts.append((event, fact))

    @property
    def events(self) -> list[str]:
        """In order."""
        return [event for event, _ in self.facts]


@pytest.fixture
def time() -> Time:
    """A clock of this test's own."""
    return Time()


@pytest.fixture
def cloud() -> Cloud:
    """A cloud in which everything goes well, with one free live node."""
    cloud = Cloud()
    cloud.answers("authenticate", {})
    cloud.answers("files/read", files(main_py="old", research_ipynb="{}"))
    cloud.answers("projects/update", {})
    cloud.answers("compile/create", {"compileId": "c", "state": "InQueue"})
    cloud.answers("compile/read", {"compileId": "c", "state": "BuildSuccess", "logs": []})
    cloud.answers("backtests/list", {"backtests": []})
    cloud.answers("backtests/create", {"backtest": backtest("b", "RSI", "In Queue...", progress=0)})
    cloud.answers("backtests/read", {"backtest": completed("b", name="RSI")})
    nodes = [{"id": "L-busy", "busy": True, "active": True}, {"id": "L-free", "busy": False, "active": True}]
    cloud.answers("projects/nodes/read", {"nodes": {"backtest": [], "research": [], "live": nodes}})
    cloud.answers("live/list", {"live": []})
    cloud.answers("live/create", {"deployId": "L-1", "projectId": PROJECT})
    cloud.answers("live/read", live("Running"))
    cloud.answers("live/update/stop", {})
    cloud.answers("live/update/liquidate", {})
    return cloud


@pytest.fixture
def connector(cloud: Cloud, time: Time) -> QuantConnectConnector:
    """Talks to that cloud, by that clock."""
    return QuantConnectConnector(
        1, "token", policy=ONCE, transport=httpx.MockTransport(cloud), clock=time, sleep=time.sleep
    )


def live(status: str, deploy_id: str = "L-1", **more: Any) -> Body:
    """The answer to `live/read`."""
    times = {"launched": "2026-03-01 12:00:00", "stopped": None}
    return {"deployId": deploy_id, "status": status, "brokerage": "Alpaca", "projectName": "RSI", **times, **more}


def run(work: Awaitable[Any]) -> Any:
    """In an event loop of its own."""

    async def main() -> Any:
        return await work

    return asyncio.run(main())


# ── connecting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_connecting_is_true_or_says_why_not(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """The server's own words, and a callback for whoever watches."""
    assert run(connector.connect()) is True
    told = Told(connector, "error")
    cloud.answers("authenticate", refused("UserID not valid"))
    with pytest.raises(AuthenticationError, match="UserID not valid"):
        run(connector.connect())
    assert told.events == ["error"]


def test_it_closes_its_connections_behind_itself(connector: QuantConnectConnector) -> None:
    """`async with` is all that a program needs."""

    async def use() -> None:
        async with connector as same:
            assert same is connector
            await same.connect()
        with pytest.raises(RuntimeError, match="closed"):
            await connector.connect()

    run(use())


def test_no_repr_shows_the_token(connector: QuantConnectConnector) -> None:
    """Objects are printed by accident."""
    assert "'token'" not in repr(connector)
    assert "token" not in repr(connector)


# ── backtests ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_backtest_is_compiled_started_and_read_to_its_end(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Ratios come as floats, rates as fractions."""
    result = run(connector.run_backtest(project_id=PROJECT, name="RSI", parameters={"period": 14}))
    assert result == BacktestResult(
        backtest_id="b",
        name="RSI",
        status="Completed",
        sharpe_ratio=1.2513,
        total_return=0.125,
        max_drawdown=None,
        win_rate=None,
        total_trades=7,
        start_date=None,
        end_date=None,
    )
    assert cloud.last("backtests/create") == {
        "projectId": PROJECT,
        "compileId": "c",
        "backtestName": "RSI",
        "parameters": {"period": 14},
    }
    assert cloud.count("projects/update") == 0


def test_callbacks_hear_how_far_it_is_and_that_it_is_complete(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Each step once, however often it is looked at."""
    half = {"backtest": backtest("b", "RSI", progress=0.5)}
    cloud.answers("backtests/read", half, half, {"backtest": completed("b", name="RSI")})
    told = Told(connector, "backtest_progress", "backtest_complete", "backtest_failed", "error")
    result = run(connector.run_backtest(PROJECT, "RSI"))
    assert told.events == ["backtest_progress", "backtest_progress", "backtest_complete"]
    assert told.facts[0][1] == BacktestProgress(PROJECT, "b", "RSI", "In Progress...", 0.5)
    assert told.facts[-1][1] == result


def test_an_async_callback_is_awaited_and_a_failing_one_harms_nobody(connector: QuantConnectConnector) -> None:
    """A mistake in a callback must not cost a backtest."""
    heard = []

    async def hear(result: BacktestResult) -> None:
        await asyncio.sleep(0)
        heard.append(result.name)

    def fail(_: BacktestResult) -> None:
        raise RuntimeError

    connector.on("backtest_complete", fail)
    connector.on("backtest_complete", hear)
    assert run(connector.run_backtest(PROJECT, "RSI")).backtest_id == "b"
    assert heard == ["RSI"]


def test_without_waiting_it_returns_as_soon_as_it_is_started(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """For programs that have something else to do."""
    result = run(connector.run_backtest(PROJECT, "RSI", wait_for_completion=False))
    assert (result.status, result.sharpe_ratio) == ("In Queue", None)
    assert cloud.count("backtests/read") == 0


def test_files_are_pushed_before_compiling_and_the_others_stay(
    connector: QuantConnectConnector, cloud: Cloud, tmp_path: Path
) -> None:
    """The API deletes what a push leaves out; here it does not."""
    (tmp_path / "main.py").write_text("new")
    run(connector.run_backtest(PROJECT, "RSI", files=tmp_path))
    pushed = {file["name"]: file["content"] for file in cloud.last("projects/update")["files"]}
    assert pushed == {"main.py": "new", "research.ipynb": "{}"}
    paths = [path for path, _ in cloud.asked]
    assert paths.index("projects/update") < paths.index("compile/create")


def test_files_that_are_there_already_are_not_pushed(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """A request less, and no new snapshot."""
    run(connector.run_backtest(PROJECT, "RSI", files={"main.py": "old"}))
    assert cloud.count("projects/update") == 0


def test_code_that_does_not_compile_fails_with_the_compilers_lines(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """Nothing is started."""
    cloud.answers("compile/read", {"state": "BuildError", "logs": ["main.py Line:3 - boom"]})
    told = Told(connector, "backtest_failed", "error")
    with pytest.raises(BuildFailed, match="Line:3 - boom") as failure:
        run(connector.run_backtest(PROJECT, "RSI"))
    assert failure.value.logs == ("main.py Line:3 - boom",)
    assert told.events == ["backtest_failed"]
    assert cloud.count("backtests/create") == 0


def test_an_algorithm_that_breaks_fails_with_its_own_words(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """A result without numbers would only hide it."""
    broken = backtest("b", "RSI", "Runtime Error", error="division by zero", stacktrace="at main.py:7")
    cloud.answers("backtests/read", {"backtest": broken})
    told = Told(connector, "backtest_complete", "backtest_failed")
    with pytest.raises(BacktestFailed, match="division by zero") as failure:
        run(connector.run_backtest(PROJECT, "RSI"))
    assert (failure.value.backtest_id, failure.value.stacktrace) == ("b", "at main.py:7")
    assert told.events == ["backtest_failed"]


def test_numbers_that_come_late_are_waited_for(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """`completed` is not the end."""
    early = completed("b", statistics=[], runtimeStatistics=None, totalPerformance=None)
    cloud.answers("backtests/read", {"backtest": early}, {"backtest": early}, {"backtest": completed("b")})
    assert run(connector.run_backtest(PROJECT, "RSI")).sharpe_ratio == 1.2513


@pytest.mark.parametrize("refusal", [NO_SPARE_NODES, SLOW_DOWN])
def test_a_busy_cloud_is_waited_for(connector: QuantConnectConnector, cloud: Cloud, time: Time, refusal: str) -> None:
    """It is not a failure of the backtest."""
    cloud.answers("backtests/create", refused(refusal), refused(refusal), {"backtest": backtest("b", "RSI")})
    run(connector.run_backtest(PROJECT, "RSI", wait_for_completion=False))
    assert time.now >= 30


def test_waiting_for_a_node_ends(connector: QuantConnectConnector, cloud: Cloud, time: Time) -> None:
    """And says that nothing was started."""
    cloud.answers("backtests/create", refused(NO_SPARE_NODES))
    with pytest.raises(StillRunning, match="could not be started"):
        run(connector.run_backtest(PROJECT, "RSI", timeout=120))
    assert time.now == pytest.approx(120)


def test_waiting_for_the_end_ends(connector: QuantConnectConnector, cloud: Cloud, time: Time) -> None:
    """The backtest goes on, and its id is known."""
    cloud.answers("backtests/read", {"backtest": backtest("b", "RSI")})
    with pytest.raises(StillRunning) as late:
        run(connector.run_backtest(PROJECT, "RSI", timeout=600))
    assert late.value.id == "b"
    assert time.now == pytest.approx(600)


def test_a_lost_answer_is_looked_for_and_adopted(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Asking again would run, and occupy a node, twice. An older backtest of the same name is not ours."""
    older = backtest("a", "RSI", created="2026-03-01 11:00:00")
    ours = backtest("b", "RSI", created="2026-03-01 12:00:00")
    cloud.answers("backtests/create", unanswered())
    cloud.answers("backtests/list", {"backtests": [older]}, {"backtests": [older]}, {"backtests": [ours, older]})
    assert run(connector.run_backtest(PROJECT, "RSI")).backtest_id == "b"
    assert cloud.count("backtests/create") == 1


def test_a_lost_request_is_asked_again_only_when_it_can_no_longer_be_under_way(
    connector: QuantConnectConnector, cloud: Cloud, time: Time
) -> None:
    """Connect and read time-outs and the lag of lists must have passed."""
    asked_at = []

    def note(_: Body) -> Body:
        asked_at.append(time.now)
        return {"backtest": backtest("b", "RSI")}

    cloud.answers("backtests/create", unanswered(), note)
    run(connector.run_backtest(PROJECT, "RSI", wait_for_completion=False))
    assert asked_at[0] >= 70
    assert cloud.count("backtests/create") == 2


def test_a_backtest_of_the_same_name_with_other_parameters_is_not_adopted(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """It is somebody else's."""
    other = backtest("x", "RSI", parameterSet={"period": "20"})
    cloud.answers("backtests/create", unanswered(), {"backtest": backtest("b", "RSI")})
    cloud.answers("backtests/list", {"backtests": []}, {"backtests": [other]})
    assert run(connector.run_backtest(PROJECT, "RSI", {"period": 14}, wait_for_completion=False)).backtest_id == "b"


def test_doubt_that_stays_is_told(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """After a second lost answer nobody guesses any more."""
    cloud.answers("backtests/create", unanswered())
    with pytest.raises(RequestTimeout):
        run(connector.run_backtest(PROJECT, "RSI"))
    assert cloud.count("backtests/create") == 2


def test_a_compile_that_the_server_lost_is_made_again(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Once; then it is told."""
    cloud.answers("backtests/create", refused("Compile id not found"), {"backtest": backtest("b", "RSI")})
    run(connector.run_backtest(PROJECT, "RSI", wait_for_completion=False))
    assert cloud.count("compile/create") == 2


def test_an_outage_while_it_runs_does_not_lose_the_backtest(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """The cloud works on while nobody can look."""
    outage: list[Answer] = [unreachable(), unanswered(), httpx.Response(502, html="<p>Bad gateway</p>")]
    cloud.answers("backtests/read", *outage, {"backtest": completed("b")})
    assert run(connector.run_backtest(PROJECT, "RSI")).status == "Completed"


def test_a_backtest_that_is_not_visible_yet_is_waited_for(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Lists and reads lag by seconds."""
    cloud.answers("backtests/read", refused("Backtest not found"), {"backtest": completed("b")})
    assert run(connector.run_backtest(PROJECT, "RSI")).status == "Completed"


# ── live ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deployment_is_compiled_placed_on_a_free_node_and_confirmed(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """In the words of `live/create`."""
    cloud.answers("live/read", live("InQueue"), live("Initializing"), live("Running"))
    told = Told(connector, "deployed")
    deployment = run(connector.deploy_live(project_id=PROJECT, brokerage="Alpaca", brokerage_config=ALPACA))
    assert (deployment.project_id, deployment.deploy_id, deployment.name) == (PROJECT, "L-1", "RSI")
    assert (deployment.status, deployment.brokerage) == ("Running", "Alpaca")
    assert f"{deployment.launched:%Y-%m-%d %H:%M:%S %Z}" == "2026-03-01 12:00:00 UTC"
    assert told.facts == [("deployed", deployment)]
    asked = cloud.last("live/create")
    assert (asked["nodeId"], asked["compileId"], asked["versionId"]) == ("L-free", "c", "-1")
    assert asked["brokerage"] == {
        "id": "AlpacaBrokerage",
        "alpaca-access-token": "s3cr3t",
        "alpaca-environment": "paper",
    }
    assert asked["dataProviders"] == {"QuantConnectBrokerage": {"id": "QuantConnectBrokerage"}}


def test_missing_settings_are_named_before_anything_is_asked(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """Not even a compile."""
    with pytest.raises(InvalidSettings, match="ib-password"):
        run(connector.deploy_live(PROJECT, "InteractiveBrokers", {"account": "DU1"}))
    assert cloud.asked == []


def test_without_a_free_node_nothing_is_deployed(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """It is said before compiling."""
    cloud.answers("projects/nodes/read", {"nodes": {"live": [{"id": "L-busy", "busy": True}]}})
    with pytest.raises(NoSpareNodes, match="1 live nodes"):
        run(connector.deploy_live(PROJECT, "Alpaca", ALPACA))
    assert cloud.count("live/create") == 0


def test_an_algorithm_that_does_not_start_fails_with_the_servers_words(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """A deployment that does not trade is no deployment."""
    cloud.answers("live/read", live("LoggingIn"), live("DeployError", message="login refused"))
    told = Told(connector, "deployed", "error")
    with pytest.raises(DeploymentFailed, match="login refused") as failure:
        run(connector.deploy_live(PROJECT, "Alpaca", ALPACA))
    assert (failure.value.deploy_id, failure.value.status) == ("L-1", "DeployError")
    assert told.events == ["error"]


def test_a_deployment_whose_answer_was_lost_is_adopted_and_never_asked_for_again(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """Twice would trade twice."""
    old = {"projectId": PROJECT, "deployId": "L-0", "status": "Stopped"}
    new = {"projectId": PROJECT, "deployId": "L-1", "status": "InQueue"}
    cloud.answers("live/create", unanswered())
    cloud.answers("live/list", {"live": [old]}, {"live": [old]}, {"live": [new, old]})
    assert run(connector.deploy_live(PROJECT, "Alpaca", ALPACA)).deploy_id == "L-1"
    assert cloud.count("live/create") == 1


def test_a_deployment_of_which_nothing_is_found_is_left_to_people(
    connector: QuantConnectConnector, cloud: Cloud
) -> None:
    """With money at stake nobody asks again by himself."""
    cloud.answers("live/create", unanswered())
    with pytest.raises(RequestTimeout):
        run(connector.deploy_live(PROJECT, "Alpaca", ALPACA))
    assert cloud.count("live/create") == 1


def test_a_deployment_that_takes_long_is_returned_as_it_is(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """It exists, whatever its status; an earlier deployment is not taken for it."""
    cloud.answers("live/read", live("Stopped", "L-0"), unreachable(), live("InQueue"))
    deployment = run(connector.deploy_live(PROJECT, "Alpaca", ALPACA, timeout=60))
    assert (deployment.deploy_id, deployment.status) == ("L-1", "InQueue")


@pytest.mark.parametrize(("method", "status"), [("stop", "Stopped"), ("liquidate", "Liquidated")])
def test_an_end_is_confirmed_by_reading(
    connector: QuantConnectConnector, cloud: Cloud, method: str, status: str
) -> None:
    """That it was asked for is not that it happened."""
    cloud.answers("live/read", live("Running"), live("Running"), live(status))
    event = {"stop": "stopped", "liquidate": "liquidated"}[method]
    told = Told(connector, "stopped", "liquidated")
    work: Callable[[int], Awaitable[AlgorithmDeployment]] = getattr(connector, method)
    assert run(work(PROJECT)).status == status
    assert told.events == [event]
    assert cloud.count(f"live/update/{method}") == 1


def test_an_end_whose_answer_was_lost_is_confirmed_all_the_same(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """The effect counts."""
    cloud.answers("live/update/liquidate", unanswered())
    cloud.answers("live/read", live("Running"), live("Liquidated"))
    assert run(connector.liquidate(PROJECT)).status == "Liquidated"


def test_an_algorithm_that_does_not_end_is_not_called_ended(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """The worst that a program can believe wrongly."""
    told = Told(connector, "stopped", "error")
    with pytest.raises(StillRunning) as late:
        run(connector.stop(PROJECT, timeout=30))
    assert late.value.id == "L-1"
    assert told.events == ["error"]


def test_a_refused_end_is_told(connector: QuantConnectConnector, cloud: Cloud) -> None:
    """A project that was never deployed cannot be stopped."""
    cloud.answers("live/update/stop", refused("This project does not trade."))
    with pytest.raises(InvalidRequest, match="does not trade"):
        run(connector.stop(PROJECT))


def test_the_status_is_that_of_the_latest_deployment(connector: QuantConnectConnector) -> None:
    """Without changing anything."""
    assert run(connector.get_status(PROJECT)).status == "Running"
