"""The client, as an application uses it; the network is a function."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from quantconnect import ONCE, MissingCredentials
from verticals.trading.integration.quantconnect import QuantConnectClient

Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


def client(answer: Answer) -> QuantConnectClient:
    """A client of a server that answers so."""

    def respond(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2/")
        return httpx.Response(200, json={"success": True, "errors": [], **answer(path, json.loads(request.content))})

    return QuantConnectClient(1, "token", policy=ONCE, transport=httpx.MockTransport(respond))


def test_projects_are_listed_as_models() -> None:
    """With the names that Python has."""
    with client(lambda *_: {"projects": [{"projectId": 7, "name": "RSI"}]}) as api:
        assert [(project.project_id, project.name) for project in api.list_projects()] == [(7, "RSI")]


def test_a_refusal_is_a_response_with_a_code_and_the_servers_words() -> None:
    """Although the wire says 200."""
    refusal = {"success": False, "errors": ["Project not found"]}
    with client(lambda *_: refusal) as api:
        response = api.get_project(project_id=1)
    assert (response.success, response.status_code, response.errors[0]) == (False, 404, "Project not found")


def test_a_file_that_exists_is_written_all_the_same() -> None:
    """A new project has a main.py from the start."""
    asked = []

    def answer(path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append((path, body["name"]))
        return {}

    with client(answer) as api:
        assert api.create_file(project_id=1, name="main.py", content="x").success
    assert asked == [("files/update", "main.py")]


def test_a_file_that_does_not_exist_is_created() -> None:
    """Nobody needs to know beforehand."""
    asked = []

    def answer(path: str, _: dict[str, Any]) -> dict[str, Any]:
        asked.append(path)
        return {"success": path == "files/create", "errors": ["File not found: alpha.py"]}

    with client(answer) as api:
        assert api.create_file(project_id=1, name="alpha.py", content="x").success
    assert asked == ["files/update", "files/create"]


def test_a_deployment_without_password_is_not_sent() -> None:
    """The missing settings are named, and the server hears nothing."""
    asked = []

    def answer(path: str, _: dict[str, Any]) -> dict[str, Any]:
        asked.append(path)
        return {}

    with client(answer) as api:
        response = api.create_live_algorithm(
            project_id=1,
            compile_id="c",
            node_id="L-MICRO",
            brokerage="InteractiveBrokers",
            brokerage_data={"account": "DU12345", "environment": "paper"},
        )
    assert (response.status_code, asked) == (400, [])
    assert "ib-user-name, ib-password" in response.errors[0]


def test_without_credentials_it_says_what_to_set() -> None:
    """The first thing that a new user sees."""
    with pytest.raises(MissingCredentials, match="QC_USER_ID and QC_API_TOKEN"):
        QuantConnectClient()
