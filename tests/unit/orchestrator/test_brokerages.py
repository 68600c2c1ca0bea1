"""Which account a deployment trades with: named, and its keys found where the settings say."""

import os
from pathlib import Path
from typing import Any

import pytest

from orchestrator.brokerages import Deploy, environment_of, known_secrets, resolve
from orchestrator.errors import BadSettings
from orchestrator.settings import Settings, load_settings
from orchestrator.vault import KEY_VARIABLE, Vault, new_key
from quantconnect import InvalidSettings

SECRET = "s3cr3t-of-the-brokerage"


def settings(tmp_path: Path, **brokerages: Any) -> Settings:
    """With these brokerages."""
    return Settings.model_validate({"home": tmp_path, "brokerages": brokerages})


def alpaca(place: dict[str, str], **plain: Any) -> dict[str, Any]:
    """An account at Alpaca whose token is found there."""
    return {"brokerage": "Alpaca", "settings": plain, "secrets": {"access-token": place}}


@pytest.fixture(params=["env", "file", "vault"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Where the secret is."""
    if request.param == "env":
        monkeypatch.setenv("MY_TOKEN", SECRET)
        return {"env": "MY_TOKEN"}
    if request.param == "file":
        (tmp_path / "token").write_text(f"{SECRET}\n")
        return {"file": str(tmp_path / "token")}
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    Vault(tmp_path / "vault").put("alpaca-token", SECRET)
    return {"vault": "alpaca-token"}


def test_a_name_becomes_settings_with_their_keys(tmp_path: Path, place: dict[str, str]) -> None:
    """From the environment, a secret file or the vault."""
    resolved = resolve(settings(tmp_path, mine=alpaca(place, environment="live")), Deploy(brokerage="mine"))
    wire = resolved.brokerage.model_dump(by_alias=True, exclude_none=True)
    assert wire == {"id": "AlpacaBrokerage", "alpaca-access-token": SECRET, "alpaca-environment": "live"}
    assert SECRET not in repr(resolved)


def test_the_process_knows_its_keys_so_that_no_log_shows_them(tmp_path: Path, place: dict[str, str]) -> None:
    """Whatever library would print one."""
    assert SECRET in list(known_secrets(settings(tmp_path, mine=alpaca(place))))


def test_paper_is_always_there(tmp_path: Path) -> None:
    """Without a line of configuration."""
    deploy = Deploy(cash=((1000.0, "USD"),), data_providers=("QuantConnect",))
    resolved = resolve(settings(tmp_path), deploy)
    assert resolved.brokerage.id == "QuantConnectBrokerage"
    assert environment_of(settings(tmp_path), "paper") == "paper"


@pytest.mark.parametrize(
    ("entry", "environment"),
    [
        ({"brokerage": "Alpaca", "settings": {"environment": "paper"}}, "paper"),
        ({"brokerage": "Alpaca", "settings": {"environment": "live"}}, "live"),
        ({"brokerage": "InteractiveBrokers", "settings": {"account": "DU123"}}, "paper"),
        ({"brokerage": "InteractiveBrokers", "settings": {"account": "U123"}}, "live"),
        ({"brokerage": "Kraken"}, "live"),
        ({"brokerage": "Somebody'sBrokerage"}, "live"),
    ],
)
def test_whose_money_it_is_can_be_told_without_the_keys(
    tmp_path: Path, entry: dict[str, Any], environment: str
) -> None:
    """And what cannot be told counts as real."""
    assert environment_of(settings(tmp_path, mine=entry), "mine") == environment


def test_a_missing_key_is_named_with_its_place(tmp_path: Path) -> None:
    """Before anything is sent."""
    with pytest.raises(
        InvalidSettings, match=r"brokerages\.mine\.secrets\.access-token: .* MY_TOKEN is not set"
    ) as told:
        resolve(settings(tmp_path, mine=alpaca({"env": "MY_TOKEN"})), Deploy(brokerage="mine"))
    assert told.value.missing == ("access-token",)


@pytest.mark.parametrize("key", ["access-token", "alpaca-access-token", "token", "alpaca_api_secret", "password"])
def test_a_secret_in_the_configuration_is_refused(tmp_path: Path, key: str) -> None:
    """Configuration files end up in repositories. The value is not repeated."""
    mine = {"brokerage": "Alpaca", "settings": {key: SECRET}}
    with pytest.raises(InvalidSettings, match="must not stand in the configuration") as told:
        resolve(settings(tmp_path, mine=mine), Deploy(brokerage="mine"))
    assert SECRET not in str(told.value)


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """A typing error costs a second."""
    with pytest.raises(InvalidSettings, match="Known: paper, mine"):
        resolve(settings(tmp_path, mine={"brokerage": "Kraken"}), Deploy(brokerage="mime"))


def test_notifications_are_named_and_their_secrets_found(tmp_path: Path, place: dict[str, str]) -> None:
    """A Telegram bot has a token, too."""
    told = {"targets": [{"type": "telegram", "id": "42", "token": place}]}
    with_it = Settings.model_validate({"home": tmp_path, "notifications": {"ops": told}})
    notification = resolve(with_it, Deploy(notification="ops")).notification
    assert notification is not None
    assert notification.targets == [{"type": "telegram", "id": "42", "token": SECRET}]
    assert notification.events == ["orderEvent"]


def test_a_place_is_exactly_one(tmp_path: Path) -> None:
    """Two would leave open which counts."""
    config = tmp_path / "config.yaml"
    config.write_text("brokerages: {mine: {brokerage: Alpaca, secrets: {token: {env: A, file: b}}}}")
    with pytest.raises(BadSettings, match="exactly one of env, file, vault"):
        load_settings({"QCJOBS_CONFIG": str(config)})


# ── the vault ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """An empty one, with its key at hand."""
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    return Vault(tmp_path / "vault")


def test_what_is_kept_can_be_read_replaced_and_forgotten(vault: Vault) -> None:
    """By name."""
    for name, secret in (("a", "1"), ("b", "2"), ("a", "3")):
        vault.put(name, secret)
    assert (vault.names(), vault.get("a")) == (["a", "b"], "3")
    assert vault.remove("a")
    assert not vault.remove("a")
    assert vault.names() == ["b"]


def test_its_file_shows_nothing_and_is_its_owners_alone(vault: Vault) -> None:
    """Not even the names."""
    vault.put("alpaca-token", SECRET)
    sealed = vault.path.read_bytes()
    assert SECRET.encode() not in sealed
    assert b"alpaca" not in sealed
    assert vault.path.stat().st_mode & 0o077 == 0


def test_the_key_may_come_from_a_file(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every secret."""
    vault.put("a", "1")
    (tmp_path / "key").write_text(os.environ[KEY_VARIABLE] + "\n")
    monkeypatch.delenv(KEY_VARIABLE)
    monkeypatch.setenv(f"{KEY_VARIABLE}_FILE", str(tmp_path / "key"))
    assert vault.get("a") == "1"


@pytest.mark.parametrize("key", ["", "not a key", "A" * 43 + "="], ids=["none", "no key", "another"])
def test_without_the_right_key_it_stays_shut(vault: Vault, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """In one line, which repeats no key."""
    vault.put("a", "1")
    monkeypatch.setenv(KEY_VARIABLE, key)
    with pytest.raises(BadSettings) as told:
        vault.get("a")
    assert KEY_VARIABLE in str(told.value)
    assert not key or key not in str(told.value)


def test_a_damaged_file_is_told_and_left_as_it_is(vault: Vault) -> None:
    """It may be a backup's business."""
    vault.path.write_bytes(b"rubbish")
    with pytest.raises(BadSettings, match="does not open the vault"):
        vault.put("a", "1")
    assert vault.path.read_bytes() == b"rubbish"
