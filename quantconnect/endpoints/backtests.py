"""Backtests, and what they leave behind."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.backtests import (
    BacktestReply,
    Backtests,
    CreateBacktest,
    DeleteBacktest,
    ListBacktests,
    ReadBacktest,
    Report,
    UpdateBacktest,
    UpdateBacktestTags,
)
from quantconnect.models.base import Done
from quantconnect.models.charts import ChartReply, ReadBacktestChart
from quantconnect.models.insights import Insights, ReadBacktestInsights
from quantconnect.models.logs import Logs, ReadBacktestLogs
from quantconnect.models.orders import Orders, ReadBacktestOrders
from quantconnect.models.trades import ReadBacktestTrades, Trades

_PAGES = REFERENCE + "backtest-management/"

# Twice runs two backtests on two nodes.
CREATE_BACKTEST = Endpoint(
    "backtests/create", CreateBacktest, BacktestReply, repeatable=False, source=_PAGES + "create-backtest"
)
READ_BACKTEST = Endpoint(
    "backtests/read", ReadBacktest, BacktestReply, repeatable=True, source=_PAGES + "read-backtest/backtest-statistics"
)
LIST_BACKTESTS = Endpoint("backtests/list", ListBacktests, Backtests, repeatable=True, source=_PAGES + "list-backtests")
UPDATE_BACKTEST = Endpoint("backtests/update", UpdateBacktest, Done, repeatable=True, source=_PAGES + "update-backtest")
# A second time finds nothing to delete, which is seldom told as an error (LEAN's API tests).
DELETE_BACKTEST = Endpoint("backtests/delete", DeleteBacktest, Done, repeatable=True, source=_PAGES + "delete-backtest")
UPDATE_BACKTEST_TAGS = Endpoint(
    "backtests/tags/update", UpdateBacktestTags, Done, repeatable=True, source="LEAN, Api.cs, UpdateBacktestTags"
)
READ_BACKTEST_CHART = Endpoint(
    "backtests/chart/read", ReadBacktestChart, ChartReply, repeatable=True, source=_PAGES + "read-backtest/charts"
)
READ_BACKTEST_ORDERS = Endpoint(
    "backtests/orders/read", ReadBacktestOrders, Orders, repeatable=True, source=_PAGES + "read-backtest/orders"
)
READ_BACKTEST_INSIGHTS = Endpoint(
    "backtests/read/insights", ReadBacktestInsights, Insights, repeatable=True, source=_PAGES + "read-backtest/insights"
)
# The same under the path that LEAN uses.
READ_BACKTEST_INSIGHTS_AS_LEAN = Endpoint(
    "backtests/insights/read",
    ReadBacktestInsights,
    Insights,
    repeatable=True,
    source="LEAN, Api.cs, ReadBacktestInsights",
)
READ_BACKTEST_TRADES = Endpoint(
    "backtests/trades/read", ReadBacktestTrades, Trades, repeatable=True, source=_PAGES + "read-backtest/trades"
)
READ_BACKTEST_LOGS = Endpoint(
    "backtests/read/log", ReadBacktestLogs, Logs, repeatable=True, source=_PAGES + "read-backtest/logs"
)
READ_BACKTEST_REPORT = Endpoint(
    "backtests/read/report",
    ReadBacktest,
    Report,
    repeatable=True,
    source=REFERENCE + "reports/backtest-report; LEAN, Api.cs, ReadBacktestReport",
)
