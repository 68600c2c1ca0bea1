"""Wrong credentials get one try, because repeated bad logins lock the account; the jobs wait for right ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Desk, ServedEmulator

WRONG = "0bad-the-token-that-was-revoked"


@pytest.fixture
def emulator() -> Iterator[ServedEmulator]:
    """One that counts logins."""
    with ServedEmulator("--speed", "10") as emulator:
        yield emulator


@pytest.fixture
def desk(tmp_path: Path, emulator: ServedEmulator) -> Iterator[Desk]:
    """Somebody whose token is not valid any more."""
    desk = Desk(tmp_path, **emulator.environment | {"QC_API_TOKEN": WRONG})
    yield desk
    desk.json("down")


def test_wrong_credentials_are_tried_once_and_the_job_waits_for_right_ones(
    desk: Desk, emulator: ServedEmulator
) -> None:
    """The whole story: two jobs, a doctor, a correction."""

    def bad_logins() -> int:
        return sum(not entry["success"] for entry in emulator.journal())

    desk.json("up")
    first = desk.json("submit", str(desk.strategy()))["job_id"]
    second = desk.run("submit", str(desk.strategy()), "--wait")
    assert second.returncode == 3
    assert "refused" in second.stderr or "did not accept the credentials" in second.stderr
    waiting = desk.run("wait", first)
    assert waiting.returncode == 3
    assert f"Job {first} is kept, and goes on once the credentials are right" in waiting.stderr
    doctor = desk.run("doctor")
    assert doctor.returncode == 2
    assert "it refused these credentials before" in doctor.stdout
    assert bad_logins() == 1
    assert desk.run("submit", str(desk.strategy())).returncode == 3
    assert desk.run("doctor", "--login").returncode == 2
    assert bad_logins() == 2  # and only because it was asked for
    for page in (second, waiting, doctor):
        assert WRONG not in page.stdout + page.stderr

    desk.json("down")
    desk.environment |= emulator.environment
    desk.json("up")
    assert desk.json("wait", first)[0]["state"] == "completed"
    assert bad_logins() == 2
