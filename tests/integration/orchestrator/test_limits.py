"""The request budget of an account, shared by all of its processes through a real Redis."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import redis

from orchestrator.limits import (
    LONGEST_SLEEP,
    BudgetPause,
    HeldUp,
    SharedLimiter,
    counting_requests,
    leaving_within,
    urgently,
)
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT

PAUSE = f"qc:pause:{ACCOUNT}"


@pytest.fixture
def limiter(redis_url: str) -> Iterator[SharedLimiter]:
    """Five requests a minute."""
    limiter = SharedLimiter(redis_url, ACCOUNT, 5)
    yield limiter
    limiter.close()


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    """To look at the keys."""
    with redis.Redis.from_url(redis_url) as server:
        yield server


def pause_of(server: redis.Redis) -> float:
    """How many seconds are left of the pause."""
    return float(server.pttl(PAUSE)) / 1000


def wait_for_share(limiter: SharedLimiter) -> float:
    """Seconds until the next request may go: slept through when short, told as a pause when long."""
    try:
        wait = limiter.admit("x")
    except BudgetPause as told:
        return told.pause.total_seconds()
    assert wait <= LONGEST_SLEEP
    return wait


def test_so_many_requests_go_at_once_and_the_next_waits_without_a_worker(limiter: SharedLimiter) -> None:
    """A worker that slept for a minute could look after nothing else."""
    assert [limiter.admit("backtests/list") for _ in range(5)] == [0] * 5

    assert 0 < wait_for_share(limiter) <= 60


def test_the_budget_is_shared_by_all_processes(limiter: SharedLimiter, redis_url: str) -> None:
    """QuantConnect counts the account's requests, not a process's."""
    other = SharedLimiter(redis_url, ACCOUNT, 5)
    for _ in range(5):
        other.admit("x")

    assert wait_for_share(limiter) > 0
    other.close()


def test_each_account_has_its_own(limiter: SharedLimiter, redis_url: str) -> None:
    """Somebody else's sweep must not slow us down."""
    other = SharedLimiter(redis_url, "8@cloud.test", 5)
    for _ in range(5):
        other.admit("x")

    assert limiter.admit("x") == 0
    other.close()


def test_simultaneous_requests_do_not_exceed_the_budget(limiter: SharedLimiter) -> None:
    """Sixteen threads ask at the same moment."""

    def goes() -> bool:
        try:
            return limiter.admit("x") == 0
        except BudgetPause:
            return False

    assert at_once(16, goes).count(True) == 5


def test_slow_down_lets_no_request_of_any_process_go(limiter: SharedLimiter, redis_url: str) -> None:
    """One process is told, all obey."""
    other = SharedLimiter(redis_url, ACCOUNT, 5)
    other.slow_down("x", None)

    with pytest.raises(BudgetPause) as caught:
        limiter.admit("x")
    assert 29 < caught.value.pause.total_seconds() <= 30
    other.close()


def test_the_pause_doubles_from_half_a_minute_to_two(limiter: SharedLimiter, server: redis.Redis) -> None:
    """When requests are refused again right after a pause, it was too short."""
    lengths = []
    for _ in range(4):
        limiter.slow_down("x", None)
        lengths.append(round(pause_of(server)))
        server.delete(PAUSE)  # it is over

    assert lengths == [30, 60, 120, 120]


def test_requests_that_were_under_way_do_not_double_it(limiter: SharedLimiter, server: redis.Redis) -> None:
    """Sixteen refusals of one moment are one refusal."""
    for _ in range(16):
        limiter.slow_down("x", None)

    assert pause_of(server) <= 30


def test_a_silence_of_a_said_length_is_as_long_as_was_said(limiter: SharedLimiter, server: redis.Redis) -> None:
    """Retry-After is QuantConnect's own word; a longer one of a second answer counts, a shorter one does not."""
    limiter.slow_down("x", 2)
    assert 1 < pause_of(server) <= 2

    limiter.slow_down("x", 300)
    limiter.slow_down("x", 7)
    limiter.slow_down("x", None)
    assert 299 < pause_of(server) <= 300


def test_a_short_pause_is_slept_through(limiter: SharedLimiter, server: redis.Redis) -> None:
    """Going back to the broker for a second would cost more than the second."""
    server.set(PAUSE, "1", px=1500)

    assert 0 < limiter.admit("x") <= 1.5


def test_requests_are_counted_when_they_go_and_only_then(limiter: SharedLimiter) -> None:
    """What a step spent is written to the ledger."""
    with counting_requests() as outer:
        for _ in range(7):
            with suppress(BudgetPause):
                limiter.admit("x")

    assert outer == {"x": 5}


def test_every_key_expires(limiter: SharedLimiter, server: redis.Redis) -> None:
    """A Redis that never forgets fills up."""
    limiter.admit("x")
    limiter.slow_down("backtests/create", None)

    keys = list(server.scan_iter())
    assert len(keys) >= 3
    assert [key for key in keys if server.ttl(key) < 0] == []


def test_without_redis_requests_go(limiter: SharedLimiter) -> None:
    """The budget protects us from an answer that is handled anyway; a job must not stand still for a counter."""
    away = SharedLimiter("redis://127.0.0.1:9/0", ACCOUNT, 1)

    assert [away.admit("x") for _ in range(3)] == [0] * 3
    away.slow_down("x", 30)
    away.close()


def test_a_redis_that_hangs_holds_nobody_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-open connection answers nothing; the step goes on without its budget."""
    monkeypatch.setattr("orchestrator.redis_client.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = SharedLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", ACCOUNT, 1)

        assert hanging.admit("x") == 0
        hanging.close()


def test_a_request_that_was_held_up_for_longer_than_its_intent_covers_does_not_leave(limiter: SharedLimiter) -> None:
    """A worker frozen between intent and request wakes up when another may have asked again."""
    with leaving_within(timedelta(seconds=-1)), counting_requests() as spent, pytest.raises(HeldUp):
        limiter.admit("backtests/create")
    assert not spent

    with leaving_within(timedelta(seconds=60)):
        assert limiter.admit("backtests/create") == 0
    assert limiter.admit("backtests/create") == 0, "beyond the block nothing is held back"


# ── what is urgent ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reserving(redis_url: str) -> Iterator[SharedLimiter]:
    """Five requests a minute, two of them kept."""
    limiter = SharedLimiter(redis_url, ACCOUNT, 5, reserve=2)
    yield limiter
    limiter.close()


def admitted(limiter: SharedLimiter, most: int = 10) -> int:
    """How many requests may leave now."""
    count = 0
    with suppress(BudgetPause):
        while count < most and limiter.admit("backtests/list") == 0:
            count += 1
    return count


def test_a_part_of_the_budget_is_kept_for_what_is_urgent(reserving: SharedLimiter) -> None:
    """However much the others ask."""
    assert admitted(reserving) == 3
    with urgently():
        assert admitted(reserving) == 2


def test_what_is_urgent_may_use_the_others_part_too(reserving: SharedLimiter) -> None:
    """And never more than the budget altogether."""
    with urgently():
        assert admitted(reserving) == 5
    assert admitted(reserving) == 0


def test_what_is_urgent_waits_for_less_than_a_worker_may_sleep(reserving: SharedLimiter) -> None:
    """It is never sent away for a minute."""
    with urgently():
        admitted(reserving)
        assert 0 < reserving.admit("live/update/liquidate") <= LONGEST_SLEEP


def test_what_is_urgent_does_not_pause_because_others_were_told_to_slow_down(reserving: SharedLimiter) -> None:
    """Their pause may last two minutes."""
    reserving.slow_down("x", 60)
    with pytest.raises(BudgetPause):
        reserving.admit("backtests/create")
    with urgently():
        assert reserving.admit("live/update/liquidate") == 0


def test_the_reserve_never_takes_everything(redis_url: str) -> None:
    """With a tiny budget backtests still go on."""
    limiter = SharedLimiter(redis_url, ACCOUNT, 1, reserve=20)
    assert admitted(limiter) == 1
    limiter.close()


def test_after_a_slow_down_backtests_are_created_one_at_a_time(
    limiter: SharedLimiter, server: redis.Redis, redis_url: str
) -> None:
    """30 s apart, over all processes; what else is asked goes on as before."""
    limiter.slow_down("backtests/create", None)
    server.delete(PAUSE)
    another_process = SharedLimiter(redis_url, ACCOUNT, 100)

    assert limiter.admit("backtests/create") == 0
    for one in (limiter, another_process):
        with pytest.raises(BudgetPause) as told:
            one.admit("backtests/create")
        assert 25 < told.value.pause.total_seconds() <= 30
    assert another_process.admit("backtests/list") == 0
    another_process.close()


def test_otherwise_backtests_are_created_as_fast_as_the_budget_allows(
    limiter: SharedLimiter, server: redis.Redis
) -> None:
    """A sweep fills its nodes at once; that too many lists were asked for says nothing of creations."""
    limiter.slow_down("backtests/list", None)
    server.delete(PAUSE)

    assert [limiter.admit("backtests/create") for _ in range(4)] == [0, 0, 0, 0]
