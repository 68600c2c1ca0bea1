"""What a live algorithm leaves behind: charts, orders, insights, trades, logs. Snapshots up to ten minutes old.

`read_…` is one request; while QuantConnect is still loading, it raises StillLoading. `wait_for_…` asks until it is
there. `iterate_…` walks through all of them, page by page, also while the algorithm goes on.
"""

from datetime import datetime, timedelta

from quantconnect.endpoints.live import (
    READ_LIVE_CHART,
    READ_LIVE_INSIGHTS,
    READ_LIVE_LOGS,
    READ_LIVE_ORDERS,
    READ_LIVE_TRADES,
)
from quantconnect.models.charts import Chart, ReadLiveChart
from quantconnect.models.ids import DeployId, ProjectId
from quantconnect.models.insights import Insight, Insights, ReadLiveInsights
from quantconnect.models.logs import Logs, ReadLiveLogs
from quantconnect.models.orders import Order, Orders, ReadLiveOrders
from quantconnect.models.trades import ReadLiveTrades, Trade, Trades
from quantconnect.operations.backtest_results import (
    INSIGHTS_PAGE,
    ORDERS_PAGE,
    ORDERS_PAGE_IF_REFUSED,
    TRADES_PAGE,
    chart_of,
)
from quantconnect.operations.base import Call, Procedure, Stream, call, whole
from quantconnect.operations.paging import pages
from quantconnect.operations.waiting import PATIENCE, once_loaded, until_ready

LOGS_PAGE = 250


def read_chart(project_id: ProjectId, name: str, *, start: datetime, end: datetime, count: int = 100) -> Call[Chart]:
    """One chart.

    Args:
        project_id: Of the live algorithm.
        name: As `Strategy Equity`.
        start: With a zone.
        end: The same, not before `start`.
        count: How many points at most; a longer chart is thinned out.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: No such chart, or a window without length.
    Source: API reference, Read Live Algorithm, Charts.
    """
    query = ReadLiveChart(project_id=project_id, name=name, count=count, start=start, end=end)
    return call(READ_LIVE_CHART, query, once_loaded(chart_of, READ_LIVE_CHART.path))


def wait_for_chart(
    project_id: ProjectId,
    name: str,
    *,
    start: datetime,
    end: datetime,
    count: int = 100,
    patience: timedelta = PATIENCE,
) -> Procedure[Chart]:
    """The same as `read`, but asks until the chart is loaded.

    Raises:
        StillLoading: Not within `patience`.
    Source: API reference, Read Live Algorithm, Charts; QuantConnect's MCP server for asking again.
    """
    ask = read_chart(project_id, name, start=start, end=end, count=count)
    return (yield from until_ready(ask, patience))


def read_orders(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, end: int = ORDERS_PAGE
) -> Call[Orders]:
    """Orders `start` to `end` (exclusive), counted from 0; at most 1000 are documented, LEAN asks for 100.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Live Algorithm, Orders.
    """
    query = ReadLiveOrders(project_id=project_id, algorithm_id=deploy_id, start=start, end=end)
    return call(READ_LIVE_ORDERS, query, once_loaded(whole, READ_LIVE_ORDERS.path))


def iterate_orders(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Order]:
    """All orders from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Live Algorithm, Orders; LEAN, Api.cs, for the size of a page.
    """
    return pages(
        lambda first, end: read_orders(project_id, deploy_id, start=first, end=end),
        lambda page: page.orders,
        lambda page: page.length,
        size=ORDERS_PAGE,
        smaller=ORDERS_PAGE_IF_REFUSED,
        start=start,
        patience=patience,
    )


def read_insights(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, end: int = INSIGHTS_PAGE
) -> Call[Insights]:
    """Insights `start` to `end` (exclusive), counted from 0; at most 100.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Live Algorithm, Insights.
    """
    query = ReadLiveInsights(project_id=project_id, algorithm_id=deploy_id, start=start, end=end)
    return call(READ_LIVE_INSIGHTS, query, once_loaded(whole, READ_LIVE_INSIGHTS.path))


def iterate_insights(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Insight]:
    """All insights from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Live Algorithm, Insights.
    """
    return pages(
        lambda first, end: read_insights(project_id, deploy_id, start=first, end=end),
        lambda page: page.insights,
        lambda page: page.length,
        size=INSIGHTS_PAGE,
        start=start,
        patience=patience,
    )


def read_trades(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, end: int = TRADES_PAGE
) -> Call[Trades]:
    """Closed trades `start` to `end` (exclusive), counted from 0; at most 1000.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Live Algorithm, Trades.
    """
    query = ReadLiveTrades(project_id=project_id, deploy_id=deploy_id, start=start, end=end)
    return call(READ_LIVE_TRADES, query, once_loaded(whole, READ_LIVE_TRADES.path))


def iterate_trades(
    project_id: ProjectId, deploy_id: DeployId | None = None, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Trade]:
    """All closed trades from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Live Algorithm, Trades.
    """
    return pages(
        lambda first, end: read_trades(project_id, deploy_id, start=first, end=end),
        lambda page: page.trades,
        lambda page: page.length,
        size=TRADES_PAGE,
        start=start,
        patience=patience,
    )


def read_logs(
    project_id: ProjectId,
    deploy_id: DeployId,
    *,
    start_line: int = 0,
    end_line: int = LOGS_PAGE,
    deployment_logs: bool | None = None,
    query: str | None = None,
) -> Call[Logs]:
    """Lines `start_line` to `end_line` (exclusive) of the log, counted from 0; at most 250. `deployment_logs` leaves
    out earlier deployments of the project, `query` the lines that do not hold this text. Logs are up to five minutes
    old.

    Raises:
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Live Algorithm, Logs.
    """
    asked = ReadLiveLogs(
        project_id=project_id,
        algorithm_id=deploy_id,
        start_line=start_line,
        end_line=end_line,
        deployment_logs=deployment_logs,
        query=query,
    )
    return call(READ_LIVE_LOGS, asked, whole)


def iterate_logs(
    project_id: ProjectId,
    deploy_id: DeployId,
    *,
    start_line: int = 0,
    deployment_logs: bool | None = None,
    query: str | None = None,
) -> Stream[str]:
    """All lines of the log from `start_line` on; see `read` for the others.

    Source: API reference, Read Live Algorithm, Logs.
    """
    return pages(
        lambda first, end: read_logs(
            project_id, deploy_id, start_line=first, end_line=end, deployment_logs=deployment_logs, query=query
        ),
        lambda page: page.logs,
        lambda page: page.length,
        size=LOGS_PAGE,
        start=start_line,
        patience=PATIENCE,
    )
