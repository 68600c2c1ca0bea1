"""The outer form of a reply: success, failure, and how PHP spells an empty map.

A refusal is HTTP 200 with `success: false` and a list of texts; clients match the texts by substring.
Source: the LEAN CLI's API client (order in which it reads a failure), LEAN's API tests, community reports.
"""

from collections.abc import Mapping
from typing import Any

NO_SPARE_NODES = (
    "There are no spare nodes available in your cluster. To launch a new backtest please stop an existing running "
    "backtest or add more compute nodes to your organization."
)
SLOW_DOWN = "Too many backtest requests; please slow down."
LOCKED_OUT = "Login refused: too many failed attempts for this user or ip."
PROJECT_NOT_FOUND = "Project not found"
COMPILE_NOT_FOUND = "Compile id not found"
BACKTEST_NOT_FOUND = "Backtest not found"
ORGANIZATION_NOT_FOUND = "Organization not found"

FILE_NOT_FOUND_CODE = 1001
"""`errorCode` beside "File not found: <name>", as community clients report it."""


class ApiFailure(Exception):
    """The request was understood and refused."""

    def __init__(self, *texts: str, code: int | None = None) -> None:
        super().__init__(*texts)
        self.texts = texts
        self.code = code


def success(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload's keys stand beside `success`, not below it."""
    return {**payload, "success": True, "errors": []}


def failure(refusal: ApiFailure) -> dict[str, Any]:
    """A refusal in the server's form."""
    body: dict[str, Any] = {"success": False, "errors": list(refusal.texts)}
    if refusal.code is not None:
        body["errorCode"] = refusal.code
    return body


def php_map(values: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
    """An empty PHP array does not know that it is a map, so it arrives as a list."""
    return dict(values) or []
