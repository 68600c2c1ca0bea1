"""The emulator over real HTTP: one account used by a plain HTTP client, and the emulator's own endpoints."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from tests.support.eventually import eventually
from tests.unit.emulator.signing import Signed

TOKEN = "a-token-that-must-not-leak"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningEmulator]:
    with running(EmulatorOptions(speed=200, api_token=TOKEN)) as emulator:
        yield emulator


@pytest.fixture
def client(server: RunningEmulator) -> Iterator[httpx.Client]:
    httpx.post(f"{server.url}/emulator/reset").raise_for_status()
    with httpx.Client(base_url=server.base_url, auth=Signed(api_token=TOKEN)) as client:
        yield client


def ask(client: httpx.Client, endpoint: str, **arguments: Any) -> dict[str, Any]:
    reply = client.post(endpoint, json=arguments)
    assert reply.status_code == 200
    return dict(reply.json())


def journal(server: RunningEmulator) -> list[dict[str, Any]]:
    return list(httpx.get(f"{server.url}/emulator/journal").json()["requests"])


def pushed(client: httpx.Client, example: str) -> int:
    """Id of a new project that holds one of the example strategies, pushed as a form like the LEAN CLI does."""
    project = int(ask(client, "projects/create", name=example, language="Py")["projects"][0]["projectId"])
    content = (EXAMPLES / example / "main.py").read_text()
    form = {"projectId": project, "parameters": "", "files[0][name]": "main.py", "files[0][content]": content}
    assert client.post("projects/update", data=form).json() == {"success": True, "errors": []}
    return project


def compiled(client: httpx.Client, project: int) -> dict[str, Any]:
    compile_id = ask(client, "compile/create", projectId=project)["compileId"]

    def verdict() -> dict[str, Any] | None:
        reply = client.get("compile/read", params={"projectId": project, "compileId": compile_id}).json()
        return None if reply["state"] == "InQueue" else dict(reply)

    return eventually(verdict, what="the compile") or {}


@pytest.mark.parametrize("example", ["rsi", "moving_average_cross"])
def test_an_example_runs_from_push_to_statistics(client: httpx.Client, example: str) -> None:
    """Form, GET and JSON, as real clients mix them."""
    project = pushed(client, example)
    compile_id = compiled(client, project)["compileId"]
    created = ask(client, "backtests/create", projectId=project, compileId=compile_id, backtestName="first")
    backtest = created["backtest"]["backtestId"]

    def result() -> dict[str, Any] | None:
        reply = client.get("backtests/read", params={"projectId": str(project), "backtestId": backtest}).json()
        return dict(reply["backtest"]) if reply["backtest"]["totalPerformance"] else None

    done = eventually(result, what="the statistics") or {}
    assert (done["status"], done["progress"], done["synthetic"]) == ("Completed.", 1, True)
    assert float(done["statistics"]["End Equity"]) > 0


def test_the_broken_example_does_not_build_and_says_where(client: httpx.Client) -> None:
    """The demo shows this line."""
    verdict = compiled(client, pushed(client, "broken"))
    assert verdict["state"] == "BuildError"
    assert verdict["logs"] == ["Build Error: File: main.py Line:14 Column:39 - expected ':'"]


@pytest.mark.parametrize("example", ["rsi", "moving_average_cross", "broken"])
def test_the_examples_are_lean_cli_projects_without_a_cloud_id(example: str) -> None:
    """They are pushed to whichever account is configured."""
    config = json.loads((EXAMPLES / example / "config.json").read_text())
    assert config["algorithm-language"] == "Python"
    assert set(config) == {"algorithm-language", "parameters", "description"}


def test_a_trailing_slash_makes_no_difference(client: httpx.Client) -> None:
    """The LEAN CLI has one path with it."""
    assert client.post("authenticate/").json() == {"success": True, "errors": []}


def test_refusals_are_http_200(client: httpx.Client) -> None:
    """Except for paths and methods that do not exist."""
    assert ask(client, "projects/read", projectId=1) == {"success": False, "errors": ["Project not found"]}
    assert client.post("no/such/endpoint").status_code == 404
    assert client.get("projects/create").status_code == 405


def test_a_wrong_token_is_refused_with_http_200(server: RunningEmulator, client: httpx.Client) -> None:
    """As clients in the field report it."""
    reply = client.post("authenticate", auth=Signed(api_token="wrong"))
    assert reply.status_code == 200
    assert reply.json()["errors"][0].startswith("Hash doesn't match. Server Time: ")
    assert client.post("authenticate").json()["success"] is True
    assert [entry["success"] for entry in journal(server)] == [False, True]


def test_the_journal_tells_what_was_asked_and_what_was_created(server: RunningEmulator, client: httpx.Client) -> None:
    """Tests count creates with it."""
    project = pushed(client, "rsi")
    before, after = datetime.now(UTC).timestamp() - 60, datetime.now(UTC).timestamp() + 1
    create, update = journal(server)
    assert (create["method"], create["path"], create["status"]) == ("POST", "projects/create", 200)
    assert create["created"] == {"kind": "project", "id": project, "name": "rsi"}
    assert before < datetime.fromisoformat(create["time"]).timestamp() < after
    assert (update["project"], update["created"], update["fault"]) == (project, None, None)
    assert update["duration_ms"] >= 0


def test_no_secret_is_in_the_journal(server: RunningEmulator, client: httpx.Client) -> None:
    """It is printed and pasted into reports."""
    client.post("authenticate", headers={"X-Note": TOKEN})
    client.get("authenticate", params={"token": TOKEN})
    text = httpx.get(f"{server.url}/emulator/journal").text
    assert TOKEN not in text
    assert "Basic" not in text


def test_a_reset_begins_a_new_account(server: RunningEmulator, client: httpx.Client) -> None:
    """No test sees what another one left."""
    pushed(client, "rsi")
    httpx.post(f"{server.url}/emulator/faults", json={"endpoint": "*", "kind": "error-500"})
    httpx.post(f"{server.url}/emulator/reset")
    assert journal(server) == []
    assert httpx.get(f"{server.url}/emulator/faults").json()["faults"] == []
    assert ask(client, "projects/read")["projects"] == []


def test_the_state_counts_nodes_and_runs() -> None:
    """A quick look for people and tests."""
    with (
        running(EmulatorOptions(compile_seconds=0, backtest_seconds=600)) as emulator,
        httpx.Client(base_url=emulator.base_url, auth=Signed()) as client,
    ):
        project = pushed(client, "rsi")
        compile_id = compiled(client, project)["compileId"]
        ask(client, "backtests/create", projectId=project, compileId=compile_id, backtestName="one")
        state = client.get(f"{emulator.url}/emulator/state").json()
    assert state == {
        "nodes": 2,
        "busy_nodes": 1,
        "running_backtests": 1,
        "projects": 1,
        "compiles": 1,
        "backtests": 1,
        "live_nodes": 2,
        "busy_live_nodes": 0,
        "deployments": 0,
        "stored_objects": 0,
    }


def test_two_emulators_can_run_side_by_side(server: RunningEmulator, client: httpx.Client) -> None:
    """Each is an account of its own."""
    pushed(client, "rsi")
    with running(EmulatorOptions(api_token=TOKEN)) as other:
        assert other.base_url != server.base_url
        reply = httpx.post(f"{other.base_url}/projects/read", auth=Signed(api_token=TOKEN))
        assert reply.json()["projects"] == []


def test_the_link_of_a_backtest_leads_to_a_page_with_its_curve_and_its_statistics(
    server: RunningEmulator, client: httpx.Client
) -> None:
    """People look before they read; and the page must agree with the API."""
    project = ask(client, "projects/create", name="looked at", language="Py")["projects"][0]["projectId"]
    files = [{"name": "main.py", "content": (EXAMPLES / "rsi" / "main.py").read_text()}]
    ask(client, "projects/update", projectId=project, files=files)
    build = ask(client, "compile/create", projectId=project)["compileId"]
    query = {"projectId": project, "compileId": build}
    eventually(lambda: ask(client, "compile/read", **query)["state"] == "BuildSuccess", what="the build")
    made = ask(client, "backtests/create", **query, backtestName="<b>bold</b>")["backtest"]["backtestId"]
    address = f"{server.url}/project/{project}/{made}"

    read = {"projectId": project, "backtestId": made}
    done = eventually(lambda: ask(client, "backtests/read", **read)["backtest"]["statistics"], what="statistics")

    page = httpx.get(address).text
    assert "<svg" in page
    assert "Synthetic" in page
    assert f"<dt>Sharpe Ratio</dt><dd>{done['Sharpe Ratio']}</dd>" in page
    assert "<b>bold</b>" not in page, "a name is text, not markup"
    assert httpx.get(f"{server.url}/project/{project}/unknown").status_code == 404


def test_nodes_come_and_go_and_people_use_them(server: RunningEmulator, client: httpx.Client) -> None:
    """What a dispatcher has to live with."""

    def change(**values: Any) -> dict[str, int]:
        httpx.post(f"{server.url}/emulator/nodes", json=values).raise_for_status()
        return dict(httpx.get(f"{server.url}/emulator/state").json())

    assert change(count=3)["nodes"] == 3
    assert change(taken=2, seconds=1000)["busy_nodes"] == 2
    assert change(taken=5, seconds=1000)["busy_nodes"] == 3
    assert change(count=1)["nodes"] == 1
    wrong: dict[str, Any]
    for wrong in ({}, {"count": -1}, {"count": True}, {"taken": "two"}, {"nodes": 3}):
        assert httpx.post(f"{server.url}/emulator/nodes", json=wrong).status_code == 400
    httpx.post(f"{server.url}/emulator/reset").raise_for_status()
    assert httpx.get(f"{server.url}/emulator/state").json()["nodes"] == 2
