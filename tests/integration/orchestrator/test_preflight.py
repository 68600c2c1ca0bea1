"""What a submission and a worker need is looked at first, and what is wrong is said in one line."""

import json
import socket
import traceback
from dataclasses import asdict

import pytest

from orchestrator.errors import RedisUnavailable
from orchestrator.ledger import Ledger
from orchestrator.preflight import look, require_redis
from orchestrator.presence import ALIVE, Presence, others, tell, withdraw
from orchestrator.redis_client import connect
from orchestrator.rules import judge
from orchestrator.settings import load_settings
from tests.support.workbench import ACCOUNT

PASSWORD = "redis-password-4711"


def refusal(url: str | None) -> str:
    """What somebody with this URL is told."""
    with pytest.raises(RedisUnavailable) as caught:
        require_redis(load_settings({}, redis_url=url), timeout=0.3)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_redis_that_answers_tells_about_itself(redis_url: str) -> None:
    """Everything that its INFO holds."""
    assert require_redis(load_settings({}, redis_url=redis_url))["maxmemory_policy"] == "noeviction"


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


def test_what_a_worker_would_look_at_is_gathered(redis_url: str, postgres_url: str) -> None:
    """One machine, so all clocks agree, and nothing is wrong with the servers of the tests."""
    ledger = Ledger(postgres_url)
    ledger.prepare()

    facts = look(load_settings({}, redis_url=redis_url), ledger)
    ledger.close()

    assert facts.redis_ahead is not None
    assert facts.ledger_ahead is not None
    assert max(abs(facts.redis_ahead), abs(facts.ledger_ahead)) < 1.5
    assert (facts.ledger_shared, facts.others) == (True, [])
    assert judge(facts) == []


def test_what_does_not_answer_is_left_out() -> None:
    """That Redis is away is told once, by whoever needs it."""
    ledger = Ledger("postgresql://nobody@127.0.0.1:9/nowhere")

    facts = look(load_settings({}, redis_url="redis://127.0.0.1:9/0"), ledger)

    ledger.close()
    assert (facts.redis, facts.ledger) == (None, None)


def test_workers_see_each_other_until_they_end_or_are_long_silent(redis_url: str) -> None:
    """By Redis's clock, so nobody's own matters."""
    one, two = (
        Presence(worker=name, machine="m", account=ACCOUNT, requests_per_minute=120, ledger="sqlite")
        for name in ("one", "two")
    )
    with connect(redis_url) as client:
        tell(client, "qc", one)
        tell(client, "qc", two)
        assert [other.worker for other in others(client, "qc", but="one")] == ["two"]
        assert others(client, "other-prefix") == []
        withdraw(client, "qc", "two")
        assert [other.worker for other in others(client, "qc")] == ["one"]

        silent = asdict(one) | {"at": client.time()[0] - ALIVE - 1}
        client.hset("qc:presence", "one", json.dumps(silent))
        client.hset("qc:presence", "of a later version", '{"what": "else"}')

        assert others(client, "qc") == []
        assert not client.hexists("qc:presence", "one")
        assert int(client.ttl("qc:presence")) > 0
