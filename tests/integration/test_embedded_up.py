"""`up`, `down` and what happens between them, with a real Redis as the service."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import redis

from tests.support.eventually import eventually
from workers.embedded import up
from workers.embedded.errors import AlreadyUp, EmbeddedError, SupervisorFailed
from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity
from workers.embedded.processes import Service
from workers.embedded.record import READY, Record, ServiceRecord
from workers.embedded.services import Options, plan

ONLY_REDIS = Options(services=("redis",))
BROKEN = Options(services=("redis", "emulator"), emulator_arguments=("--no-such-option",))
SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    yield home
    up.stop(home)


def answers(home: Home) -> bool:
    url = home.read_private("redis-url")
    assert url is not None
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


def test_up_returns_when_the_services_answer_and_down_when_they_are_gone(home: Home) -> None:
    """The two commands a new user types first."""
    endpoints, started = up.start_detached(home, ONLY_REDIS)
    assert (started, answers(home), up.status(home).is_up) == (True, True, True)
    assert endpoints.redis is not None
    pid = up.status(home).services[0].pid
    assert up.stop(home) == ["redis"]
    assert (home.read_private("redis-url"), up.status(home).state, up.status(home).services) == (None, "down", ())
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_a_second_up_finds_the_services_of_the_first(home: Home) -> None:
    """Typing it twice is no mistake."""
    first, _ = up.start_detached(home, ONLY_REDIS)
    assert up.start_detached(home, ONLY_REDIS) == (first, False)


def test_two_ups_at_once_start_one_set_of_services(home: Home) -> None:
    """Two terminals, or a terminal and a login script."""
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: up.start_detached(home, ONLY_REDIS), range(4)))
    assert sorted(started for _, started in results) == [False, False, False, True]
    assert len({endpoints for endpoints, _ in results}) == 1


def test_down_twice_is_no_error(home: Home) -> None:
    """Nor is it on a machine where nothing ever ran."""
    assert up.stop(home) == []


def test_when_a_service_fails_the_reason_is_told_and_nothing_runs(home: Home) -> None:
    """Half a system is worse than none."""
    with pytest.raises(SupervisorFailed, match="emulator ended with status"):
        up.start_detached(home, BROKEN)
    now = up.status(home)
    assert (now.state, now.services) == ("failed", ())
    assert now.error is not None
    assert "emulator ended" in now.error
    assert home.read_private("redis-url") is None


def test_after_a_failure_up_works_again(home: Home) -> None:
    """Nothing has to be cleaned by hand."""
    with pytest.raises(EmbeddedError):
        up.start_detached(home, BROKEN)
    _, started = up.start_detached(home, ONLY_REDIS)
    assert (started, answers(home)) == (True, True)


def test_services_under_a_program_end_with_its_block(home: Home) -> None:
    """`qcjobs demo` stops what it has started."""
    with up.start(home, ONLY_REDIS) as running:
        assert running.endpoints.redis is not None
        assert answers(home)
        pid = up.status(home).services[0].pid
    assert up.status(home).state == "down"
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_a_program_does_not_start_what_is_up_already(home: Home) -> None:
    """Two brokers on the same files would destroy them."""
    up.start_detached(home, ONLY_REDIS)
    with pytest.raises(AlreadyUp):
        up.start(home, ONLY_REDIS)


def test_a_failing_start_under_a_program_raises_there(home: Home) -> None:
    """The error arises in a thread; the caller is the one to hear it."""
    with pytest.raises(EmbeddedError, match="emulator ended with status"):
        up.start(home, BROKEN)
    assert up.status(home).state == "failed"


def test_a_port_that_somebody_takes_before_its_service_does_is_given_up(home: Home) -> None:
    """Two who start at the same moment both find Flower's port free, and it is seconds until one of them has it."""
    taken: list[socket.socket] = []

    def too_late(home: Home, options: Options) -> list[Service]:
        planned = plan(home, options)
        if not taken:
            port = int(planned[0].address["address"].rpartition(":")[2])
            taken.append(socket.create_server(("127.0.0.1", port)))
        return planned

    with up.start(home, ONLY_REDIS, too_late) as running:
        assert answers(home)
        assert running.endpoints.redis != f"127.0.0.1:{taken[0].getsockname()[1]}"
    taken[0].close()


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """No traceback for the user."""
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file.home: Not a directory"):
        up.start(Home(tmp_path / "file" / "home"), ONLY_REDIS)


def test_a_terminated_foreground_supervisor_stops_its_services(home: Home) -> None:
    """Ctrl+C, a closed terminal and a service manager all end it this way."""
    supervisor = foreground(home)
    with supervisor:
        pid = up.status(home).services[0].pid
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(20) == 0
    assert pid is not None
    assert not ProcessIdentity(pid, 0.0).is_alive()
    assert up.status(home).services == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to the life of another")
def test_services_do_not_outlive_a_killed_supervisor(home: Home) -> None:
    """Orphans would hold ports and go on with jobs while nobody looks after them."""
    supervisor = foreground(home)
    with supervisor:
        process = Record.read(home).services["redis"].process
        supervisor.kill()
    assert process is not None
    eventually(lambda: not process.is_alive(), what="the end of Redis")
    assert up.status(home).state == "down"
    _, started = up.start_detached(home, ONLY_REDIS)
    assert started


def test_down_ends_what_a_killed_supervisor_has_left(home: Home) -> None:
    """Where the operating system does not do it for us."""
    with subprocess.Popen(SLEEPER, start_new_session=True) as orphan:
        left_behind(home, ProcessIdentity.of(orphan.pid))
        assert up.stop(home) == ["worker"]
        assert orphan.wait(5) == -signal.SIGTERM


def test_down_leaves_a_stranger_alone_who_got_the_number(home: Home) -> None:
    """After a reboot, the pid in an old services.json is somebody else's."""
    with subprocess.Popen(SLEEPER, start_new_session=True) as stranger:
        left_behind(home, ProcessIdentity(stranger.pid, ProcessIdentity.of(stranger.pid).created - 3600))
        assert up.stop(home) == []
        assert stranger.poll() is None
        stranger.kill()


def test_services_json_carries_no_secret(home: Home) -> None:
    """It is what people paste into a question."""
    up.start_detached(home, ONLY_REDIS)
    text = home.read_private("services.json")
    assert text is not None
    assert home.secret("redis-password") not in text
    assert json.loads(text)["redis"]["url_file"] == str(home.run / "redis-url")


def foreground(home: Home) -> "subprocess.Popen[bytes]":
    """A supervisor that is a child of this test, and ready."""
    command = (sys.executable, "-m", "workers.embedded", "--home", str(home.path), "--options", ONLY_REDIS.to_json())
    supervisor = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
    eventually(lambda: up.status(home).is_up, within=20, what="the services to be ready")
    return supervisor


def left_behind(home: Home, process: ProcessIdentity) -> None:
    """What services.json says after a supervisor was killed."""
    Record(READY, None, ProcessIdentity(2**22 + 1, 1.0), {"worker": ServiceRecord(process, "running")}).write(home)
