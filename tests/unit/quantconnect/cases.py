"""One case for every method of the clients: how it is called, what goes out, what may come back.

Both clients, the contract and the tests of tolerance work through this table.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from typing import Any, cast

from quantconnect import BacktestId, CompileId, NodeId, ProjectId
from quantconnect.models.ai import Criterion
from quantconnect.models.brokerages import Alpaca, PolygonData
from quantconnect.models.ids import DeployId, OptimizationId
from quantconnect.models.live import Notification
from quantconnect.models.optimizations import Fix, Require, Vary

P, C, B, N = ProjectId(1), CompileId("c"), BacktestId("b"), NodeId("LN-1")
D, O = DeployId("L-1"), OptimizationId("O-1")  # noqa: E741 (an optimization)
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
OF_BACKTEST = {"projectId": 1, "backtestId": "b"}
WINDOW = {"start": 0, "end": 100}
CHART = {"name": "Equity", "count": 100, "start": 1704067200, "end": 1706745600}
A_CHART = {"chart": {"name": "Equity", "chartType": 0, "series": {"Equity": {"name": "Equity", "values": [[1, 2.0]]}}}}
A_TRADE = {"symbols": [{"value": "SPY", "id": "SPY R735QTJ8XC9X"}], "entryTime": "2024-01-02T15:00:00Z", "direction": 0}
AN_ORDER = {"id": 1, "symbol": {"value": "SPY"}, "type": 0, "status": 3, "events": [{"orderId": 1, "status": "filled"}]}
AN_INSIGHT = {"id": "i", "type": "price", "direction": "up", "generatedTime": 1753714506}
A_NODE = {"id": "LN-1", "name": "L", "sku": "L-MICRO", "busy": False, "price": {"monthly": 1, "yearly": 10}}
A_COLLABORATOR = {"uid": 7, "publicId": "mia", "permission": "read", "liveControl": False, "owner": False}
AN_OPTIMIZATION = {"optimizationId": "O-1", "name": "o", "status": "new", "parameters": [{"name": "fast", "min": 1}]}
GRID = {
    "projectId": 1,
    "name": "o",
    "target": "TotalPerformance.PortfolioStatistics.SharpeRatio",
    "targetTo": "max",
    "strategy": "QuantConnect.Optimizer.Strategies.GridSearchOptimizationStrategy",
    "compileId": "c",
    "parameters": [{"name": "fast", "min": 1.0, "max": 3.0, "step": 1.0}, {"name": "slow", "value": 10.0}],
    "constraints": [
        {"target": "TotalPerformance.PortfolioStatistics.Drawdown", "operator": "Less", "targetValue": 0.2}
    ],
}
VARIED = [Vary(name="fast", min=1, max=3, step=1), Fix(name="slow", value=10)]
REQUIRED = [Require(target="TotalPerformance.PortfolioStatistics.Drawdown", operator="Less", target_value=0.2)]
FILES = {"main.py": "x = 1\n"}
CODE = {"language": "Py", "files": [{"name": "main.py", "content": "x = 1\n"}]}


@dataclass(frozen=True)
class Case:
    """A method by its name below the client, its arguments, and one exchange with the server."""

    method: str
    path: str  #: below the base URL
    sent: dict[str, Any]  #: the JSON of the request
    answer: dict[str, Any] = field(default_factory=dict)  #: beside `success`
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)

    def call(self, client: object) -> Any:
        """Call it on a client of either kind."""
        return method(client, self.method)(*self.args, **self.kwargs)

    def __str__(self) -> str:
        return self.method


def method(client: object, name: str) -> Callable[..., Any]:
    """The method of a client with this name, as `backtests.orders.read`."""
    return cast("Callable[..., Any]", reduce(getattr, name.split("."), client))


CASES = (
    Case("authenticate", "authenticate", {}),
    Case(
        "account.read",
        "account/read",
        {"organizationId": "org"},
        {"organizationId": "org", "creditBalance": 1.5, "card": {"brand": "visa", "expiration": "12/27", "last4": "1"}},
    ),
    Case(
        "ai.check_syntax",
        "ai/tools/syntax-check",
        CODE,
        {"state": "Error", "version": 2.0, "payload": ["line 1"], "payloadType": "StringArray"},
        (FILES,),
    ),
    Case(
        "ai.initialize",
        "ai/tools/backtest-init",
        CODE | {"language": "C#"},
        {"state": "End", "version": 2.0, "payload": "fine", "payloadType": "String"},
        (FILES, "CSharp"),
    ),
    Case(
        "ai.complete",
        "ai/tools/complete",
        {"language": "Py", "sentence": "self.rs", "responseSizeLimit": 3},
        {"state": "End", "payload": ["self.rsi"]},
        ("self.rs",),
        {"response_size_limit": 3},
    ),
    Case(
        "ai.enhance_error",
        "ai/tools/error-enhance",
        {"language": "Py", "error": {"message": "boom", "stacktrace": "at main"}},
        {"state": "End", "payload": "because"},
        ("boom", "at main"),
    ),
    Case(
        "ai.convert_to_pep8",
        "ai/tools/pep8-convert",
        {"files": CODE["files"]},
        {"state": "End", "payload": {"main.py": "x = 1\n"}, "payloadType": "StringDict"},
        (FILES,),
    ),
    Case(
        "ai.search",
        "ai/tools/search",
        {"language": "Py", "criteria": [{"input": "rsi", "type": "Docs", "count": 2}]},
        {"state": "End", "retrivals": [{"url": "u", "score": 0.3, "content": "c", "type": 2}], "messageId": 0},
        ([Criterion(input="rsi", type="Docs", count=2)],),
    ),
    Case(
        "backtests.create",
        "backtests/create",
        {"projectId": 1, "compileId": "c", "backtestName": "n", "parameters": {"fast": 10, "on": "true"}},
        {"backtest": {"backtestId": "b", "status": "In Queue...", "progress": 0}, "debugging": False},
        (P, C, "n", {"fast": 10, "on": True}),
    ),
    Case(
        "backtests.create",
        "backtests/create",
        {"projectId": 1, "compileId": "c", "backtestName": "n"},
        {"backtest": {"backtestId": "b"}},
        (P, C, "n", {}),
    ),
    Case(
        "backtests.read",
        "backtests/read",
        OF_BACKTEST,
        {
            "backtest": {
                "backtestId": "b",
                "completed": True,
                "charts": {"Equity": {"name": "Equity"}},
                "parameterSet": {"fast": "10"},
                "statistics": {"Sharpe Ratio": "1.2"},
                "runtimeStatistics": {"Equity": "$1"},
                "totalPerformance": {"portfolioStatistics": {"sharpeRatio": "1.2"}, "closedTrades": [A_TRADE]},
                "rollingWindow": {"M1_20240131": {"tradeStatistics": {"averageTradeDuration": "1.02:03:04"}}},
                "researchGuide": {"minutes": 1},
            }
        },
        (P, B),
    ),
    Case(
        "backtests.list",
        "backtests/list",
        {"projectId": 1, "includeStatistics": True},
        {"backtests": [{"backtestId": "b", "status": "Completed.", "tags": ["a"], "sharpeRatio": 1.2}], "count": 1},
        (P,),
        {"include_statistics": True},
    ),
    Case("backtests.update", "backtests/update", OF_BACKTEST | {"note": "x"}, {}, (P, B), {"note": "x"}),
    Case("backtests.delete", "backtests/delete", OF_BACKTEST, {}, (P, B)),
    Case("backtests.tags.update", "backtests/tags/update", OF_BACKTEST | {"tags": ["a"]}, {}, (P, B, ["a"])),
    Case(
        "backtests.charts.read",
        "backtests/chart/read",
        OF_BACKTEST | CHART,
        A_CHART,
        (P, B, "Equity"),
        {"start": START, "end": END},
    ),
    Case(
        "backtests.charts.wait",
        "backtests/chart/read",
        OF_BACKTEST | CHART,
        A_CHART,
        (P, B, "Equity"),
        {"start": START, "end": END},
    ),
    Case(
        "backtests.orders.read",
        "backtests/orders/read",
        OF_BACKTEST | WINDOW,
        {"orders": [AN_ORDER], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.orders.iterate",
        "backtests/orders/read",
        OF_BACKTEST | WINDOW,
        {"orders": [AN_ORDER], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.insights.read",
        "backtests/read/insights",
        OF_BACKTEST | WINDOW,
        {"insights": [AN_INSIGHT], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.insights.read_as_lean",
        "backtests/insights/read",
        OF_BACKTEST | WINDOW,
        {"insights": [AN_INSIGHT], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.insights.iterate",
        "backtests/read/insights",
        OF_BACKTEST | WINDOW,
        {"insights": [AN_INSIGHT], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.trades.read",
        "backtests/trades/read",
        OF_BACKTEST | {"start": 0, "end": 1000},
        {"trades": [A_TRADE], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.trades.iterate",
        "backtests/trades/read",
        OF_BACKTEST | {"start": 0, "end": 1000},
        {"trades": [A_TRADE], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.logs.read",
        "backtests/read/log",
        OF_BACKTEST | {"start": 0, "end": 200, "query": ""},
        {"logs": ["a"], "length": 1},
        (P, B),
    ),
    Case(
        "backtests.logs.iterate",
        "backtests/read/log",
        OF_BACKTEST | {"start": 0, "end": 200, "query": "boom"},
        {"logs": ["a"], "length": 1},
        (P, B),
        {"query": "boom"},
    ),
    Case("backtests.report.read", "backtests/read/report", OF_BACKTEST, {"report": "<html>"}, (P, B)),
    Case("backtests.report.wait", "backtests/read/report", OF_BACKTEST, {"report": "<html>"}, (P, B)),
    Case(
        "compiles.create",
        "compile/create",
        {"projectId": 1},
        {"compileId": "c", "state": "InQueue", "parameters": [{"file": "main.py", "parameters": [{"line": 8}]}]},
        (P,),
    ),
    Case(
        "compiles.read",
        "compile/read",
        {"projectId": 1, "compileId": "c"},
        {"state": "BuildError", "logs": ["syntax"]},
        (P, C),
    ),
    Case("data.list", "data/list", {"filePath": "equity/"}, {"objects": ["equity/a.zip"]}, ("equity/",)),
    Case(
        "data.prices",
        "data/prices",
        {"organizationId": "org"},
        {"prices": [{"vendorName": "v", "regex": ".*", "price": 5}], "agreement": "a", "datasources": {"x": {}}},
    ),
    Case(
        "data.read_link",
        "data/read",
        {"organizationId": "org", "filePath": "a.zip", "format": "link"},
        {"link": "https://files.example/a.zip", "cost": 5, "balance": 100},
        ("a.zip",),
    ),
    Case("files.create", "files/create", {"projectId": 1, "name": "a.py", "content": "x"}, {}, (P, "a.py", "x")),
    Case("files.read", "files/read", {"projectId": 1}, {"files": [{"name": "a.py", "content": "x", "id": None}]}, (P,)),
    Case("files.read_one", "files/read", {"projectId": 1, "name": "a.py"}, {"files": [{"name": "a.py"}]}, (P, "a.py")),
    Case(
        "files.update",
        "files/update",
        {"projectId": 1, "name": "a.py", "content": "x", "codeSourceId": "s"},
        {},
        (P, "a.py", "x"),
        {"code_source_id": "s"},
    ),
    Case("files.write", "files/update", {"projectId": 1, "name": "a.py", "content": "x"}, {}, (P, "a.py", "x")),
    Case("files.rename", "files/update", {"projectId": 1, "name": "a.py", "newName": "b.py"}, {}, (P, "a.py", "b.py")),
    Case("files.patch", "files/patch", {"projectId": 1, "patch": "--- a"}, {}, (P, "--- a")),
    Case("files.delete", "files/delete", {"projectId": 1, "name": "a.py"}, {}, (P, "a.py")),
    Case(
        "lean.versions",
        "lean/versions/read",
        {},
        {"versions": [{"id": 1, "created": "2021-11-26 15:18:27", "public": 1}]},
    ),
    Case(
        "lean.environments",
        "lean/environments/read",
        {},
        {"environments": [{"id": 1, "name": "Default", "path": None}]},
    ),
    Case(
        "live.create",
        "live/create",
        {
            "versionId": "-1",
            "projectId": 1,
            "compileId": "c",
            "nodeId": "LN-1",
            "brokerage": {"id": "AlpacaBrokerage", "alpaca-access-token": "t", "alpaca-environment": "paper"},
            "dataProviders": {"PolygonDataFeed": {"id": "Polygon", "polygon-api-key": "k"}},
            "automaticRedeploy": True,
            "parameters": {"fast": "10"},
            "notification": {"events": ["orderEvent"], "targets": [{"address": "a@example.org"}]},
        },
        {"deployId": "L-1", "versionId": 1, "live": {"deployId": "L-1", "status": "InQueue", "charts": {"name": "x"}}},
        (P, C, N, Alpaca(alpaca_access_token="t", alpaca_environment="paper")),
        {
            "data_providers": [PolygonData(polygon_api_key="k")],
            "automatic_redeploy": True,
            "parameters": {"fast": 10},
            "notification": Notification(events=["orderEvent"], targets=[{"address": "a@example.org"}]),
        },
    ),
    Case(
        "live.read",
        "live/read",
        {"projectId": 1, "deployId": "L-1"},
        {"status": "Running", "deployId": "L-1", "runtimeStatistics": {"Equity": "$1"}, "files": [], "stopped": None},
        (P, D),
    ),
    Case(
        "live.list",
        "live/list",
        {"status": "Running"},
        {"live": [{"projectId": 1, "deployId": "L-1", "status": "Running", "equity": 1.5, "leagues": ["a"]}]},
        (),
        {"status": "Running"},
    ),
    Case("live.stop", "live/update/stop", {"projectId": 1}, {}, (P,)),
    Case("live.liquidate", "live/update/liquidate", {"projectId": 1}, {}, (P,)),
    Case(
        "live.authorization.start",
        "live/auth0/authorize",
        {"brokerage": "alpaca", "projectId": 1},
        {"authorization": {"alpaca-access-token": "t"}},
        ("alpaca",),
        {"project_id": P},
    ),
    Case(
        "live.authorization.read",
        "live/auth0/read",
        {"brokerage": "tradestation"},
        {"authorization": {"trade-station-client-id": "1", "accounts": [{"id": "1", "name": "1 | Margin | USD"}]}},
        ("tradestation",),
    ),
    Case(
        "live.charts.read",
        "live/chart/read",
        {"projectId": 1} | CHART,
        A_CHART,
        (P, "Equity"),
        {"start": START, "end": END},
    ),
    Case(
        "live.charts.wait",
        "live/chart/read",
        {"projectId": 1} | CHART,
        A_CHART,
        (P, "Equity"),
        {"start": START, "end": END},
    ),
    Case(
        "live.commands.create",
        "live/commands/create",
        {"projectId": 1, "command": {"$type": "Buy"}},
        {},
        (P, {"$type": "Buy"}),
    ),
    Case(
        "live.commands.broadcast",
        "live/commands/broadcast",
        {"organizationId": "org", "excludeProjectId": 1, "command": {"a": 1}},
        {},
        ({"a": 1},),
        {"exclude_project_id": P},
    ),
    Case(
        "live.insights.read",
        "live/insights/read",
        {"projectId": 1} | WINDOW,
        {"insights": [AN_INSIGHT], "length": 1},
        (P,),
    ),
    Case(
        "live.insights.iterate",
        "live/insights/read",
        {"projectId": 1} | WINDOW,
        {"insights": [AN_INSIGHT], "length": 1},
        (P,),
    ),
    Case(
        "live.logs.read",
        "live/logs/read",
        {"projectId": 1, "algorithmId": "L-1", "startLine": 0, "endLine": 250, "format": "json"},
        {"logs": ["a"], "length": 1, "deploymentOffset": 0},
        (P, D),
    ),
    Case(
        "live.logs.iterate",
        "live/logs/read",
        {
            "projectId": 1,
            "algorithmId": "L-1",
            "startLine": 0,
            "endLine": 250,
            "format": "json",
            "deploymentLogs": True,
        },
        {"logs": ["a"], "length": 1, "deploymentOffset": 0},
        (P, D),
        {"deployment_logs": True},
    ),
    Case(
        "live.orders.read",
        "live/orders/read",
        {"projectId": 1, "algorithmId": "L-1"} | WINDOW,
        {"orders": [AN_ORDER], "length": 1},
        (P, D),
    ),
    Case(
        "live.orders.iterate", "live/orders/read", {"projectId": 1} | WINDOW, {"orders": [AN_ORDER], "length": 1}, (P,)
    ),
    Case(
        "live.portfolio.read",
        "live/portfolio/read",
        {"projectId": 1},
        {
            "portfolio": {
                "holdings": {"SPY X": {"a": 1, "q": 2, "p": 3}},
                "cash": {"USD": {"symbol": "USD", "amount": 5}},
            }
        },
        (P,),
    ),
    Case(
        "live.trades.read",
        "live/trades/read",
        {"projectId": 1, "start": 0, "end": 1000},
        {"trades": [A_TRADE], "length": 1},
        (P,),
    ),
    Case(
        "live.trades.iterate",
        "live/trades/read",
        {"projectId": 1, "deployId": "L-1", "start": 0, "end": 1000},
        {"trades": [A_TRADE], "length": 1},
        (P, D),
    ),
    Case(
        "market.list",
        "market/data/list",
        {},
        {"list": [{"id": 1, "name": "d", "tags": [{"name": "t"}], "pending": False}]},
    ),
    Case("modules.list", "modules/list", {"organizationId": "org", "productId": 7}, {"files": ["m.zip"]}, (7,)),
    Case(
        "modules.read_link",
        "modules/read",
        {"organizationId": "org", "productId": 7, "fileName": "m.zip"},
        {"url": "https://files.example/m.zip"},
        (7, "m.zip"),
    ),
    Case("nodes.read", "nodes/read", {"organizationId": "org"}, {"backtest": [A_NODE], "research": [], "live": []}),
    Case(
        "objects.list",
        "object/list",
        {"organizationId": "org", "path": "a"},
        {"path": "a", "objects": [{"key": "a/b", "size": 3, "folder": False}], "page": 1},
        ("a",),
    ),
    Case(
        "objects.properties",
        "object/properties",
        {"organizationId": "org", "key": "a"},
        {"metadata": {"key": "a", "size": 3, "md5": "x", "preview": "abc"}},
        ("a",),
    ),
    Case("objects.delete", "object/delete", {"organizationId": "org", "key": "a"}, {}, ("a",)),
    Case("objects.prepare", "object/get", {"organizationId": "org", "keys": ["a"]}, {"jobId": "j"}, (["a"],)),
    Case(
        "objects.read_job",
        "object/get",
        {"organizationId": "org", "jobId": "j"},
        {"jobId": "j", "url": "https://files.example/z"},
        ("j",),
    ),
    Case(
        "objects.wait_for_link",
        "object/get",
        {"organizationId": "org", "keys": ["a"]},
        {"url": "https://files.example/z"},
        (["a"],),
    ),
    Case(
        "optimizations.estimate",
        "optimizations/estimate",
        GRID,
        {"estimate": {"estimateId": "e", "time": 60, "balance": 10}},
        (P, "o", VARIED),
        {"compile_id": C, "constraints": REQUIRED},
    ),
    Case(
        "optimizations.create",
        "optimizations/create",
        GRID | {"estimatedCost": 0.01, "nodeType": "O2-8", "parallelNodes": 2},
        {"optimizations": [AN_OPTIMIZATION]},
        (P, C, "o", VARIED),
        {"constraints": REQUIRED, "estimated_cost": 0.01, "node_type": "O2-8", "parallel_nodes": 2},
    ),
    Case(
        "optimizations.read",
        "optimizations/read",
        {"optimizationId": "O-1"},
        {
            "optimization": AN_OPTIMIZATION
            | {
                "projectId": 1,
                "runtimeStatistics": {"Completed": "1"},
                "backtests": {"b": {"id": "b", "statistics": [0.1, 0.2], "parameterSet": [], "equity": [[1, 2.0]]}},
            }
        },
        (O,),
    ),
    Case("optimizations.list", "optimizations/list", {"projectId": 1}, {"optimizations": [AN_OPTIMIZATION]}, (P,)),
    Case("optimizations.update", "optimizations/update", {"optimizationId": "O-1", "name": "n"}, {}, (O, "n")),
    Case("optimizations.abort", "optimizations/abort", {"optimizationId": "O-1"}, {}, (O,)),
    Case("optimizations.delete", "optimizations/delete", {"optimizationId": "O-1"}, {}, (O,)),
    Case("organizations.list", "organizations/list", {}, {"organizations": [{"id": "org", "name": "a", "members": 1}]}),
    Case(
        "organizations.read",
        "organizations/read",
        {"organizationId": "other"},
        {
            "organization": {
                "id": "other",
                "credit": {"balance": 1, "movements": [{"date": "2024-01-01", "amount": 1}]},
                "products": [{"name": "Nodes", "items": [{"productId": 1, "unitPrice": 10}]}],
                "data": {"signedTime": None, "current": False},
                "members": [{"id": 7, "isAdmin": True}],
            }
        },
        ("other",),
    ),
    Case(
        "organizations.encryption_keys.list",
        "organizations/encryption/keys/list/",
        {"organizationId": "org"},
        {"keys": [{"hash": "h", "name": "k"}]},
    ),
    Case(
        "projects.create",
        "projects/create",
        {"name": "n", "language": "Py", "organizationId": "org"},
        {"projects": [{"projectId": 1}]},
        ("n",),
    ),
    Case(
        "projects.create",
        "projects/create",
        {"name": "n", "language": "C#", "organizationId": "other"},
        {"projects": [{"projectId": 1}]},
        ("n", "C#", "other"),
    ),
    Case(
        "projects.read",
        "projects/read",
        {"projectId": 1},
        {
            "projects": [
                {
                    "projectId": 1,
                    "name": "n",
                    "created": "2024-01-01 00:00:00",
                    "collaborators": [A_COLLABORATOR],
                    "parameters": [{"key": "fast", "value": 10}],
                    "libraries": [{"projectId": 2, "access": True}],
                    "encryptionKey": {"id": "k", "name": "k"},
                    "grid": {"xs": []},
                }
            ],
            "versions": [{"id": 1}],
            "count": 1,
        },
        (P,),
    ),
    Case("projects.list", "projects/read", {}, {"projects": []}),
    Case(
        "projects.list",
        "projects/read",
        {"start": 0, "end": 10, "organizationId": "other"},
        {"projects": []},
        (),
        {"start": 0, "end": 10, "organization_id": "other"},
    ),
    Case(
        "projects.update",
        "projects/update",
        {
            "projectId": 1,
            "name": "n",
            "description": "d",
            "parameters": [{"key": "a", "value": "1"}],
            "files": [{"name": "main.py", "content": "x"}],
            "libraries": [2],
            "versionId": -1,
            "leanEnvironment": 1,
            "encryptionKey": "",
            "codeSourceId": "s",
        },
        {},
        (P,),
        {
            "name": "n",
            "description": "d",
            "parameters": {"a": 1},
            "files": {"main.py": "x"},
            "libraries": [ProjectId(2)],
            "version_id": -1,
            "lean_environment": 1,
            "encryption_key": "",
            "code_source_id": "s",
        },
    ),
    Case("projects.update", "projects/update", {"projectId": 1, "name": "n"}, {}, (P,), {"name": "n"}),
    Case("projects.delete", "projects/delete", {"projectId": 1}, {}, (P,)),
    Case(
        "projects.collaboration.read",
        "projects/collaboration/read",
        {"projectId": 1},
        {"collaborators": [A_COLLABORATOR], "userLiveControl": True, "userPermissions": "write"},
        (P,),
    ),
    Case(
        "projects.collaboration.create",
        "projects/collaboration/create",
        {"projectId": 1, "collaboratorUserId": "mia", "collaborationWrite": True, "collaborationLiveControl": False},
        {"collaborators": [A_COLLABORATOR]},
        (P, "mia"),
        {"write": True, "live_control": False},
    ),
    Case(
        "projects.collaboration.update",
        "projects/collaboration/update",
        {"projectId": 1, "collaboratorUserId": "mia", "write": True, "liveControl": False},
        {"collaborators": [A_COLLABORATOR]},
        (P, "mia"),
        {"write": True, "live_control": False},
    ),
    Case(
        "projects.collaboration.delete",
        "projects/collaboration/delete",
        {"projectId": 1, "collaboratorId": "mia"},
        {"collaborators": []},
        (P, "mia"),
    ),
    Case(
        "projects.collaboration.acquire_lock",
        "projects/collaboration/lock/acquire",
        {"projectId": 1, "codeSourceId": "s"},
        {},
        (P, "s"),
    ),
    Case("projects.libraries.add", "projects/library/create", {"projectId": 1, "libraryId": 2}, {}, (P, ProjectId(2))),
    Case(
        "projects.libraries.remove", "projects/library/delete", {"projectId": 1, "libraryId": 2}, {}, (P, ProjectId(2))
    ),
    Case(
        "projects.nodes.read",
        "projects/nodes/read",
        {"projectId": 1},
        {"nodes": {"backtest": [A_NODE]}, "autoSelectNode": True},
        (P,),
    ),
    Case(
        "projects.nodes.update", "projects/nodes/update", {"projectId": 1, "nodes": ["LN-1"]}, {"nodes": {}}, (P, [N])
    ),
    Case("services.news", "services/terminal-news", {}, {"news": [{"headline": "h"}]}),
    Case("users.read", "user/read", {"organizationId": "org"}, {"user": {"name": "n", "badge": None}}),
)

#: Methods that move files, and what they ask first; `test_transfers` shows them.
WITH_FILES = {
    "data.download": "data/read",
    "data.download_link": "",
    "modules.download": "modules/read",
    "objects.download": "object/get",
    "objects.set": "object/set",
}
