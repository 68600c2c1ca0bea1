"""Every Python sample of the integration's description, run as it stands against the emulator, but for ids.

The description lies beside a checkout on the machines where this is developed; elsewhere these tests are skipped.
"""

import ast
import asyncio
import dataclasses
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

import pytest

from emulator.options import EmulatorOptions
from emulator.server import running
from tests.support.eventually import eventually
from tests.support.reference import DESCRIPTION
from verticals.trading.integration.quantconnect import (
    AlgorithmDeployment,
    BacktestResult,
    QCResponse,
    QuantConnectClient,
    QuantConnectConnector,
)

TOKEN = "5f0c-the-token-of-these-samples"
STRATEGY = """from AlgorithmImports import *


class MyAlgorithm(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2023, 1, 1)
        self.set_end_date(2023, 6, 30)
        self.set_cash(100000)
        self.add_equity("SPY")
"""

Names = dict[str, Any]


def samples() -> dict[str, str]:
    """The Python samples by the heading above them."""
    if not DESCRIPTION.exists():
        pytest.skip(f"the integration's description is not at {DESCRIPTION}")
    found: dict[str, str] = {}
    heading = ""
    for part in re.finditer(r"^#+ ([^\n]+)$|^```python\n(.*?)^```$", DESCRIPTION.read_text(), re.MULTILINE | re.DOTALL):
        if part[1]:
            heading = part[1]
        else:
            assert heading not in found
            found[heading] = part[2]
    return found


def run_sample(heading: str, ids: Mapping[str, object], **names: Any) -> Names:
    """Run a sample, which may `await` at its top, and return the names it leaves behind."""
    text = samples()[heading]
    for placeholder, value in ids.items():
        assert placeholder in text
        text = text.replace(placeholder, str(value))

    async def run() -> None:
        code = compile(text, heading, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        try:
            pending = eval(code, names)
            if inspect.iscoroutine(pending):
                await pending
        finally:
            if isinstance(connector := names.get("connector"), QuantConnectConnector):
                await connector.close()

    asyncio.run(run())
    return names


@dataclasses.dataclass(frozen=True)
class Account:
    """What stands ready in the emulated account."""

    client: QuantConnectClient

    def project(self) -> int:
        """A project of its own, with a strategy that trades."""
        response = self.client.create_project("Sample")
        project_id: int = response.data["projects"][0]["projectId"]
        assert self.client.create_file(project_id, "main.py", STRATEGY)
        return project_id

    def compile_id(self, project_id: int) -> str:
        """A good compile of it."""
        compile_id: str = self.client.compile_project(project_id).data["compileId"]
        eventually(
            lambda: self.client.get_compile_status(project_id, compile_id).data["state"] == "BuildSuccess",
            within=10,
            what="the compile",
        )
        return compile_id

    def live_node(self) -> str:
        """A live node that is free."""
        return next(node.id for node in self.client.nodes.read().live if not node.busy)

    def live_project(self) -> int:
        """A project that trades."""
        project_id = self.project()
        compile_id = self.compile_id(project_id)
        response = self.client.create_live_algorithm(
            project_id, compile_id, self.live_node(), "Paper", {"cash": 50_000}
        )
        assert response, response.errors
        eventually(
            lambda: self.client.get_live_algorithm(project_id).data["status"] == "Running", within=10, what="trading"
        )
        return project_id


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An emulated account, where the environment says that the API is."""
    samples()
    options = EmulatorOptions(
        user_id=123456, api_token=TOKEN, speed=20, live_nodes=3, live_refresh_seconds=1, loading_seconds=0
    )
    with running(options) as emulator:
        for name, value in {
            "QC_USER_ID": "123456",
            "QC_API_TOKEN": TOKEN,
            "QC_ORGANIZATION_ID": options.organization_id,
            "QC_BASE_URL": emulator.base_url,
            "QC_IB_USER_NAME": "trader",
            "QC_IB_PASSWORD": "brokerage-password",
        }.items():
            monkeypatch.setenv(name, value)
        with QuantConnectClient() as client:
            yield Account(client)


def test_basic_usage(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing that anybody tries."""
    project_id = account.project()
    names = run_sample("Basic Usage", {"12345": project_id})
    names["client"].close()
    printed = capsys.readouterr().out
    assert "✓ Connected to QuantConnect" in printed
    assert f"  - Sample (ID: {project_id})" in printed
    assert re.search(r"Sharpe Ratio: -?\d", printed)
    assert [summary.name for summary in account.client.list_backtests(project_id)] == ["RSI Strategy Test"]


def test_authentication() -> None:
    """The headers have the two names that the sample shows."""
    headers = run_sample("Authentication", {})["headers"]
    assert headers["Authorization"].startswith("Basic ")
    assert headers["Timestamp"].isdecimal()
    assert len(headers) == 2


def test_projects(account: Account) -> None:
    """List, read, create and delete."""
    project_id = account.project()
    names = run_sample("Projects", {"12345": project_id}, client=account.client)
    assert [project.project_id for project in names["projects"]] == [project_id]
    assert names["project"].data["projects"][0]["name"] == "Sample"
    assert isinstance(names["response"], QCResponse)
    assert names["response"].success
    assert [(project.name, project.language) for project in account.client.list_projects()] == [("My Strategy", "Py")]


def test_files(account: Account) -> None:
    """The file that a new project has from the start is written, not refused."""
    project_id = account.project()
    names = run_sample("Files", {"12345": project_id}, client=account.client)
    assert names["response"].success
    written = account.client.get_file(project_id, "main.py")
    assert written.data["files"][0]["content"] == "class MyAlgorithm(QCAlgorithm):..."


def test_compilation(account: Account) -> None:
    """The id is where the sample looks for it."""
    names = run_sample("Compilation", {"12345": account.project()}, client=account.client)
    assert names["compile_id"]
    assert names["status"].data["state"] in {"InQueue", "BuildSuccess"}


def test_backtesting(account: Account) -> None:
    """Start, read and list."""
    project_id = account.project()
    compile_id = account.compile_id(project_id)
    earlier = account.client.create_backtest(project_id, compile_id, "Earlier").data["backtest"]["backtestId"]
    ids = {"12345": project_id, "compile-abc123": compile_id, "bt-xyz": earlier}
    names = run_sample("Backtesting", ids, client=account.client)
    assert names["response"].data["backtest"]["name"] == "Test Run"
    assert names["backtest"].data["backtest"]["name"] == "Earlier"
    assert {summary.name for summary in names["backtests"]} == {"Earlier", "Test Run"}


def test_live_trading(account: Account) -> None:
    """Deploy, read, stop, liquidate; user name and password come from the environment."""
    project_id = account.project()
    ids = {
        "12345,": f"{project_id},",
        "12345)": f"{project_id})",
        "compile-abc123": account.compile_id(project_id),
        "L-MICRO": account.live_node(),
    }
    names = run_sample("Live Trading", ids, client=account.client)
    assert names["status"].data["deployId"].startswith("L-")
    assert names["response"].success, names["response"].errors
    assert account.client.get_live_algorithm(project_id).data["status"] in {"Stopped", "Liquidated"}


def test_orders_and_holdings(account: Account) -> None:
    """What was bought is held, but for what was sold again."""
    project_id = account.live_project()
    eventually(lambda: account.client.get_orders(project_id).data["orders"], within=10, what="a first order")
    names = run_sample("Orders & Holdings", {"12345": project_id}, client=account.client)
    assert names["orders"].data["orders"][0]["symbol"]["value"] == "SPY"
    assert names["holdings"].data["portfolio"]["cash"]["USD"]["amount"] > 0


def test_high_level_connector(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """From code to numbers to trading in one go."""
    project_id = account.project()
    names = run_sample("High-Level Connector", {"12345": project_id})
    printed = capsys.readouterr().out
    numbers = r"Total Return: -?[\d.]+%\nSharpe Ratio: -?[\d.]+\nMax Drawdown: [\d.]+%\nWin Rate: [\d.]+%\n"
    assert re.search(numbers + r"Total Trades: \d+", printed)
    deployment = names["deployment"]
    assert isinstance(deployment, AlgorithmDeployment)
    assert (deployment.project_id, deployment.name, deployment.status) == (project_id, "Sample", "Running")
    assert deployment.brokerage == "AlpacaBrokerage"


def test_the_callback_of_the_sample_is_called(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """The sample registers it last, so it hears of the next backtest."""
    names = run_sample("High-Level Connector", {"12345": account.project()})

    async def again() -> None:
        async with QuantConnectConnector() as connector:
            connector.on("backtest_complete", names["on_backtest_complete"])
            await connector.run_backtest(account.project(), "Once more")

    asyncio.run(again())
    assert "Backtest Once more completed!" in capsys.readouterr().out


def test_error_handling(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """Both branches of the sample: a success, and a login that is not accepted."""
    names = run_sample("Error Handling", {}, client=account.client)
    assert account.client.get_project(names["project_id"]).data["projects"][0]["name"] == "Test"
    with QuantConnectClient(123456, "wrong") as stranger:
        run_sample("Error Handling", {}, client=stranger)
    printed = capsys.readouterr().out
    assert "Error: [\"Hash doesn't match" in printed
    assert "Status Code: 401" in printed


@pytest.mark.parametrize("model", [BacktestResult, AlgorithmDeployment])
def test_data_models(model: type) -> None:
    """The same fields in the same order, of the same types."""
    names: Names = {"dataclass": dataclasses.dataclass, "Optional": Optional, "datetime": datetime}
    described = run_sample(model.__name__, {}, **names)[model.__name__]
    assert typing.get_type_hints(model) == typing.get_type_hints(described)
    assert [field.name for field in dataclasses.fields(model)] == [
        field.name for field in dataclasses.fields(described)
    ]


def test_no_sample_is_left_out() -> None:
    """A sample that is added to the description needs a test here."""
    ours = Path(__file__).read_text()
    models = {BacktestResult.__name__, AlgorithmDeployment.__name__}
    found = set(samples())
    assert models < found
    assert [heading for heading in found - models if f'run_sample("{heading}"' not in ours] == []
