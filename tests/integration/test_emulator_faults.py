"""Every fault, as a client meets it on the wire, and whether the request took effect all the same."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from emulator.options import EmulatorOptions
from emulator.server import RunningEmulator, running
from tests.support.eventually import eventually
from tests.unit.emulator.signing import Signed


@pytest.fixture(scope="module")
def server() -> Iterator[RunningEmulator]:
    with running(EmulatorOptions()) as emulator:
        yield emulator


@pytest.fixture
def client(server: RunningEmulator) -> Iterator[httpx.Client]:
    httpx.post(f"{server.url}/emulator/reset").raise_for_status()
    with httpx.Client(base_url=server.base_url, auth=Signed(), timeout=10) as client:
        yield client


def plan(server: RunningEmulator, kind: str, **more: Any) -> None:
    rule = {"endpoint": "projects/create", "kind": kind} | more
    httpx.post(f"{server.url}/emulator/faults", json=rule).raise_for_status()


def create(client: httpx.Client, **options: Any) -> httpx.Response:
    return client.post("projects/create", json={"name": "New", "language": "Py"}, **options)


def projects(client: httpx.Client) -> int:
    return len(client.post("projects/read").json()["projects"])


def last_entry(server: RunningEmulator) -> dict[str, Any]:
    return dict(httpx.get(f"{server.url}/emulator/journal").json()["requests"][-1])


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("error-500", 500, "application/json"),
        ("error-502", 502, "text/html; charset=utf-8"),
        ("html", 200, "text/html; charset=utf-8"),
        ("rate-limit", 429, "text/plain; charset=utf-8"),
    ],
)
def test_a_server_or_proxy_in_trouble(
    server: RunningEmulator, client: httpx.Client, kind: str, status: int, content_type: str
) -> None:
    """Nothing is done, and the next request is fine."""
    plan(server, kind)
    reply = create(client)
    assert (reply.status_code, reply.headers["content-type"]) == (status, content_type)
    assert (last_entry(server)["fault"], last_entry(server)["success"]) == (kind, False)
    assert projects(client) == 0
    assert create(client).json()["success"] is True


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("slow-down", "Too many backtest requests; please slow down."),
        ("no-spare-nodes", "There are no spare nodes available in your cluster."),
        ("not-found", "Project not found"),
        ("reject", "Request refused"),
    ],
)
def test_a_refusal_on_request(server: RunningEmulator, client: httpx.Client, kind: str, text: str) -> None:
    """HTTP 200, and nothing is done."""
    plan(server, kind)
    reply = create(client)
    assert (reply.status_code, reply.json()["success"]) == (200, False)
    assert reply.json()["errors"][0].startswith(text)
    assert projects(client) == 0


def test_a_refusal_may_have_its_own_text_and_status(server: RunningEmulator, client: httpx.Client) -> None:
    """For texts that the emulator does not know."""
    plan(server, "reject", text="Unauthorized", status=401)
    reply = create(client)
    assert (reply.status_code, reply.json()["errors"]) == (401, ["Unauthorized"])


def test_a_huge_reply_is_as_long_as_was_asked_for(server: RunningEmulator, client: httpx.Client) -> None:
    """And still an answer that can be read."""
    plan(server, "huge", megabytes=2)
    reply = create(client)
    assert 1.9e6 < len(reply.content) <= 2e6
    assert reply.json()["success"] is True
    assert projects(client) == 1


def test_the_rate_limit_may_say_when_to_come_back(server: RunningEmulator, client: httpx.Client) -> None:
    """The header is there only on request, because nobody has seen the real one send it."""
    plan(server, "rate-limit", seconds=7)
    plan(server, "rate-limit")
    assert create(client).headers["retry-after"] == "7"
    assert "retry-after" not in create(client).headers


@pytest.mark.parametrize(("kind", "effects"), [("drop-before", 0), ("drop-after", 1)])
def test_a_connection_breaks_without_a_reply(
    server: RunningEmulator, client: httpx.Client, kind: str, effects: int
) -> None:
    """The client cannot tell the two apart, but the account can."""
    plan(server, kind)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        create(client)
    entry = last_entry(server)
    assert (entry["status"], entry["success"], entry["fault"]) == (None, bool(effects), kind)
    assert (entry["created"] is not None) is bool(effects)
    assert projects(client) == effects


def test_a_broken_connection_harms_no_other(server: RunningEmulator, client: httpx.Client) -> None:
    """Many in a row, and the server is still there."""
    plan(server, "drop-before", times=20)
    for _ in range(20):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            create(client)
    assert create(client).json()["success"] is True


def test_a_garbled_reply_hides_a_success(server: RunningEmulator, client: httpx.Client) -> None:
    """HTTP 200 and JSON by its header, but cut in half."""
    plan(server, "garbage")
    reply = create(client)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        reply.json()
    assert projects(client) == 1


def test_a_slow_request_takes_effect_even_if_the_client_has_left(server: RunningEmulator, client: httpx.Client) -> None:
    """The reason why a client must wait before it asks again."""
    plan(server, "slow", seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        create(client, timeout=0.1)
    assert projects(client) == 0
    eventually(lambda: projects(client) == 1, what="the effect of the slow request")


def test_a_hanging_request_never_takes_effect(server: RunningEmulator, client: httpx.Client) -> None:
    """After its time the connection closes without a reply."""
    plan(server, "hang", seconds=0.2)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        create(client)
    assert projects(client) == 0


def test_a_server_stops_at_once_although_requests_hang() -> None:
    """A test's end must not wait for the faults it planned."""
    began = time.monotonic()
    with running(EmulatorOptions()) as emulator:
        plan(emulator, "hang", seconds=60)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{emulator.base_url}/projects/create", auth=Signed(), timeout=0.2)
        plan(emulator, "slow", seconds=60)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{emulator.base_url}/projects/create", auth=Signed(), timeout=0.2)
    assert time.monotonic() - began < 10


def test_rules_are_listed_and_removed(server: RunningEmulator, client: httpx.Client) -> None:
    """With how often they have fired."""
    plan(server, "error-500", times=0)
    create(client)
    (rule,) = httpx.get(f"{server.url}/emulator/faults").json()["faults"]
    assert (rule["endpoint"], rule["kind"], rule["fired"]) == ("projects/create", "error-500", 1)
    assert httpx.delete(f"{server.url}/emulator/faults").json()["faults"] == []
    assert create(client).status_code == 200


def test_a_rule_with_a_mistake_is_refused_with_its_reason(server: RunningEmulator) -> None:
    """Not stored in silence."""
    reply = httpx.post(f"{server.url}/emulator/faults", json={"endpoint": "projects/make", "kind": "slow"})
    assert reply.status_code == 400
    assert "projects/make" in reply.json()["error"]
