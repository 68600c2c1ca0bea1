"""QuantConnect as a test wants it: prepared answers by endpoint behind the real client, and what was asked."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx

from quantconnect.models.backtests import COMPLETED

Body = dict[str, Any]
Answer = Body | httpx.Response | Exception | Callable[[Body], Body]

NO_SPARE_NODES = "There are no spare nodes available in your cluster."
SLOW_DOWN = "Too many backtest requests; please slow down."


class Cloud:
    """Answers each endpoint's requests in the order in which its answers were prepared; the last answer stays.

    A dict is a success with that content unless it says otherwise, an exception is raised as the network would, a
    function is called with what was asked.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Body]] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)

    def answers(self, endpoint: str, *answers: Answer) -> None:
        """Prepare the answers of one endpoint, in place of those prepared before."""
        self._answers[endpoint] = list(answers)

    def count(self, endpoint: str) -> int:
        """How often it was asked."""
        return sum(1 for path, _ in self.asked if path == endpoint)

    def last(self, endpoint: str) -> Body:
        """What it was asked last."""
        return next(body for path, body in reversed(self.asked) if path == endpoint)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        endpoint = request.url.path.removeprefix("/api/v2/")
        body: Body = json.loads(request.content)
        self.asked.append((endpoint, body))
        prepared = self._answers[endpoint]
        assert prepared, f"nobody expected a request to {endpoint}"
        answer = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(body)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json={"success": True, **answer})


def refused(*texts: str) -> Body:
    """QuantConnect says no: HTTP 200 and the reasons."""
    return {"success": False, "errors": list(texts)}


def unanswered() -> Exception:
    """The request may have arrived, the answer did not."""
    return httpx.ReadTimeout("no answer in time")


def unreachable() -> Exception:
    """The request never left."""
    return httpx.ConnectError("no route")


def files(**contents: str) -> Body:
    """The answer to `files/read`; `main_py` stands for `main.py`."""
    return {"files": [{"name": name.replace("_", ".", 1), "content": content} for name, content in contents.items()]}


def nodes(count: int) -> Body:
    """The answer to `projects/nodes/read`, with automatic selection."""
    backtest = [{"id": f"LN-{number}", "active": False} for number in range(count)]
    return {"nodes": {"backtest": backtest, "research": [], "live": []}, "autoSelectNode": True}


def project(project_id: int, name: str, created: str = "2026-03-01 12:00:00") -> Body:
    """One project."""
    return {"projectId": project_id, "name": name, "created": created, "language": "Py"}


def backtest(backtest_id: str, name: str = "", status: str = "In Progress...", **fields: Any) -> Body:
    """One backtest, in full or as a line of the list."""
    return {"backtestId": backtest_id, "name": name, "status": status, "progress": 0.5, "completed": False, **fields}


def completed(backtest_id: str, **fields: Any) -> Body:
    """A finished backtest with everything that makes it final."""
    told = {
        "progress": 1,
        "completed": True,
        "statistics": {"Sharpe Ratio": "1.25", "Net Profit": "12.5%", "Total Orders": "7"},
        "runtimeStatistics": {"Equity": "$112,500.00"},
        "totalPerformance": {"portfolioStatistics": {"sharpeRatio": "1.2513"}},
        **fields,
    }
    return backtest(backtest_id, status=f"{COMPLETED}.", **told)


def live_nodes(*states: str) -> Body:
    """The answer to `projects/nodes/read` with one live node for each: `busy` or `free`."""
    live = [
        {"id": f"LN-{number}", "active": False, "busy": state == "busy", "usedBy": "x"}
        for number, state in enumerate(states)
    ]
    return {"nodes": {"backtest": [], "research": [], "live": live}, "autoSelectNode": True}


def deployment(deploy_id: str = "L-1", status: str = "Running", project_id: int = 1001, **fields: Any) -> Body:
    """One line of `live/list`."""
    ended = "2026-03-01 13:00:00" if status not in {"Running", "InQueue", "LoggingIn", "Initializing"} else None
    told = {"launched": "2026-03-01 12:00:00", "stopped": ended, "brokerage": "PaperBrokerage", "error": ""}
    return {"projectId": project_id, "deployId": deploy_id, "status": status, **told, **fields}


def live_list(*deployments: Body) -> Body:
    """The answer to `live/list`."""
    return {"live": list(deployments)}


def live(deploy_id: str = "L-1", status: str = "Running", **fields: Any) -> Body:
    """The answer to `live/read`."""
    told = {"message": "", "launched": "2026-03-01 12:00:00", "brokerage": "PaperBrokerage"}
    return {"deployId": deploy_id, "status": status, **told, **fields}


def portfolio(cash: float = 40_000.0, **values: float) -> Body:
    """The answer to `live/portfolio/read`: a security's value by its name."""
    holdings = {
        name: {"a": 1.0, "q": value, "p": 1.0, "v": value, "u": 0.0, "up": 0.0} for name, value in values.items()
    }
    return {"portfolio": {"holdings": holdings, "cash": {"USD": {"amount": cash, "valueInAccountCurrency": cash}}}}
