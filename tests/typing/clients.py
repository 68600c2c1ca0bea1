"""What type checkers know of the clients' methods, which are made out of operations. Never executed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

from quantconnect import (
    AsyncQuantConnectClient,
    Backtest,
    BacktestId,
    CompileId,
    Project,
    ProjectId,
    QuantConnectClient,
)
from quantconnect.models.backtests import BacktestSummary
from quantconnect.models.charts import Chart
from quantconnect.models.data import DataLink
from quantconnect.models.ids import DeployId
from quantconnect.models.live import LiveSummary, Portfolio
from quantconnect.models.nodes import Nodes, ProjectNodes
from quantconnect.models.orders import Order, Orders
from tests.unit.quantconnect.cases import END, START

P, B, C = ProjectId(1), BacktestId("b"), CompileId("c")


def synchronous(client: QuantConnectClient) -> None:
    """Results themselves."""
    assert_type(client.authenticate(), bool)
    assert_type(client.backtests.read(P, B), Backtest)
    assert_type(client.backtests.create(P, C, "n", parameters={"fast": 10}), Backtest)
    assert_type(client.backtests.list(P, include_statistics=True), list[BacktestSummary])
    assert_type(client.backtests.delete(P, B), None)
    assert_type(client.backtests.charts.wait(P, B, "Equity", start=START, end=END), Chart)
    assert_type(client.backtests.orders.read(P, B, start=0, end=10), Orders)
    assert_type(client.backtests.orders.iterate(P, B), Iterator[Order])
    assert_type(client.live.list(status="Running"), list[LiveSummary])
    assert_type(client.live.portfolio.read(P), Portfolio)
    assert_type(client.live.logs.iterate(P, DeployId("L-1")), Iterator[str])
    assert_type(client.nodes.read(), Nodes)
    assert_type(client.projects.create("n"), Project)
    assert_type(client.projects.nodes.read(P), ProjectNodes)
    assert_type(client.data.download("a.zip", Path("a.zip")), DataLink)
    assert_type(client.objects.wait_for_link(["a"]), str)


async def asynchronous(client: AsyncQuantConnectClient) -> None:
    """The same, awaited."""
    assert_type(await client.authenticate(), bool)
    assert_type(await client.backtests.read(P, B), Backtest)
    assert_type(await client.backtests.list(P, include_statistics=True), list[BacktestSummary])
    assert_type(await client.backtests.charts.wait(P, B, "Equity", start=START, end=END), Chart)
    assert_type(client.backtests.orders.iterate(P, B), AsyncIterator[Order])
    assert_type(await client.live.portfolio.read(P), Portfolio)
    assert_type(await client.projects.create("n"), Project)
    assert_type(await client.data.download("a.zip", Path("a.zip")), DataLink)


def refused(client: QuantConnectClient) -> None:
    """Mistakes that a type checker sees. Each ignore is checked: it must be needed."""
    client.backtests.read(P, C)  # type: ignore[arg-type] # a compile is no backtest
    client.backtests.read(P)  # type: ignore[call-arg] # of which backtest?
    client.backtests.read(project=P, backtest_id=B)  # type: ignore[call-arg] # no such name
    client.live.list(status="Dancing")  # type: ignore[arg-type] # no such status
