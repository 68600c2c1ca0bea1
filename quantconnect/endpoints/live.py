"""Live algorithms."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.charts import ChartReply, ReadLiveChart
from quantconnect.models.insights import Insights, ReadLiveInsights
from quantconnect.models.live import (
    AuthorizationReply,
    Authorize,
    BroadcastCommand,
    CreateCommand,
    CreateLive,
    Deployment,
    ListLive,
    Live,
    LiveList,
    OfLiveProject,
    PortfolioReply,
    ReadLive,
)
from quantconnect.models.logs import Logs, ReadLiveLogs
from quantconnect.models.orders import Orders, ReadLiveOrders
from quantconnect.models.trades import ReadLiveTrades, Trades

_PAGES = REFERENCE + "live-management/"

# Twice trades twice.
CREATE_LIVE = Endpoint("live/create", CreateLive, Deployment, repeatable=False, source=_PAGES + "create-live-algorithm")
READ_LIVE = Endpoint(
    "live/read", ReadLive, Live, repeatable=True, source=_PAGES + "read-live-algorithm/live-algorithm-statistics"
)
LIST_LIVE = Endpoint("live/list", ListLive, LiveList, repeatable=True, source=_PAGES + "list-live-algorithms")
STOP_LIVE = Endpoint(
    "live/update/stop",
    OfLiveProject,
    Done,
    repeatable=True,
    source=_PAGES + "update-live-algorithm/stop-live-algorithm",
)
# Nobody says what a second request does while the first is selling.
LIQUIDATE_LIVE = Endpoint(
    "live/update/liquidate",
    OfLiveProject,
    Done,
    repeatable=False,
    source=_PAGES + "update-live-algorithm/liquidate-live-portfolio",
)
READ_PORTFOLIO = Endpoint(
    "live/portfolio/read",
    OfLiveProject,
    PortfolioReply,
    repeatable=True,
    source=_PAGES + "read-live-algorithm/portfolio-state",
)
READ_LIVE_CHART = Endpoint(
    "live/chart/read", ReadLiveChart, ChartReply, repeatable=True, source=_PAGES + "read-live-algorithm/charts"
)
READ_LIVE_ORDERS = Endpoint(
    "live/orders/read", ReadLiveOrders, Orders, repeatable=True, source=_PAGES + "read-live-algorithm/orders"
)
READ_LIVE_INSIGHTS = Endpoint(
    "live/insights/read", ReadLiveInsights, Insights, repeatable=True, source=_PAGES + "read-live-algorithm/insights"
)
READ_LIVE_TRADES = Endpoint(
    "live/trades/read", ReadLiveTrades, Trades, repeatable=True, source=_PAGES + "read-live-algorithm/trades"
)
READ_LIVE_LOGS = Endpoint(
    "live/logs/read", ReadLiveLogs, Logs, repeatable=True, source=_PAGES + "read-live-algorithm/logs"
)
# A command may buy something.
CREATE_COMMAND = Endpoint(
    "live/commands/create", CreateCommand, Done, repeatable=False, source=_PAGES + "live-commands/create-live-command"
)
BROADCAST_COMMAND = Endpoint(
    "live/commands/broadcast",
    BroadcastCommand,
    Done,
    repeatable=False,
    source=_PAGES + "live-commands/broadcast-live-command",
)
START_AUTHORIZATION = Endpoint(
    "live/auth0/authorize",
    Authorize,
    AuthorizationReply,
    repeatable=True,
    source="QuantConnect's MCP server, live",
    redirects=True,
)
READ_AUTHORIZATION = Endpoint(
    "live/auth0/read",
    Authorize,
    AuthorizationReply,
    repeatable=True,
    source="QuantConnect's MCP server, live; LEAN CLI, auth0 client",
)
