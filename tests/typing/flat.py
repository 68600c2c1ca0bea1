"""What flat methods and the connector return. Checked by mypy, never run."""

from typing import assert_type

from quantconnect import (
    AlgorithmDeployment,
    AsyncQuantConnectClient,
    BacktestResult,
    BacktestSummary,
    LiveSummary,
    Project,
    ProjectFile,
    QCResponse,
    QuantConnectClient,
    QuantConnectConnector,
)


def flat(client: QuantConnectClient) -> None:
    """Lists of models, else responses."""
    assert_type(client.authenticate(), bool)
    assert_type(client.list_projects(), list[Project])
    assert_type(client.create_project("a", language="Python"), QCResponse)
    assert_type(client.list_files(1), list[ProjectFile])
    assert_type(client.create_file(project_id=1, name="main.py", content="x"), QCResponse)
    assert_type(client.list_backtests(project_id=1), list[BacktestSummary])
    assert_type(client.get_backtest(1, "b"), QCResponse)
    assert_type(client.list_live_algorithms(), list[LiveSummary])
    assert_type(client.get_orders(1), QCResponse)


async def flat_async(client: AsyncQuantConnectClient) -> None:
    """The same, awaited."""
    assert_type(await client.list_projects(), list[Project])
    assert_type(await client.create_project("a"), QCResponse)
    assert_type(await client.get_holdings(1), QCResponse)


async def connected(connector: QuantConnectConnector) -> None:
    """The connector returns dataclasses."""
    assert_type(await connector.connect(), bool)
    assert_type(await connector.run_backtest(1, "a", wait_for_completion=False), BacktestResult)
    assert_type(await connector.deploy_live(1, "Paper"), AlgorithmDeployment)
    assert_type(await connector.stop(1), AlgorithmDeployment)
