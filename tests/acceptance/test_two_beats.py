"""Two beats, killed, frozen and robbed of their Redis: real processes, over a real Redis.

The witness is the lanes themselves. No worker runs, so every tick that was sent lies there as one message with an id.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from schedules import BEAT_SCHEDULE
from tasks import lanes
from tests.support.eventually import eventually
from tests.support.house import House, house
from workers.beat import LOCK_SECONDS

KEY_PREFIX = "qc:beat"
LEADS = 'beat leads"'
TAKES_OVER_WITHIN = 30.0
GOES_ON_WITHIN = 15.0
TASKS = {entry["task"]: entry["schedule"] for entry in BEAT_SCHEDULE.values() if entry["schedule"] < 10}
"""Those that come often enough to be waited for."""


@pytest.fixture
def running_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house(tmp_path, monkeypatch.setenv) as running:
        yield running


class Witness:
    """Reads the ticks that lie in Redis."""

    def __init__(self, url: str) -> None:
        self._server = redis.Redis.from_url(url, decode_responses=True)

    def ticks(self) -> Counter[str]:
        """How many of each task were sent."""
        waiting = [text for lane in lanes.ALL for text in self._server.lrange(f"qc:{lane}", 0, -1)]
        messages = [json.loads(str(text))["headers"] for text in waiting]
        assert len({message["id"] for message in messages}) == len(messages)
        return Counter(message["task"] for message in messages)

    def now(self) -> float:
        """Redis's own clock, in seconds."""
        seconds, microseconds = self._server.time()
        return float(seconds) + float(microseconds) / 1e6

    def keys(self) -> set[str]:
        return {str(key) for key in self._server.scan_iter(f"{KEY_PREFIX}:*")}

    def empty(self) -> None:
        self._server.flushall()


def leads(running: House, name: str) -> Callable[[], bool]:
    return lambda: LEADS in (running.folder / f"{name}.log").read_text()


def two_beats(running: House) -> Witness:
    """The first leads, the second stands by."""
    running.start_beat("first")
    eventually(leads(running, "first"), within=60, what="the first beat to lead")
    running.start_beat("second")
    eventually(lambda: "stands by" in (running.folder / "second.log").read_text(), within=60, what="the second")
    return Witness(running.redis.url)


def every_task_twice_more(witness: Witness, before: Counter[str]) -> Callable[[], bool]:
    return lambda: all(witness.ticks()[task] >= before[task] + 2 for task in TASKS)


def test_two_beats_never_send_a_tick_twice(running_house: House) -> None:
    """With two schedules of their own there would be twice as many."""
    witness = two_beats(running_house)
    before, began = witness.ticks(), witness.now()

    eventually(lambda: witness.ticks()["jobs.dispatch"] >= before["jobs.dispatch"] + 10, within=120, what="ten ticks")

    took, sent = witness.now() - began, witness.ticks()
    for task, seconds in TASKS.items():
        assert sent[task] - before[task] <= took / seconds + 2, task
    assert not leads(running_house, "second")()


def test_the_second_takes_over_when_the_first_is_killed(running_house: House) -> None:
    """No goodbye: the lock has to expire."""
    witness = two_beats(running_house)
    running_house.kill("first")
    before = witness.ticks()

    eventually(every_task_twice_more(witness, before), within=TAKES_OVER_WITHIN, what="ticks of the second beat")
    assert leads(running_house, "second")()


def test_a_beat_that_was_frozen_does_not_lead_when_it_wakes_up(running_house: House) -> None:
    """A virtual machine that was paused comes back with its belief of yesterday."""
    witness = two_beats(running_house)
    running_house.processes["first"].send_signal(signal.SIGSTOP)
    eventually(leads(running_house, "second"), within=TAKES_OVER_WITHIN, what="the second beat to lead")
    running_house.processes["first"].send_signal(signal.SIGCONT)
    eventually(lambda: "leads no more" in (running_house.folder / "first.log").read_text(), within=30, what="the first")
    before, began = witness.ticks(), witness.now()

    eventually(lambda: witness.ticks()["jobs.dispatch"] >= before["jobs.dispatch"] + 5, within=60, what="five ticks")

    assert witness.ticks()["jobs.dispatch"] - before["jobs.dispatch"] <= (witness.now() - began) + 2


def test_redis_emptied_under_two_beats_brings_every_tick_back(running_house: House) -> None:
    """The reconciler is ticked by beat: without its ticks nothing else would be repaired."""
    witness = two_beats(running_house)
    witness.empty()

    eventually(every_task_twice_more(witness, Counter()), within=GOES_ON_WITHIN, what="every tick")

    assert all(process.poll() is None for process in running_house.processes.values())


def test_redis_killed_and_restarted_empty_brings_every_tick_back(running_house: House) -> None:
    """The same, with a while in which nobody answers."""
    witness = two_beats(running_house)
    server = running_house.redis
    server.kill()
    shutil.rmtree(server.data)
    server.data.mkdir()
    for name in ("first", "second"):
        log = running_house.folder / f"{name}.log"
        eventually(lambda log=log: "cannot reach Redis" in log.read_text(), within=60, what=f"{name} to notice")  # type: ignore[misc] # mypy infers no lambda defaults
    server.start()

    eventually(every_task_twice_more(witness, Counter()), within=GOES_ON_WITHIN, what="every tick")

    assert all(process.poll() is None for process in running_house.processes.values())


def test_a_beat_started_while_redis_is_away_waits_for_it(running_house: House) -> None:
    """The order in which machines come up after a power cut is nobody's choice."""
    server = running_house.redis
    server.kill()
    running_house.start_beat()
    log = running_house.folder / "beat.log"
    eventually(lambda: "cannot reach Redis" in log.read_text(), within=60, what="beat to notice")
    server.start()

    eventually(every_task_twice_more(Witness(server.url), Counter()), within=30, what="every tick")


def test_ticks_that_left_the_configuration_do_not_live_on_in_redis(running_house: House) -> None:
    """A tick that nobody can find in a file would be sent for ever."""
    with redis.Redis.from_url(running_house.redis.url) as server:
        server.zadd(f"{KEY_PREFIX}:schedule", {f"{KEY_PREFIX}:entry:former": 1})
        server.hset(f"{KEY_PREFIX}:entry:former", mapping={"definition": "{}", "meta": "{}"})
        running_house.start_beat()
        witness = Witness(running_house.redis.url)
        eventually(every_task_twice_more(witness, Counter()), within=60, what="every tick")

        entries = {f"{KEY_PREFIX}:entry:{name}" for name in BEAT_SCHEDULE}
        assert witness.keys() == {f"{KEY_PREFIX}:schedule", f"{KEY_PREFIX}:lock"} | entries
        assert 0 < server.ttl(f"{KEY_PREFIX}:lock") <= LOCK_SECONDS


def test_a_beat_that_is_asked_to_end_gives_the_lock_back(running_house: House) -> None:
    """A restart for an update costs a second, not ten."""
    two_beats(running_house)
    with redis.Redis.from_url(running_house.redis.url) as server:
        held = server.get(f"{KEY_PREFIX}:lock")
        running_house.processes["first"].terminate()
        running_house.processes.pop("first").wait(timeout=30)

        assert server.get(f"{KEY_PREFIX}:lock") != held
        eventually(leads(running_house, "second"), within=TAKES_OVER_WITHIN, what="the second beat to lead")
