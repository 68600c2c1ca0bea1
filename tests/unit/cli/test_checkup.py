"""What the doctor finds: facts in, findings out."""

from pathlib import Path

import pytest

from cli import checkup
from cli.checkup import Finding, Level
from orchestrator.rules import Problem
from workers.embedded.status import Endpoints, ServiceStatus, Status


def of(level: Level) -> Finding:
    return Finding(level, "something", "as it is")


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ([], 0),
        ([Level.OK, Level.NOTE], 0),
        ([Level.OK, Level.WRONG], 2),
        ([Level.UNREACHABLE, Level.NOTE], 3),
        ([Level.UNREACHABLE, Level.WRONG], 2),
    ],
)
def test_the_exit_code_tells_what_to_mend_first(levels: list[Level], code: int) -> None:
    """A wrong setting is often why something is not reached."""
    assert checkup.exit_code([of(level) for level in levels]) == code


@pytest.mark.parametrize(
    ("free", "level"), [(10**10, Level.OK), (10**8, Level.NOTE), (10**7, Level.WRONG), (0, Level.WRONG)]
)
def test_a_disk_is_told_of_before_it_is_full(free: int, level: Level) -> None:
    """Afterwards nothing can be accepted any more."""
    assert checkup.disk("/data", free).level is level


def test_submitting_that_is_switched_off_is_a_finding() -> None:
    """Somebody wonders why nothing is accepted."""
    assert checkup.configuration("x.yaml", enabled=False).level is Level.WRONG
    assert checkup.configuration("x.yaml", enabled=True).level is Level.OK


def test_a_refused_login_is_the_configurations_fault() -> None:
    """And the advice does not invite to try until the account is locked."""
    (finding,) = checkup.login("https://qc/api/v2", because="no", clock_offset=0)
    assert finding.level is Level.WRONG
    assert finding.advice is not None
    assert "--login" in finding.advice


@pytest.mark.parametrize(("offset", "levels"), [(0.4, [Level.OK]), (-7300, [Level.OK, Level.NOTE])])
def test_a_clock_that_is_far_off_is_noted(offset: float, levels: list[Level]) -> None:
    """It works as long as the correction does."""
    found = checkup.login("https://qc/api/v2", because=None, clock_offset=offset)
    assert [finding.level for finding in found] == levels


def test_a_redis_that_answers_says_what_it_is() -> None:
    """Whether it is fit for a queue, the rules say."""
    assert checkup.redis_server({"redis_version": "7.2.4"}).text == "redis 7.2.4 answers"
    assert checkup.redis_server({"server_name": "valkey", "valkey_version": "9.1.2"}).text == "valkey 9.1.2 answers"


@pytest.mark.parametrize(("refuses", "level"), [(True, Level.WRONG), (False, Level.NOTE)])
def test_what_keeps_workers_from_starting_is_wrong_and_the_rest_a_note(refuses: bool, level: Level) -> None:
    """With what to do about it."""
    (finding,) = checkup.preflight([Problem("some_rule", "Redis", "it evicts.", "Tell it not to.", refuses)])
    assert (finding.level, finding.subject, finding.advice) == (level, "Redis", "Tell it not to.")


def test_without_ticks_the_waiting_jobs_are_counted() -> None:
    """Workers alone begin nothing."""
    assert checkup.beat(2.0, waiting=3).level is Level.OK
    assert checkup.beat(None, waiting=3).level is Level.UNREACHABLE
    assert "3 jobs wait" in checkup.beat(None, waiting=3).text


def service(name: str, state: str) -> ServiceStatus:
    return ServiceStatus(name, state, 4711, 3, Path(f"/home/logs/{name}.log"))


def test_a_service_that_crashed_too_often_is_named_with_its_log() -> None:
    """The log tells why."""
    status = Status("ready", None, Endpoints(), (service("redis", "running"), service("worker", "crashing")))
    running, worker = checkup.services(status)
    assert running.text == "redis run here"
    assert (worker.subject, worker.level) == ("worker", Level.UNREACHABLE)
    assert "/home/logs/worker.log" in str(worker.advice)


def test_services_that_failed_to_start_say_why() -> None:
    """The reason was printed once, and nobody remembers it."""
    (finding,) = checkup.services(Status("failed", "no Redis server was found", Endpoints(), ()))
    assert "no Redis server was found" in finding.text


def test_services_elsewhere_are_no_mistake() -> None:
    """In production they run on other machines."""
    (finding,) = checkup.services(Status("down", None, Endpoints(), ()))
    assert finding.level is Level.NOTE


def test_without_a_worker_the_waiting_jobs_are_counted() -> None:
    """That is what the user came for."""
    finding = checkup.workers([], waiting=3)
    assert finding.level is Level.UNREACHABLE
    assert "3 jobs wait" in finding.text
    assert checkup.workers(["worker@a"], waiting=3).level is Level.OK


def test_flower_is_looked_at_only_where_there_is_one() -> None:
    """It is no part of a worker machine."""
    assert checkup.flower(None, answers=False) == []
    assert checkup.flower("http://127.0.0.1:5555", answers=True)[0].level is Level.OK
    assert checkup.flower("http://127.0.0.1:5555", answers=False)[0].level is Level.UNREACHABLE


def test_a_schedule_that_could_not_be_run_is_noted_before_its_time_comes() -> None:
    """Somebody may be awake now, and not at 22:30."""
    fine, broken = checkup.timetable({"nightly": None, "weekly": "There is no folder '/gone'."})
    assert (fine.level, broken.level) == (Level.OK, Level.NOTE)
    assert "weekly" in broken.text
    assert "/gone" in broken.text
    assert checkup.timetable({}) == []
