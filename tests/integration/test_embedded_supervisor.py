"""The supervisor with small programs in place of the real services."""

import errno
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.eventually import eventually
from workers.embedded import supervisor
from workers.embedded.errors import ServiceFailed
from workers.embedded.home import Home
from workers.embedded.identity import ProcessIdentity
from workers.embedded.processes import Service
from workers.embedded.record import ServiceRecord
from workers.embedded.supervisor import RestartBudget, Supervisor

# Says that it is ready by a file named after it, and notes its start and end in a diary.
POLITE = """
import os, pathlib, signal, sys
name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
def note(word):
    with (folder / "diary").open("a") as diary:
        diary.write(f"{name} {word}\\n")
signal.signal(signal.SIGTERM, lambda *_: (note("ended"), os._exit(0)))
note("started")
(folder / name).touch()
while True:
    signal.pause()
"""
DEAF = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(pathlib.Path(sys.argv[2]) / sys.argv[1]).touch()
while True:
    signal.pause()
"""

quick = partial(RestartBudget, limit=2, first_pause=0.01, longest_pause=0.05)


class World:
    """A supervisor in a thread, and what it reports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home")
        self.seen: dict[str, ServiceRecord] = {}

    def service(self, name: str, program: str = POLITE, *, stage: int = 0, within: float = 20.0) -> Service:
        flag = self.folder / name
        argv = (sys.executable, "-c", program, name, str(self.folder))
        return Service(
            name, argv, ready=flag.exists, stage=stage, ready_within=within, grace=0.5, stale=(flag,),
            private_files={f"{name}-secret": "s"},
        )  # fmt: skip

    def diary(self) -> list[str]:
        path = self.folder / "diary"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, *services: Service, stop: Event, on_ready: Callable[[], None] = lambda: None) -> None:
        Supervisor(self.home, services, report=self.seen.update, budget=quick).run(stop, on_ready)

    @contextmanager
    def running(self, *services: Service) -> Iterator[None]:
        stop, ready = Event(), Event()
        thread = Thread(target=partial(self.run, *services, stop=stop, on_ready=ready.set))
        thread.start()
        try:
            assert ready.wait(20)
            yield
        finally:
            stop.set()
            thread.join(20)
        assert not thread.is_alive()

    def process(self, name: str) -> ProcessIdentity:
        process = self.seen[name].process
        assert process is not None
        return process


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_services_start_stage_by_stage_and_end_the_other_way_round(world: World) -> None:
    """A worker needs its broker at both ends of its life."""
    with world.running(world.service("worker", stage=1), world.service("redis")):
        assert world.diary() == ["redis started", "worker started"]
    assert world.diary()[2:] == ["worker ended", "redis ended"]


def test_addresses_with_passwords_are_there_only_while_the_service_runs(world: World) -> None:
    """A stale address sends every command to a broker that is gone, or to somebody else."""
    with world.running(world.service("redis")):
        assert world.home.read_private("redis-secret") == "s"
    assert world.home.read_private("redis-secret") is None


def test_a_service_that_fails_is_quoted_and_the_others_are_stopped(world: World) -> None:
    """The user reads one line and knows; nothing half-started stays behind."""
    broken = world.service("worker", "raise SystemExit('no such setting: colour')", stage=1)
    with pytest.raises(ServiceFailed, match=r"worker ended with status 1; it said last: no such setting: colour \(/"):
        world.run(world.service("redis"), broken, stop=Event())
    assert world.diary() == ["redis started", "redis ended"]


def test_a_service_that_never_gets_ready_is_not_waited_for_without_end(world: World) -> None:
    """`qcjobs up` must come back."""
    lazy = world.service("worker", "import time; print('thinking', flush=True); time.sleep(60)", within=1.0)
    with pytest.raises(ServiceFailed, match="worker was not ready after 1 s; it said last: thinking"):
        world.run(lazy, stop=Event())
    assert not world.process("worker").is_alive()


def test_a_crashed_service_comes_back(world: World) -> None:
    """The worker may be killed for its memory at any time; jobs must go on."""
    with world.running(world.service("worker")):
        first = world.process("worker")
        first.kill()
        eventually(lambda: world.seen["worker"].restarts == 1, what="the restart")
        second = world.process("worker")
        assert second != first
        assert second.is_alive()


def test_a_service_that_crashes_again_and_again_is_told_of_and_comes_back_when_the_cause_is_gone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk breaks every worker; once it has room again, nobody should have to start them by hand."""
    program = POLITE.replace("while True:", "if folder.joinpath('doomed').exists(): sys.exit('bad luck')\nwhile True:")
    with caplog.at_level(logging.WARNING), world.running(world.service("worker", program), world.service("redis")):
        (world.folder / "doomed").touch()
        world.process("worker").kill()
        eventually(lambda: world.seen["worker"].state == "crashing", what="the fourth crash")
        assert world.process("redis").is_alive()
        (world.folder / "doomed").unlink()
        before = world.seen["worker"].restarts
        eventually(lambda: world.seen["worker"].restarts > before, what="a start that nothing is in the way of")
        assert world.process("worker").is_alive()
    assert "worker ended with status 1; it said last: bad luck" in caplog.text
    assert "It crashes again and again" in caplog.text


def test_what_could_not_be_recorded_is_recorded_once_there_is_room(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the doctor would say for ever that the worker is gone."""
    full = Event()
    stop, ready = Event(), Event()

    def report(now: dict[str, ServiceRecord]) -> None:
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        world.seen.update(now)

    supervisor = Supervisor(world.home, [world.service("worker")], report=report, budget=quick)
    thread = Thread(target=supervisor.run, args=(stop, ready.set))
    thread.start()
    try:
        assert ready.wait(20)
        full.set()
        world.process("worker").kill()
        eventually(lambda: world.diary() == ["worker started"] * 2, what="the restart")
        assert world.seen["worker"].restarts == 0
        full.clear()
        eventually(lambda: world.seen["worker"].restarts == 1, what="the record")
        assert world.process("worker").is_alive()
    finally:
        stop.set()
        thread.join(20)
    assert caplog.text.count("services.json cannot be written") == 1


def test_a_service_that_does_not_listen_is_ended_after_its_grace(world: World) -> None:
    """`qcjobs down` means down."""
    with world.running(world.service("deaf", DEAF)):
        deaf = world.process("deaf")
    assert not deaf.is_alive()


def test_a_stop_while_services_start_ends_them(world: World) -> None:
    """Ctrl+C during `qcjobs up --foreground`."""
    stop = Event()
    thread = Thread(target=partial(world.run, world.service("worker", "import time; time.sleep(60)"), stop=stop))
    thread.start()
    eventually(lambda: "worker" in world.seen, what="the start")
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert not world.process("worker").is_alive()


def test_a_service_stands_in_the_home_and_leads_a_session_of_its_own(world: World) -> None:
    """No module of the user's folder can shadow ours, and Ctrl+C in the terminal does not reach it directly."""
    program = POLITE.replace('note("started")', "note(f'{os.getcwd()} {os.getsid(0) == os.getpid()}')")  # fmt: skip
    with world.running(world.service("worker", program)):
        assert world.diary() == [f"worker {world.home.path.resolve()} True"]


def test_the_log_of_a_service_that_never_ends_does_not_grow_without_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`qcjobs up` may run for months. The service writes on, and the next of its lines stands in the emptied log."""
    monkeypatch.setattr(supervisor, "_TRIM_EVERY", 0.1)
    large = 11 * 1024 * 1024
    program = f"""
import pathlib, sys, time
print("x" * {large}, flush=True)
(pathlib.Path(sys.argv[2]) / sys.argv[1]).touch()
while True:
    print("still here", flush=True)
    time.sleep(0.05)
"""
    with world.running(world.service("worker", program)):
        log, aside = world.home.log("worker"), world.home.logs / "worker.log.1"
        eventually(lambda: log.read_bytes()[:10] == b"still here", what="lines in the emptied log")
        assert aside.stat().st_size > large
        assert world.seen["worker"].restarts == 0
        assert log.stat().st_size < large
    assert not (world.home.logs / "supervisor.log").exists()
