"""A stand-in for the server: plays prepared answers in order and remembers what it was asked."""

import json
from datetime import timedelta
from typing import Any

import httpx

from quantconnect import RetryPolicy
from quantconnect.auth import QuantConnectAuth

USER_ID = 123456
TOKEN = "an-api-token-nobody-may-see"

#: Three attempts that do not wait for each other.
AT_ONCE = RetryPolicy(first_wait=timedelta(0))

OK = {"success": True, "errors": []}
NO_SPARE_NODES = (
    "There are no spare nodes available in your cluster. To launch a new backtest please stop an existing running "
    "backtest or add more compute nodes to your organization."
)


def refused(*errors: str) -> dict[str, Any]:
    """The envelope of a refusal."""
    return {"success": False, "errors": list(errors)}


def body(answer: object) -> bytes:
    """What goes over the wire."""
    return json.dumps(answer).encode()


def auth_at(now: float) -> QuantConnectAuth:
    """Signs with a clock that stands still at `now` unix seconds."""
    return QuantConnectAuth(USER_ID, TOKEN, clock=lambda: now)


class Script:
    """Answers, one per request: a dict is JSON with HTTP 200, an exception is raised, a response goes out as it is."""

    def __init__(self, *answers: dict[str, Any] | httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, json=answer) if isinstance(answer, dict) else answer

    @property
    def transport(self) -> httpx.MockTransport:
        """For either client."""
        return httpx.MockTransport(self)

    def sent(self, position: int = -1) -> Any:
        """The JSON of a request."""
        return json.loads(self.requests[position].content)
