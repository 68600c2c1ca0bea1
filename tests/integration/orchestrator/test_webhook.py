"""Webhooks against a real receiver on this machine."""

import hashlib
import hmac
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from orchestrator.events import Event, EventType
from orchestrator.handlers.webhook import NotHeard, Webhook
from tests.support.receiver import receiver

KEY = "the-receivers-key"
PATH = "/T000/secret-path"
EVENT = Event(
    id="e-1",
    type=EventType.BACKTEST_COMPLETED,
    account="7@host",
    job_id="j-1",
    run=2,
    data={"name": "Größe", "numbers": {"sharpe_ratio": 1.25}},
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def test_an_event_arrives_whole() -> None:
    """As JSON, with its id, by which a second delivery is dropped."""
    with receiver() as there:
        Webhook(there.url, None)(EVENT)

    ((headers, body),) = there.heard
    assert json.loads(body) == {
        "id": "e-1",
        "type": "BacktestCompleted",
        "account": "7@host",
        "job_id": "j-1",
        "run": 2,
        "at": "2026-03-01T12:00:00+00:00",
        "data": {"name": "Größe", "numbers": {"sharpe_ratio": 1.25}},
    }
    assert (headers["Qcjobs-Event"], headers["Qcjobs-Event-Id"]) == ("BacktestCompleted", "e-1")
    assert "Qcjobs-Signature" not in headers


def test_the_signature_is_what_the_receiver_computes() -> None:
    """From the header's time and the bytes that arrived, with the shared key."""
    with receiver() as there:
        Webhook(there.url, KEY)(EVENT)

    ((headers, body),) = there.heard
    parts = dict(part.split("=") for part in headers["Qcjobs-Signature"].split(","))
    expected = hmac.new(KEY.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(parts["v1"], expected)
    assert abs(int(parts["t"]) - datetime.now(UTC).timestamp()) < 60
    assert KEY not in str(there.heard)


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_anything_but_success_counts_as_not_heard(status: int) -> None:
    """The delivery is tried again; a redirection is not followed with somebody's events."""
    with receiver(status) as there, pytest.raises(NotHeard, match=str(status)) as caught:
        Webhook(there.url, KEY)(EVENT)

    assert len(there.heard) == 1
    assert PATH not in str(caught.value)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_every_success_counts_as_heard(status: int) -> None:
    """Receivers differ."""
    with receiver(status) as there:
        Webhook(there.url, KEY)(EVENT)

    assert len(there.heard) == 1


def test_a_receiver_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold a worker's thread for ever."""
    monkeypatch.setattr("orchestrator.handlers.webhook.TIMEOUT", 0.2)

    with receiver(None) as there, pytest.raises(NotHeard, match="no answer") as caught:
        Webhook(there.url, KEY)(EVENT)
    assert PATH not in str(caught.value)


HEAD = b"HTTP/1.1 %d OK\r\nContent-Type: text/plain\r\n"


def drip(wire: socket.socket, leave: threading.Event) -> None:
    """A byte now and then: no time-out between two of them ever runs out."""
    while not leave.wait(0.02):
        wire.sendall(b"x")


def flood(wire: socket.socket, leave: threading.Event) -> None:
    """As much as anybody takes."""
    while not leave.is_set():
        wire.sendall(b"x" * 65_536)


@contextmanager
def rogue(head: bytes, then: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A receiver that says something and then goes on, until it is left."""
    leave = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            with suppress(OSError):
                self.request.sendall(head)
                then(self.request, leave)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{PATH}"
        finally:
            leave.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("then", [drip, flood])
@pytest.mark.parametrize("length", [b"Content-Length: 100000000\r\n\r\n", b"\r\n"])
def test_what_a_receiver_has_to_say_beside_its_status_is_not_read(
    length: bytes, then: Callable[[socket.socket, threading.Event], None]
) -> None:
    """A hundred megabytes, or an answer without end: the status is known, and that is all there is to know."""
    with rogue(HEAD % 200 + length, then) as url:
        Webhook(url, KEY)(EVENT)
    with rogue(HEAD % 500 + length, then) as url, pytest.raises(NotHeard, match="500"):
        Webhook(url, KEY)(EVENT)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 2", HEAD % 200 + b"X-Endless: "])
def test_a_receiver_that_never_comes_to_its_status_is_left(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte it would hold the thread for hours, though each byte comes in time."""
    monkeypatch.setattr("orchestrator.handlers.webhook.TIMEOUT", 0.5)
    with rogue(head, drip) as url, pytest.raises(NotHeard, match="no answer"):
        Webhook(url, KEY)(EVENT)


def test_a_receiver_that_is_away_is_not_heard_and_its_address_not_told() -> None:
    """A path may be the receiver's own secret, and errors are stored and logged."""
    hook = Webhook(f"http://127.0.0.1:9{PATH}", KEY)

    with pytest.raises(NotHeard) as caught:
        hook(EVENT)

    assert PATH not in f"{caught.value} {caught.value!r} {hook!r} {hook.name}"
    assert KEY not in repr(hook)


def test_two_receivers_of_one_host_are_told_apart() -> None:
    """Each has deliveries of its own."""
    one, other = Webhook("https://hooks.example.com/a", None), Webhook("https://hooks.example.com/b", None)

    assert one.name != other.name
    assert one.name == Webhook("https://hooks.example.com/a", "another key").name


def test_a_receiver_hears_only_the_events_that_it_asked_for() -> None:
    """The others count as delivered."""
    with receiver() as there:
        Webhook(there.url, None, frozenset({"BacktestFailed"}))(EVENT)

    assert there.heard == []
