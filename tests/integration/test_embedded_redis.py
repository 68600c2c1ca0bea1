"""The embedded Redis, really started."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.embedded.errors import ServiceFailed
from workers.embedded.home import Home
from workers.embedded.ports import is_free
from workers.embedded.redis_server import RedisServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(Home(tmp_path / "a home"))
    server.start()
    yield server
    server.stop()


def client(server: RedisServer) -> redis.Redis:
    return redis.Redis.from_url(server.url, decode_responses=True)


def test_it_never_forgets_to_save_memory_and_appends_every_write(server: RedisServer) -> None:
    """A broker that evicts loses tasks."""
    with client(server) as connection:
        answer = connection.config_get("maxmemory-policy", "appendonly", "appendfsync", "bind")
    assert answer == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "bind": "127.0.0.1",
    }


def test_it_asks_for_the_password(server: RedisServer) -> None:
    """Every program on the machine can reach loopback, a web page in the browser included."""
    once = Retry(NoBackoff(), 0)
    stranger = redis.Redis(host="127.0.0.1", port=server.port, retry=once)
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_what_was_written_survives_a_kill(server: RedisServer) -> None:
    """Tasks in the queue are still there after a crash."""
    with client(server) as connection:
        connection.set("k", "v")
    server.kill()
    server.start()
    with client(server) as connection:
        assert connection.get("k") == "v"


def test_the_next_start_keeps_address_and_password(server: RedisServer, tmp_path: Path) -> None:
    """Clients that wait for the broker find it where it was."""
    server.stop()
    assert RedisServer(Home(tmp_path / "a home")).url == server.url


def test_it_is_gone_after_stop(server: RedisServer) -> None:
    """`qcjobs down` leaves nothing behind."""
    server.stop()
    assert is_free(server.port)
    assert not server.answers()


def test_the_password_is_on_no_command_line(server: RedisServer, tmp_path: Path) -> None:
    """`ps` shows it to everyone."""
    password = Home(tmp_path / "a home").secret("redis-password")
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert any(str(server.port) in line for line in lines)  # the server shows its address in its title
    assert not [line for line in lines if password in line]


def test_a_server_that_cannot_start_says_why(server: RedisServer, tmp_path: Path) -> None:
    """Two servers on one port: the second must not pass for started because the first one answers."""
    second = RedisServer(Home(tmp_path / "second"))
    second.port = server.port
    second.service()
    with pytest.raises(ServiceFailed, match="Address already in use"):
        second.start()
