"""What `qcjobs up` decides to start."""

import json
from pathlib import Path

import pytest

from cli.services import credentials_origin, embedded_options
from orchestrator.settings import load_settings
from quantconnect import MissingCredentials
from workers.embedded.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home."""
    monkeypatch.setenv("QCJOBS_HOME", str(tmp_path))
    # Set by `embedded_options` for the services; taken back after the test.
    monkeypatch.setenv("QCJOBS_CONFIG", str(Path("configs/development.yaml").absolute()))
    return Home(tmp_path)


def services() -> set[str]:
    return set(embedded_options(load_settings()).services)


def test_on_a_bare_machine_everything_is_started(home: Home) -> None:
    """Nothing installed but Python, and no account."""
    assert services() == {"redis", "emulator", "worker", "control", "beat", "flower"}


def test_a_configured_redis_is_not_started_a_second_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's Redis is used as it is, even when an embedded one has left its address behind."""
    monkeypatch.setenv("QCJOBS_REDIS_URL", "redis://redis.internal:6379/0")
    home.write_private("redis-url", "redis://:left-behind@127.0.0.1:1/0")
    assert "redis" not in services()


def test_the_embedded_redis_of_before_counts_as_none(home: Home) -> None:
    """After a crash its address is still there, and nothing listens."""
    home.write_private("redis-url", "redis://:left-behind@127.0.0.1:1/0")
    assert "redis" in services()


def test_with_credentials_there_is_no_emulator(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud is what they are for."""
    monkeypatch.setenv("QC_USER_ID", "7")
    monkeypatch.setenv("QC_API_TOKEN", "a-token-of-this-test")
    assert "emulator" not in services()


def test_half_a_login_is_an_error_and_no_reason_for_the_emulator(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented results for somebody who wanted real ones would be the worst answer."""
    monkeypatch.setenv("QC_USER_ID", "7")
    with pytest.raises(MissingCredentials, match="QC_API_TOKEN"):
        services()


def test_it_is_known_where_credentials_come_from(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment goes before the LEAN CLI; the doctor names which it was."""
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load_settings()
    assert credentials_origin(settings, {}) is None
    (tmp_path / ".lean").mkdir()
    (tmp_path / ".lean" / "credentials").write_text(json.dumps({"user-id": "7", "api-token": "t"}))
    assert credentials_origin(settings, {}) == f"the LEAN CLI ({tmp_path / '.lean' / 'credentials'})"
    assert credentials_origin(settings, {"QC_API_TOKEN_FILE": "/run/secrets/qc"}) == (
        "the environment (QC_USER_ID, QC_API_TOKEN)"
    )
