"""What the emulator's live, upload and download endpoints say over real HTTP: redirects, links, signed queries."""

import base64
import hashlib
import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from tests.support.eventually import eventually
from tests.unit.emulator.account import STRATEGY
from tests.unit.emulator.signing import Signed

KEY_VALUE = "5e7a1f-brokerage-key"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningEmulator]:
    with running(EmulatorOptions(speed=100, live_refresh_seconds=10)) as emulator:
        yield emulator


@pytest.fixture
def client(server: RunningEmulator) -> Iterator[httpx.Client]:
    httpx.post(f"{server.url}/emulator/reset").raise_for_status()
    with httpx.Client(base_url=server.base_url, auth=Signed()) as client:
        yield client


def ask(client: httpx.Client, endpoint: str, **arguments: Any) -> dict[str, Any]:
    reply = client.post(endpoint, json=arguments)
    assert (reply.status_code, reply.json()["success"]) == (200, True), reply.text
    return dict(reply.json())


def deployed(client: httpx.Client) -> dict[str, Any]:
    """A deployment that has just been created: project, reply of create, and the brokerage key that was sent."""
    project = ask(client, "projects/create", name="live", language="Py")["projects"][0]["projectId"]
    ask(client, "projects/update", projectId=project, files=[{"name": "main.py", "content": STRATEGY}])
    compile_id = ask(client, "compile/create", projectId=project)["compileId"]

    def is_built() -> bool:
        return bool(ask(client, "compile/read", projectId=project, compileId=compile_id)["state"] == "BuildSuccess")

    eventually(is_built, what="the compile")
    organization = ask(client, "account/read")["organizationId"]
    node = ask(client, "nodes/read", organizationId=organization)["live"][0]["id"]
    brokerage = {"id": "AlpacaBrokerage", "alpaca-access-token": KEY_VALUE, "alpaca-environment": "paper"}
    arguments = {"projectId": project, "compileId": compile_id, "nodeId": node, "versionId": "-1"}
    return ask(client, "live/create", **arguments, brokerage=brokerage)


def status(client: httpx.Client, deployment: dict[str, Any]) -> str:
    return str(ask(client, "live/read", projectId=deployment["projectId"])["status"])


def test_a_deployment_runs_trades_and_is_liquidated(client: httpx.Client) -> None:
    """The whole life of one, faster than real time."""
    deployment = deployed(client)
    project = deployment["projectId"]
    eventually(lambda: status(client, deployment) == "Running", what="Running")

    def has_holdings() -> bool:
        return bool(ask(client, "live/portfolio/read", projectId=project)["portfolio"]["holdings"])

    eventually(has_holdings, what="a holding")
    ask(client, "live/update/liquidate", projectId=project)
    assert status(client, deployment) == "Liquidated"
    assert ask(client, "live/portfolio/read", projectId=project)["portfolio"] == {"holdings": [], "cash": []}


def test_a_deployment_can_be_ended_from_outside(server: RunningEmulator, client: httpx.Client) -> None:
    """So that a watcher can be tested: it must notice a crash that it did not cause."""
    deployment = deployed(client)
    end = {"deployId": deployment["deployId"], "status": "RuntimeError", "message": "out of memory"}
    httpx.post(f"{server.url}/emulator/live", json=end).raise_for_status()
    read = ask(client, "live/read", projectId=deployment["projectId"])
    assert (read["status"], read["message"]) == ("RuntimeError", "out of memory")


@pytest.mark.parametrize("body", ['{"status": "Stopped"}', '{"deployId": 1}', "[]", "nonsense"])
def test_a_senseless_ending_is_refused(server: RunningEmulator, body: str) -> None:
    """A test that misspells something must not pass by accident."""
    assert httpx.post(f"{server.url}/emulator/live", content=body).status_code == 400


def test_a_brokerage_key_is_not_to_be_found_afterwards(server: RunningEmulator, client: httpx.Client) -> None:
    """Neither in the API's replies nor in the emulator's own records."""
    deployment = deployed(client)
    replies = [
        client.post("live/read", json={"projectId": deployment["projectId"]}).text,
        client.post("live/list").text,
        client.post("projects/read").text,
        httpx.get(f"{server.url}/emulator/journal").text,
        httpx.get(f"{server.url}/emulator/state").text,
    ]
    assert deployment["deployId"] in replies[0]
    assert not [reply for reply in replies if KEY_VALUE in reply]


def test_an_upload_comes_back_as_an_archive_behind_a_link(client: httpx.Client) -> None:
    """Byte by byte. The link needs no signature and works once."""
    organization = ask(client, "account/read")["organizationId"]
    content = bytes(range(256)) * 1000 + b"\r\n--"
    form = {"organizationId": organization, "key": "models/net.bin"}
    assert client.post("object/set", data=form, files={"objectData": content}).json()["success"] is True
    job = ask(client, "object/get", organizationId=organization, keys=["models/net.bin"])["jobId"]

    def link() -> str:
        return str(ask(client, "object/get", organizationId=organization, jobId=job)["url"])

    url = eventually(link, what="the link")
    reply = httpx.get(str(url))
    assert reply.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.read("models/net.bin") == content
    assert httpx.get(str(url)).status_code == 404


def test_an_unknown_data_prefix_is_http_500_without_a_body(client: httpx.Client) -> None:
    """Not a refusal, as everywhere else."""
    reply = client.post("data/list", json={"filePath": "bonds"})
    assert (reply.status_code, reply.content) == (500, b"")


def test_a_tool_answers_without_success(client: httpx.Client) -> None:
    """A client that insists on it would refuse every answer."""
    reply = client.post("ai/tools/complete", json={"language": "Py", "sentence": "self.set_ca"})
    assert reply.json() == {"state": "End", "version": 2.0, "payload": ["self.set_cash("], "payloadType": "StringArray"}


def test_a_brokerages_login_page_brings_the_tokens(client: httpx.Client) -> None:
    """Redirection, login, tokens."""
    redirection = client.get("live/auth0/authorize", params={"brokerage": "alpaca"})
    assert (redirection.status_code, redirection.content) == (302, b"")
    assert ask(client, "live/auth0/read", brokerage="alpaca")["authorization"] == {}
    assert httpx.get(redirection.headers["location"]).status_code == 200
    assert "alpaca-access-token" in ask(client, "live/auth0/read", brokerage="alpaca")["authorization"]
    assert httpx.get(redirection.headers["location"].replace("alpaca", "unknown")).status_code == 404


def test_a_link_may_carry_its_signature_in_the_query(server: RunningEmulator, client: httpx.Client) -> None:
    """As LEAN's links do that send a command to a live algorithm."""
    deployment = deployed(client)
    eventually(lambda: status(client, deployment) == "Running", what="Running")
    timestamp = str(int(time.time()))
    digest = hashlib.sha256(f"emulator:{timestamp}".encode()).hexdigest()
    query = {
        "authorization": base64.b64encode(f"1:{digest}".encode()).decode(),
        "timestamp": timestamp,
        "projectId": str(deployment["projectId"]),
        "command[$type]": "LinkCommand",
    }
    link = f"{server.base_url}/live/commands/create"
    assert httpx.get(link, params=query).json() == {"success": True, "errors": []}
    forged = base64.b64encode(f"1:{digest[::-1]}".encode()).decode()
    assert httpx.get(link, params=query | {"authorization": forged}).json()["success"] is False
