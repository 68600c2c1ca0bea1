"""What people write about a brokerage, and what is sent of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from quantconnect.brokerages import settings_for
from quantconnect.errors import InvalidSettings
from quantconnect.models.brokerages import BROKERAGES, BrokerageSettings, PaperTrading
from tests.support.reference import contract, needs_contract

SECRET = "s3cr3t-nobody-may-see"

#: The least that each brokerage needs, in the words that people use.
SPOKEN: dict[str, dict[str, object]] = {
    "PaperTrading": {},
    "InteractiveBrokers": {"user": "u", "account": "DU12345", "password": SECRET},
    "Tradier": {"account": "1", "token": SECRET, "environment": "paper"},
    "Bitfinex": {"key": SECRET, "secret": SECRET},
    "Coinbase": {"key": SECRET, "secret": SECRET},
    "Binance": {"key": SECRET, "secret": SECRET, "paper": True},
    "BinanceUS": {"key": SECRET, "secret": SECRET},
    "BinanceUSDMFutures": {"key": SECRET, "secret": SECRET},
    "BinanceCOINFutures": {"key": SECRET, "secret": SECRET},
    "TradingTechnologies": {
        "user": "u",
        "password": SECRET,
        "account": "a",
        "key": SECRET,
        "secret": SECRET,
        "paper": True,
        "orderRoutingSenderCompId": "c",
        "cash": 1000,
    },
    "Kraken": {"key": SECRET, "secret": SECRET, "tier": "Pro"},
    "Bybit": {"key": SECRET, "secret": SECRET, "vip-level": "VIP0"},
    "Oanda": {"account": "1", "token": SECRET, "paper": True},
    "Wolverine": {"on_behalf_of_comp_id": "c", "account": "1"},
    "CharlesSchwab": {"account": "1"},
    "RBI": {"on_behalf_of_comp_id": "c", "account": "1"},
    "TerminalLink": {
        "server_auth_id": SECRET,
        "environment": "paper",
        "server_host": "h",
        "server_port": 8194,
        "emsx_broker": "b",
        "account": "1",
        "openfigi_api_key": SECRET,
    },
    "TradeStation": {"client_id": SECRET, "account": "1", "token": SECRET, "paper": True},
    "Tastytrade": {"account": 1, "token": SECRET},
    "Alpaca": {"token": SECRET, "paper": True},
}


def sent(settings: BrokerageSettings) -> dict[str, Any]:
    """What `live/create` gets."""
    return settings.model_dump(mode="json", by_alias=True, exclude_none=True)


def refusal(brokerage: str, data: Mapping[str, object], env: Mapping[str, str] | None = None) -> InvalidSettings:
    """The refusal of these settings."""
    with pytest.raises(InvalidSettings) as caught:
        settings_for(brokerage, data, env=env or {})
    return caught.value


def test_every_brokerage_has_its_words() -> None:
    """A brokerage that is added must be reachable by people, too."""
    assert set(SPOKEN) == set(BROKERAGES)


@pytest.fixture(scope="module")
def described() -> jsonschema.Draft202012Validator:
    """What the API's definition says of a brokerage's settings."""
    definitions = contract()["$defs"]
    brokerage = definitions["CreateLiveAlgorithmRequest"]["properties"]["brokerage"]
    forms = [form for form in brokerage["anyOf"] if "$ref" in form]  # without the one that takes anything
    assert len(forms) == len(BROKERAGES)
    return jsonschema.Draft202012Validator({"$defs": definitions, "anyOf": forms})


@needs_contract
@pytest.mark.parametrize("name", SPOKEN)
def test_short_words_become_the_settings_that_the_contract_describes(
    name: str, described: jsonschema.Draft202012Validator
) -> None:
    """The API's definition is the outside witness of what `live/create` takes."""
    described.validate(sent(settings_for(name, SPOKEN[name], env={})))


@pytest.mark.parametrize("name", SPOKEN)
def test_the_apis_own_keys_mean_the_same(name: str) -> None:
    """Whoever copies from the documentation gets what the documentation says."""
    spoken = settings_for(name, SPOKEN[name], env={})
    assert settings_for(spoken.id, sent(spoken), env={}) == spoken


@pytest.mark.parametrize("name", [name for name in SPOKEN if SPOKEN[name]])
def test_missing_keys_are_named_before_anything_is_sent(name: str) -> None:
    """All of them at once, as the API spells them."""
    required = {field.replace("_", "-") for field, info in BROKERAGES[name].model_fields.items() if info.is_required()}
    error = refusal(name, {})
    assert set(error.missing) == required - {"ib-weekly-restart-utc-time"}
    assert all(key in str(error) for key in error.missing)


def test_what_is_missing_comes_from_the_environment() -> None:
    """Passwords need not stand in code: the sample of the request names an account and nothing else."""
    env = {"QC_IB_USER_NAME": "me", "QC_IB_PASSWORD": SECRET}
    settings = settings_for("InteractiveBrokers", {"account": "DU12345", "environment": "paper"}, env=env)
    assert sent(settings) == {
        "id": "InteractiveBrokersBrokerage",
        "ib-user-name": "me",
        "ib-account": "DU12345",
        "ib-password": SECRET,
        "ib-weekly-restart-utc-time": "22:00:00",
        "ib-trading-mode": "paper",
    }


def test_what_is_given_wins_over_the_environment() -> None:
    """An explicit argument is a decision."""
    env = {"QC_ALPACA_ACCESS_TOKEN": "other", "QC_ALPACA_ENVIRONMENT": "live"}
    settings = settings_for("Alpaca", {"token": "mine", "paper": True}, env=env)
    assert sent(settings) == {
        "id": "AlpacaBrokerage",
        "alpaca-access-token": "mine",
        "alpaca-environment": "paper",
    }


def test_alpaca_takes_key_and_secret_in_the_place_of_a_token() -> None:
    """The sample of the request has them; LEAN's Alpaca brokerage knows them under these names."""
    settings = settings_for("Alpaca", {"key": "k", "secret": SECRET, "paper": True}, env={})
    assert sent(settings) == {
        "id": "AlpacaBrokerage",
        "alpaca-api-key": "k",
        "alpaca-api-secret": SECRET,
        "alpaca-environment": "paper",
    }
    assert refusal("Alpaca", {"key": "k", "paper": True}).missing == ("alpaca-api-secret",)


@pytest.mark.parametrize(
    ("brokerage", "data"),
    [
        ("InteractiveBrokers", {"user": "u", "password": SECRET, "account": "U12345", "environment": "paper"}),
        ("InteractiveBrokers", {"user": "u", "password": SECRET, "account": "DU12345", "environment": "live"}),
        ("Kraken", {"key": SECRET, "secret": SECRET, "tier": "Pro", "paper": True}),
        ("Paper", {"environment": "live"}),
        ("Alpaca", {"token": SECRET, "paper": True, "environment": "live"}),
        ("Alpaca", {"token": SECRET, "environment": "papper"}),
        ("Alpaca", {"token": SECRET, "paper": "perhaps"}),
    ],
)
def test_real_and_paper_money_are_never_mixed_up(brokerage: str, data: dict[str, object]) -> None:
    """Who asks for paper and would get real money, or the other way round, gets an error instead."""
    assert SECRET not in str(refusal(brokerage, data))


@pytest.mark.parametrize("brokerage", ["Alpaca", "Tradier", "Oanda", "TradeStation", "Binance", "TerminalLink"])
def test_the_environment_is_never_guessed(brokerage: str) -> None:
    """There is no default between real and paper money."""
    data = {key: value for key, value in SPOKEN[brokerage].items() if key not in {"paper", "environment"}}
    assert len(refusal(brokerage, data).missing) == 1


def test_a_misspelled_key_is_named_with_those_that_there_are() -> None:
    """It must not be dropped in silence."""
    error = refusal("InteractiveBrokers", {"passwort": SECRET})
    assert "passwort" in str(error)
    assert "ib-password" in str(error)
    assert SECRET not in str(error)


def test_a_key_of_the_brokerage_that_is_newer_than_this_is_passed_on() -> None:
    """The API adds keys without notice."""
    settings = settings_for("Alpaca", {"token": SECRET, "paper": True, "alpaca-feed": "sip"}, env={})
    assert sent(settings)["alpaca-feed"] == "sip"
    assert sent(settings)["alpaca-access-token"] == SECRET


def test_a_brokerage_that_is_newer_than_this_is_passed_on_as_it_is() -> None:
    """The same for whole brokerages, by their id."""
    data = {"mars-key": SECRET, "cash": [{"amount": 1, "currency": "MRS"}]}
    assert sent(settings_for("MarsBrokerage", data, env={})) == {"id": "MarsBrokerage", **data}


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    """A typing error should cost a second."""
    assert "InteractiveBrokers" in str(refusal("InteractiveBroker", {}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Paper", "PaperTrading"),
        ("paper trading", "PaperTrading"),
        ("PaperBrokerage", "PaperTrading"),
        ("QuantConnectBrokerage", "PaperTrading"),
        ("IB", "InteractiveBrokers"),
        ("interactive-brokers", "InteractiveBrokers"),
        ("Charles Schwab", "CharlesSchwab"),
        ("Binance-USDM-Futures", "BinanceUSDMFutures"),
    ],
)
def test_a_brokerage_answers_to_its_usual_names(name: str, kind: str) -> None:
    """Case, blanks and hyphens carry no meaning."""
    assert type(settings_for(name, SPOKEN[kind], env={})).__name__ == kind


def test_a_value_that_is_not_allowed_is_refused_without_being_repeated() -> None:
    """The message tells the rule; the value may be a secret in the wrong place."""
    error = refusal("Kraken", {"key": SECRET, "secret": SECRET, "tier": SECRET})
    assert "kraken-verification-tier" in str(error)
    assert "Intermediate" in str(error)
    assert SECRET not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_restart_that_interactive_brokers_does_not_know_is_refused() -> None:
    """It would fail on the first Sunday."""
    data = {**SPOKEN["InteractiveBrokers"], "weekly_restart": "23:45:00"}
    assert "23:30:00" in str(refusal("InteractiveBrokers", data))


@pytest.mark.parametrize("name", SPOKEN)
def test_no_repr_shows_a_secret(name: str) -> None:
    """Settings are printed, logged and compared by accident."""
    settings = settings_for(name, SPOKEN[name], env={})
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_settings_that_are_ready_are_taken_as_they_are() -> None:
    """Typed settings are the strict way in."""
    ready = PaperTrading()
    assert settings_for(ready) is ready
    with pytest.raises(InvalidSettings):
        settings_for(ready, {"cash": 1})


def test_the_page_about_brokerages_is_true() -> None:
    """Every brokerage has its line, with all that it needs."""
    page = (Path(__file__).parents[3] / "docs" / "brokerages.md").read_text()
    lines = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)`.*$", page, re.MULTILINE)}
    assert set(lines) == set(BROKERAGES)
    for name in BROKERAGES:
        needed = refusal(name, {}).missing if SPOKEN[name] else ()
        assert [key for key in needed if f"`{key}`" not in lines[name]] == []


def test_cash_is_not_looked_for_in_the_environment() -> None:
    """It is an amount, not a login."""
    error = refusal("TradingTechnologies", {}, {"QC_CASH": "1"})
    assert "cash" in error.missing
    assert "QC_CASH" not in str(error)
