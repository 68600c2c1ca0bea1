"""The real QuantConnect. Makes one project of its own, and moves it to the recycle bin at the end."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from verticals.trading.integration.quantconnect import QuantConnectClient, QuantConnectConnector

pytestmark = pytest.mark.integration

STRATEGY = """from AlgorithmImports import *


class Still(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2024, 1, 2)
        self.set_end_date(2024, 1, 5)
        self.set_cash(100000)
"""


@pytest.fixture
def client() -> Iterator[QuantConnectClient]:
    """With the credentials of whoever runs this."""
    with QuantConnectClient() as client:
        yield client


@pytest.fixture
def project_id(client: QuantConnectClient) -> Iterator[int]:
    """A project that is there for one test."""
    response = client.create_project(f"Integration test {time.time_ns()}")
    assert response.success, response.errors
    project_id: int = response.data["projects"][0]["projectId"]
    yield project_id
    client.delete_project(project_id)


def test_the_credentials_are_accepted(client: QuantConnectClient) -> None:
    """Everything else depends on it."""
    assert client.authenticate()


def test_projects_can_be_listed(client: QuantConnectClient) -> None:
    """With ids, without which nothing can be done."""
    assert all(project.project_id for project in client.list_projects())


def test_a_file_written_is_the_file_read(client: QuantConnectClient, project_id: int) -> None:
    """And the project compiles."""
    assert client.create_file(project_id, "main.py", STRATEGY).success
    assert client.get_file(project_id, "main.py").data["files"][0]["content"].strip() == STRATEGY.strip()
    assert client.compile_project(project_id).data["compileId"]


def test_what_does_not_exist_is_a_404(client: QuantConnectClient) -> None:
    """By whatever text the server says so."""
    response = client.get_project(-1)
    assert (response.success, response.status_code in {400, 404}) == (False, True)


async def _run(project_id: int) -> str:
    async with QuantConnectConnector() as connector:
        assert await connector.connect()
        result = await connector.run_backtest(project_id, "Integration test", files={"main.py": STRATEGY}, timeout=600)
    return result.status


def test_a_backtest_runs_from_push_to_result(project_id: int) -> None:
    """Needs a free node for about a minute."""
    assert asyncio.run(_run(project_id)) == "Completed"
