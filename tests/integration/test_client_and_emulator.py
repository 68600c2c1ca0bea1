"""The typed client and the emulator over real HTTP: what one resource writes, another reads."""

import asyncio
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from quantconnect import (
    AsyncQuantConnectClient,
    Backtest,
    CompileId,
    InvalidRequest,
    NoSpareNodes,
    NotFound,
    ProjectId,
    ProjectLocked,
    QuantConnectClient,
)
from quantconnect.models.brokerages import CashAmount, PaperTrading
from quantconnect.models.charts import Candle
from quantconnect.models.optimizations import Vary
from quantconnect.results import Finality, verdict
from tests.support.eventually import eventually

TOKEN = "7d1b-the-token-of-the-tour"
STRATEGY = (Path(__file__).parents[2] / "examples" / "moving_average_cross" / "main.py").read_text()


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningEmulator]:
    with running(EmulatorOptions(speed=100, nodes=1, api_token=TOKEN, loading_seconds=20)) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def client(cloud: RunningEmulator) -> Iterator[QuantConnectClient]:
    organization = cloud.options.organization_id
    with QuantConnectClient(1, TOKEN, base_url=cloud.base_url, organization_id=organization) as client:
        yield client


@pytest.fixture(scope="module")
def project(client: QuantConnectClient) -> ProjectId:
    project = client.projects.create("tour").project_id
    client.projects.update(project, files={"main.py": STRATEGY})
    return project


@pytest.fixture(scope="module")
def build(client: QuantConnectClient, project: ProjectId) -> CompileId:
    compile_id = client.compiles.create(project).compile_id
    eventually(lambda: client.compiles.read(project, compile_id).succeeded, what="the build")
    return compile_id


@pytest.fixture(scope="module")
def backtest(client: QuantConnectClient, project: ProjectId, build: CompileId) -> Backtest:
    made = client.backtests.create(project, build, "tour", parameters={"fast": 5, "slow": 20})

    def final() -> Backtest | None:
        read = client.backtests.read(project, made.backtest_id)
        return read if verdict(read, None) is Finality.FINAL else None

    read = eventually(final, what="the result")
    assert read is not None
    return read


def test_orders_trades_and_statistics_of_a_backtest_agree(
    client: QuantConnectClient, project: ProjectId, backtest: Backtest
) -> None:
    """Walked through page by page, after the first answers said `loading`."""
    orders = list(client.backtests.orders.iterate(project, backtest.backtest_id))
    trades = list(client.backtests.trades.iterate(project, backtest.backtest_id))
    assert len(orders) == int(backtest.statistics["Total Orders"])
    assert backtest.total_performance is not None
    assert len(trades) == len(backtest.total_performance.closed_trades)
    assert list(client.backtests.logs.iterate(project, backtest.backtest_id))


def test_a_chart_ends_where_the_statistics_say(
    client: QuantConnectClient, project: ProjectId, backtest: Backtest
) -> None:
    """Curve and numbers come from one run."""
    assert backtest.backtest_start is not None
    assert backtest.backtest_end is not None
    chart = client.backtests.charts.wait(
        project,
        backtest.backtest_id,
        "Strategy Equity",
        start=backtest.backtest_start,
        end=backtest.backtest_end + timedelta(days=1),
        count=1000,
    )
    last = chart.series["Equity"].points[-1]
    assert isinstance(last, Candle)
    assert last.close == pytest.approx(float(backtest.statistics["End Equity"].replace(",", "")), rel=1e-6)


def test_report_tags_and_notes(client: QuantConnectClient, project: ProjectId, backtest: Backtest) -> None:
    """What people put beside a result stays there."""
    assert "<html" in client.backtests.report.wait(project, backtest.backtest_id).lower()
    client.backtests.tags.update(project, backtest.backtest_id, ["kept"])
    client.backtests.update(project, backtest.backtest_id, note="looked at")
    assert client.backtests.list(project)[0].tags == ["kept"]
    assert client.backtests.read(project, backtest.backtest_id).note == "looked at"


def test_a_deleted_backtest_frees_its_node(client: QuantConnectClient, project: ProjectId, build: CompileId) -> None:
    """The only way to stop one."""
    first = client.backtests.create(project, build, "takes the only node")
    with pytest.raises(NoSpareNodes):
        client.backtests.create(project, build, "has to wait")
    client.backtests.delete(project, first.backtest_id)
    second = client.backtests.create(project, build, "has its node now")
    client.backtests.delete(project, second.backtest_id)


def test_a_patch_is_the_file_that_is_read(client: QuantConnectClient, project: ProjectId) -> None:
    """One diff, one request."""
    client.files.write(project, "notes.py", "first = 1\nsecond = 2\n")
    client.files.patch(
        project, "--- a/notes.py\n+++ b/notes.py\n@@ -1,2 +1,2 @@\n first = 1\n-second = 2\n+second = 3\n"
    )
    assert client.files.read_one(project, "notes.py").content == "first = 1\nsecond = 3\n"
    client.files.delete(project, "notes.py")
    with pytest.raises(NotFound):
        client.files.read_one(project, "notes.py")


def test_a_lock_refuses_a_foreign_write(client: QuantConnectClient) -> None:
    """Whoever holds it may write, and nobody else who asks in a name of their own."""
    shared = client.projects.create("shared").project_id
    client.projects.collaboration.acquire_lock(shared, "mine")
    with pytest.raises(ProjectLocked):
        client.files.update(shared, "main.py", "a = 1\n", code_source_id="another's")
    client.files.update(shared, "main.py", "a = 1\n", code_source_id="mine")


def test_an_order_listed_is_in_the_portfolio(client: QuantConnectClient, project: ProjectId, build: CompileId) -> None:
    """A paper deployment from start to liquidation."""
    node = client.nodes.read().live[0].id
    money = PaperTrading(cash=[CashAmount(amount=100_000, currency="USD")])
    deployment = client.live.create(project, build, node, money)
    eventually(lambda: client.live.read(project).status == "Running", what="the start")
    eventually(lambda: client.live.portfolio.read(project).holdings, within=30, what="the first holding")

    orders = list(client.live.orders.iterate(project))
    portfolio = client.live.portfolio.read(project)
    bought = {order.symbol.value for order in orders if order.symbol is not None}
    assert {symbol.split()[0] for symbol in portfolio.holdings} <= bought
    assert [summary.deploy_id for summary in client.live.list(status="Running")] == [deployment.deploy_id]

    client.live.liquidate(project)
    eventually(lambda: client.live.read(project).status == "Liquidated", what="the liquidation")
    assert client.live.portfolio.read(project).holdings == {}


def test_the_object_store_gives_back_what_was_put_in(client: QuantConnectClient, tmp_path: Path) -> None:
    """Up as multipart, down as a zip behind a link."""
    content = bytes(range(256)) * 100
    client.objects.set("tour/data.bin", content)
    seen: list[int] = []
    archive = tmp_path / "store.zip"
    client.objects.download(["tour/data.bin"], archive, progress=lambda so_far, _: seen.append(so_far))
    with zipfile.ZipFile(archive) as unpacked:
        (name,) = unpacked.namelist()
        assert unpacked.read(name) == content
    assert seen[-1] == archive.stat().st_size
    assert client.objects.properties("tour/data.bin").size is not None
    client.objects.delete("tour/data.bin")
    with pytest.raises((InvalidRequest, NotFound)):
        client.objects.properties("tour/data.bin")


def test_an_optimization_answers_all_its_backtests_at_once(
    client: QuantConnectClient, project: ProjectId, build: CompileId, backtest: Backtest
) -> None:
    """A whole grid for one create and one read a look."""
    assert backtest.completed  # an optimization wants a successful backtest first
    grid = [Vary(name="fast", min=5, max=10, step=5), Vary(name="slow", min=20, max=30, step=10)]
    made = client.optimizations.create(
        project, build, "grid", grid, estimated_cost=1, node_type="O2-8", parallel_nodes=4
    )
    assert made.optimization_id is not None
    done = eventually(
        lambda: (read := client.optimizations.read(made.optimization_id)).status == "completed" and read,
        within=30,
        what="the optimization",
    )
    assert done
    assert len(done.backtests) == 4


def test_the_asynchronous_client_sees_the_same(
    client: QuantConnectClient, cloud: RunningEmulator, project: ProjectId, backtest: Backtest
) -> None:
    """One definition, two carriers."""

    async def read() -> tuple[Backtest, int]:
        async with AsyncQuantConnectClient(1, TOKEN, base_url=cloud.base_url) as twin:
            orders = [order async for order in twin.backtests.orders.iterate(project, backtest.backtest_id)]
            return await twin.backtests.read(project, backtest.backtest_id), len(orders)

    seen, orders = asyncio.run(read())
    assert seen.statistics == client.backtests.read(project, backtest.backtest_id).statistics
    assert orders == int(backtest.statistics["Total Orders"])
