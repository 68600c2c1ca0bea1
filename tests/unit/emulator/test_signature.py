"""Only requests signed with the account's token, and recently, get in."""

import base64
import hashlib

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from emulator.signature import Gatekeeper
from tests.unit.emulator.account import HandClock

OPTIONS = EmulatorOptions(user_id=5, api_token="secret-token", login_attempts=3, lockout_seconds=60)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def gate(clock: HandClock) -> Gatekeeper:
    return Gatekeeper(OPTIONS, clock)


def signed(timestamp: int | str, *, user: str = "5", token: str = "secret-token") -> dict[str, str]:
    digest = hashlib.sha256(f"{token}:{timestamp}".encode()).hexdigest()
    credentials = base64.b64encode(f"{user}:{digest}".encode()).decode()
    return {"authorization": f"Basic {credentials}", "timestamp": str(timestamp)}


@pytest.mark.parametrize("age", [0, 7200, -7200])
def test_a_fresh_signature_is_admitted(gate: Gatekeeper, clock: HandClock, age: int) -> None:
    """A signature may be used again for two hours."""
    gate.admit(signed(clock.unix() - age))


@pytest.mark.parametrize("age", [7201, -7201])
def test_a_stale_signature_is_refused_with_the_servers_time(gate: Gatekeeper, clock: HandClock, age: int) -> None:
    """A client whose clock is off can correct it by this answer and sign again."""
    with pytest.raises(ApiFailure, match=rf"^Hash doesn't match\. Server Time: {clock.unix()}$"):
        gate.admit(signed(clock.unix() - age))


def test_another_token_is_refused(gate: Gatekeeper, clock: HandClock) -> None:
    """The check is a real one."""
    with pytest.raises(ApiFailure, match="Hash doesn't match"):
        gate.admit(signed(clock.unix(), token="other"))


def test_another_user_is_refused(gate: Gatekeeper, clock: HandClock) -> None:
    """The account has one user."""
    with pytest.raises(ApiFailure, match="UserID not valid"):
        gate.admit(signed(clock.unix(), user="6"))


@pytest.mark.parametrize("header", ["", "Bearer abc", "Basic !!!", "Basic " + base64.b64encode(b"\xff").decode()])
def test_unreadable_credentials_are_refused(gate: Gatekeeper, clock: HandClock, header: str) -> None:
    """Nothing that arrives in this header may crash the emulator."""
    with pytest.raises(ApiFailure, match="UserID not valid"):
        gate.admit({"authorization": header, "timestamp": str(clock.unix())})


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1" * 30, "١٢"])
def test_a_timestamp_that_is_none_is_refused(gate: Gatekeeper, timestamp: str) -> None:
    """The text differs from that of a wrong hash, because the remedy does."""
    with pytest.raises(ApiFailure, match="Invalid timestamp"):
        gate.admit(signed(timestamp))


def test_repeated_failures_lock_the_user_out_even_with_the_right_token(gate: Gatekeeper, clock: HandClock) -> None:
    """A client that loops over a login error must be found out in a test, not in the cloud."""
    for _ in range(OPTIONS.login_attempts):
        with pytest.raises(ApiFailure, match="Hash doesn't match"):
            gate.admit(signed(clock.unix(), token="other"))
    with pytest.raises(ApiFailure, match="too many failed attempts for this user or ip"):
        gate.admit(signed(clock.unix()))
    clock.seconds += OPTIONS.lockout_seconds
    gate.admit(signed(clock.unix()))


def test_a_success_forgives_earlier_failures(gate: Gatekeeper, clock: HandClock) -> None:
    """Only failures in a row count; a long-lived client with a rare mishap is not locked out."""
    for _ in range(OPTIONS.login_attempts * 2):
        with pytest.raises(ApiFailure, match="Hash doesn't match"):
            gate.admit(signed(clock.unix(), token="other"))
        gate.admit(signed(clock.unix()))


def test_no_refusal_and_no_repr_contains_the_token_or_a_hash(gate: Gatekeeper, clock: HandClock) -> None:
    """Refusals end up in logs."""
    with pytest.raises(ApiFailure) as refusal:
        gate.admit(signed(clock.unix() - 8000))
    digest = hashlib.sha256(f"secret-token:{clock.unix() - 8000}".encode()).hexdigest()
    for text in (str(refusal.value), repr(refusal.value), repr(OPTIONS)):
        assert "secret-token" not in text
        assert digest not in text
