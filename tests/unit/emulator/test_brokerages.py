"""What a brokerage wants to know is checked key by key, and forgotten."""

from typing import Any

import pytest

from emulator.brokerages import check_data_providers, open_account
from emulator.envelope import ApiFailure
from tests.support.reference import contract, needs_contract

ALPACA = {"id": "AlpacaBrokerage", "alpaca-access-token": "token-7f3a", "alpaca-environment": "paper"}
IB = {
    "id": "InteractiveBrokersBrokerage",
    "ib-user-name": "u",
    "ib-account": "DU123",
    "ib-password": "p",
    "ib-weekly-restart-utc-time": "22:00:00",
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = contract()["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def example(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema of the contract allows."""
    schema = resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [{"amount": 1, "currency": "USD"}]
    if schema.get("type") == "object":
        return {key: example(schema["properties"][key]) for key in schema.get("required", [])}
    return {"string": "value", "integer": 7}[schema["type"]]


def settings_of_all_brokerages() -> list[dict[str, Any]]:
    request = contract()["$defs"]["CreateLiveAlgorithmRequest"]["properties"]["brokerage"]
    return [example(option) for option in request["anyOf"] if "title" in resolved(option) or len(example(option)) > 0]


@needs_contract
def test_every_brokerage_of_the_contract_is_known_with_exactly_its_keys() -> None:
    """The smallest settings that the contract allows open an account; without any of their keys they do not."""
    seen = set()
    for settings in settings_of_all_brokerages():
        if settings["id"] == "value":  # the contract's last alternative is any other brokerage
            continue
        seen.add((settings["id"], settings.get("binance-exchange-name")))
        assert open_account(settings).environment in {"live", "paper"}
        for key in settings:
            with pytest.raises(ApiFailure, match=key):
                open_account({name: value for name, value in settings.items() if name != key})
    assert len(seen) == 20


@needs_contract
def test_every_data_provider_of_the_contract_is_known_with_exactly_its_keys() -> None:
    """As for brokerages, whose keys a few of them do not share."""
    providers = contract()["$defs"]["DataProviders"]["properties"]
    for name, option in providers.items():
        alternatives = [one for one in option["anyOf"] if one.get("type") != "null"]
        for settings in map(example, alternatives):
            check_data_providers({name: settings})
            for key in settings:
                with pytest.raises(ApiFailure, match=key):
                    check_data_providers({name: {one: value for one, value in settings.items() if one != key}})


def test_an_unknown_brokerage_is_refused() -> None:
    """A typing error must not deploy."""
    with pytest.raises(ApiFailure, match="Unknown brokerage: AlpacaBrokrage"):
        open_account(ALPACA | {"id": "AlpacaBrokrage"})


def test_a_value_that_is_not_allowed_is_refused_without_being_shown() -> None:
    """What stands in a setting may be a secret in the wrong place."""
    with pytest.raises(ApiFailure, match="alpaca-environment must be one of live, paper") as caught:
        open_account(ALPACA | {"alpaca-environment": "my-secret"})
    assert "my-secret" not in str(caught.value)


def test_the_account_keeps_no_secret() -> None:
    """It may show in a log or in a debugger."""
    assert "token-7f3a" not in repr(open_account(ALPACA))


@pytest.mark.parametrize(
    ("settings", "environment"),
    [
        (ALPACA, "paper"),
        (ALPACA | {"alpaca-environment": "live"}, "live"),
        (IB, "paper"),
        (IB | {"ib-account": "U123"}, "live"),
        (IB | {"ib-account": "U123", "ib-trading-mode": "paper"}, "paper"),
        ({"id": "QuantConnectBrokerage"}, "paper"),
    ],
)
def test_paper_and_real_money_are_told_apart(settings: dict[str, Any], environment: str) -> None:
    """The list shows it, and people rely on it."""
    assert open_account(settings).environment == environment


@pytest.mark.parametrize(
    "changes",
    [
        {"holdings": [{"symbol": "SPY", "quantity": "many"}]},
        {"holdings": [{"quantity": 1}]},
        {"cash": [{"amount": "1e999", "currency": "USD"}]},
        {"cash": {"USD": 1}},
    ],
)
def test_senseless_cash_and_holdings_are_refused(changes: dict[str, Any]) -> None:
    """Before anything is deployed."""
    with pytest.raises(ApiFailure, match="Invalid or missing parameter"):
        open_account({"id": "QuantConnectBrokerage"} | changes)
