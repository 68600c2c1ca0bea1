"""What a backtest leaves behind: charts, orders, insights, trades, logs, a report.

`read_…` is one request; while QuantConnect is still loading, it raises StillLoading. `wait_for_…` asks until it is
there. `iterate_…` walks through all of them, page by page, also while the backtest goes on.
"""

from datetime import datetime, timedelta

from quantconnect.endpoints.backtests import (
    READ_BACKTEST_CHART,
    READ_BACKTEST_INSIGHTS,
    READ_BACKTEST_INSIGHTS_AS_LEAN,
    READ_BACKTEST_LOGS,
    READ_BACKTEST_ORDERS,
    READ_BACKTEST_REPORT,
    READ_BACKTEST_TRADES,
)
from quantconnect.errors import StillLoading, UnexpectedResponse
from quantconnect.models.backtests import ReadBacktest, Report
from quantconnect.models.charts import Chart, ChartReply, ReadBacktestChart
from quantconnect.models.ids import BacktestId, ProjectId
from quantconnect.models.insights import Insight, Insights, ReadBacktestInsights
from quantconnect.models.logs import Logs, ReadBacktestLogs
from quantconnect.models.orders import Order, Orders, ReadBacktestOrders
from quantconnect.models.trades import ReadBacktestTrades, Trade, Trades
from quantconnect.operations.base import Call, Procedure, Stream, call, whole
from quantconnect.operations.paging import pages
from quantconnect.operations.waiting import PATIENCE, once_loaded, until_ready

# The largest pages. Of orders 100 are documented, and one community report was refused more than 99.
ORDERS_PAGE, ORDERS_PAGE_IF_REFUSED, INSIGHTS_PAGE, TRADES_PAGE, LOGS_PAGE = 100, 99, 100, 1000, 200


def chart_of(reply: ChartReply) -> Chart:
    """The chart in an answer.

    Raises:
        UnexpectedResponse: There is none, although it is not being loaded.
    """
    if reply.chart is None:
        raise UnexpectedResponse("QuantConnect answered without a chart.", excerpt="no field `chart`")
    return reply.chart


def read_chart(
    project_id: ProjectId, backtest_id: BacktestId, name: str, *, start: datetime, end: datetime, count: int = 100
) -> Call[Chart]:
    """One chart, by its name in `Backtest.charts`.

    Args:
        project_id: Of the backtest.
        backtest_id: Of the backtest.
        name: As `Strategy Equity`.
        start: Simulated time with a zone, as in `Backtest.backtest_start`.
        end: The same, not before `start`.
        count: How many points at most; a longer chart is thinned out. A community report saw 1000 as the limit.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: No such chart, or a window without length.
    Source: API reference, Read Backtest, Charts.
    """
    query = ReadBacktestChart(
        project_id=project_id, backtest_id=backtest_id, name=name, count=count, start=start, end=end
    )
    return call(READ_BACKTEST_CHART, query, once_loaded(chart_of, READ_BACKTEST_CHART.path))


def wait_for_chart(
    project_id: ProjectId,
    backtest_id: BacktestId,
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
    Source: API reference, Read Backtest, Charts; QuantConnect's MCP server for asking again.
    """
    ask = read_chart(project_id, backtest_id, name, start=start, end=end, count=count)
    return (yield from until_ready(ask, patience))


def read_orders(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, end: int = ORDERS_PAGE
) -> Call[Orders]:
    """Orders `start` to `end` (exclusive), counted from 0; at most 100. Soon after the end some may be missing still:
    compare `length` with the statistic "Total Orders".

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Backtest, Orders; community reports for missing ones.
    """
    query = ReadBacktestOrders(project_id=project_id, backtest_id=backtest_id, start=start, end=end)
    return call(READ_BACKTEST_ORDERS, query, once_loaded(whole, READ_BACKTEST_ORDERS.path))


def iterate_orders(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Order]:
    """All orders from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Backtest, Orders; community reports for pages of 99.
    """
    return pages(
        lambda first, end: read_orders(project_id, backtest_id, start=first, end=end),
        lambda page: page.orders,
        lambda page: page.length,
        size=ORDERS_PAGE,
        smaller=ORDERS_PAGE_IF_REFUSED,
        start=start,
        patience=patience,
    )


def read_insights(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, end: int = INSIGHTS_PAGE
) -> Call[Insights]:
    """Insights `start` to `end` (exclusive), counted from 0; at most 100.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Backtest, Insights.
    """
    query = ReadBacktestInsights(project_id=project_id, backtest_id=backtest_id, start=start, end=end)
    return call(READ_BACKTEST_INSIGHTS, query, once_loaded(whole, READ_BACKTEST_INSIGHTS.path))


def read_insights_as_lean(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, end: int = INSIGHTS_PAGE
) -> Call[Insights]:
    """The same as `read` under the path that LEAN asks; for the day on which the documented one fails.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: LEAN, Api.cs, ReadBacktestInsights.
    """
    query = ReadBacktestInsights(project_id=project_id, backtest_id=backtest_id, start=start, end=end)
    return call(READ_BACKTEST_INSIGHTS_AS_LEAN, query, once_loaded(whole, READ_BACKTEST_INSIGHTS_AS_LEAN.path))


def iterate_insights(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Insight]:
    """All insights from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Backtest, Insights.
    """
    return pages(
        lambda first, end: read_insights(project_id, backtest_id, start=first, end=end),
        lambda page: page.insights,
        lambda page: page.length,
        size=INSIGHTS_PAGE,
        start=start,
        patience=patience,
    )


def read_trades(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, end: int = TRADES_PAGE
) -> Call[Trades]:
    """Closed trades `start` to `end` (exclusive), counted from 0; at most 1000.

    Raises:
        StillLoading: Ask again in a few seconds.
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Backtest, Trades.
    """
    query = ReadBacktestTrades(project_id=project_id, backtest_id=backtest_id, start=start, end=end)
    return call(READ_BACKTEST_TRADES, query, once_loaded(whole, READ_BACKTEST_TRADES.path))


def iterate_trades(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, patience: timedelta = PATIENCE
) -> Stream[Trade]:
    """All closed trades from `start` on; waits up to `patience` for each page that is being loaded.

    Raises:
        StillLoading: A page was not there in time.
    Source: API reference, Read Backtest, Trades.
    """
    return pages(
        lambda first, end: read_trades(project_id, backtest_id, start=first, end=end),
        lambda page: page.trades,
        lambda page: page.length,
        size=TRADES_PAGE,
        start=start,
        patience=patience,
    )


def read_logs(
    project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, end: int = LOGS_PAGE, query: str = ""
) -> Call[Logs]:
    """Lines `start` to `end` (exclusive) of the log, counted from 0; at most 200. With `query`, only lines that hold
    this text, in any case, are counted.

    Raises:
        InvalidRequest: The window is too large, or without length.
    Source: API reference, Read Backtest, Logs; LEAN's log tests.
    """
    asked = ReadBacktestLogs(project_id=project_id, backtest_id=backtest_id, start=start, end=end, query=query)
    return call(READ_BACKTEST_LOGS, asked, whole)


def iterate_logs(project_id: ProjectId, backtest_id: BacktestId, *, start: int = 0, query: str = "") -> Stream[str]:
    """All lines of the log from `start` on; see `read` for `query`.

    Source: API reference, Read Backtest, Logs.
    """
    return pages(
        lambda first, end: read_logs(project_id, backtest_id, start=first, end=end, query=query),
        lambda page: page.logs,
        lambda page: page.length,
        size=LOGS_PAGE,
        start=start,
        patience=PATIENCE,
    )


def read_report(project_id: ProjectId, backtest_id: BacktestId) -> Call[str]:
    """The report as HTML. The first request lets it be made.

    Raises:
        StillLoading: It is being made: ask again in ten seconds.
    Source: API reference, Backtest Report; LEAN, Api.cs, ReadBacktestReport.
    """
    return call(READ_BACKTEST_REPORT, ReadBacktest(project_id=project_id, backtest_id=backtest_id), _html)


def _html(reply: Report) -> str:
    if reply.report:
        return reply.report
    if reply.generating:
        raise StillLoading(endpoint=READ_BACKTEST_REPORT.path)
    raise UnexpectedResponse("QuantConnect answered without a report.", excerpt="no field `report`")


def wait_for_report(
    project_id: ProjectId, backtest_id: BacktestId, *, patience: timedelta = PATIENCE
) -> Procedure[str]:
    """The same as `read`, but asks until the report is made.

    Raises:
        StillLoading: Not within `patience`.
    Source: API reference, Backtest Report; LEAN, Api.cs, for asking again.
    """
    return (yield from until_ready(read_report(project_id, backtest_id), patience))
