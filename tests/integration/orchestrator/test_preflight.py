"""What a submission and a worker need is looked at first, and what is wrong is said in one line."""

import socket
import traceback

import pytest

from orchestrator.errors import RedisUnavailable
from orchestrator.preflight import redis_findings, require_redis
from orchestrator.settings import load_settings

PASSWORD = "redis-password-4711"
GOOD = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction", "maxmemory": 0, "aof_enabled": 1}


def refusal(url: str | None) -> str:
    """What somebody with this URL is told."""
    with pytest.raises(RedisUnavailable) as caught:
        require_redis(load_settings({}, redis_url=url), timeout=0.3)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_redis_that_answers_tells_about_itself(redis_url: str) -> None:
    """The embedded one has nothing wrong with it."""
    assert redis_findings(require_redis(load_settings({}, redis_url=redis_url))) == []


def test_without_a_redis_the_way_to_one_is_told() -> None:
    """The first thing that a new user meets."""
    assert "qcjobs up" in refusal(None)


def test_a_redis_that_is_away_is_told() -> None:
    """Port 9 of this machine answers nobody."""
    assert "does not answer" in refusal(f"redis://:{PASSWORD}@127.0.0.1:9/0")


def test_a_redis_that_hangs_is_told() -> None:
    """It takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "does not answer" in refusal(f"redis://:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/0")


def test_a_wrong_password_is_told(redis_url: str) -> None:
    """Checking the network would be in vain."""
    port = redis_url.rsplit(":", 1)[1]

    assert "refuses the password" in refusal(f"redis://:{PASSWORD}@127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["nonsense", f"redis://:{PASSWORD}@host:port/0", f"redis://:{PASSWORD}/x@host/0"])
def test_what_is_no_redis_url_is_told_without_repeating_it(url: str) -> None:
    """It holds a password."""
    assert "is no Redis URL" in refusal(url)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"redis_version": "6.0.16"}, "needs 6.2"),
        ({"maxmemory_policy": "allkeys-lru", "maxmemory": 10**8}, "noeviction"),
        ({"aof_enabled": 0}, "appendonly"),
    ],
)
def test_a_redis_that_may_lose_messages_is_found(changes: dict[str, object], finding: str) -> None:
    """Jobs survive, but start late."""
    (found,) = redis_findings({**GOOD, **changes})
    assert finding in found
