"""What we ask is what the API's contract allows. Skipped where the contract does not lie beside the project."""

import asyncio
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from quantconnect import AsyncQuantConnectClient, QuantConnectClient
from quantconnect.endpoints import ALL
from quantconnect.models import brokerages
from quantconnect.models.base import Request
from quantconnect.models.brokerages import BROKERAGES, BrokerageSettings, CashAmount, OpenPosition
from tests.support.reference import contract, needs_contract
from tests.unit.quantconnect.cases import CASES, Case
from tests.unit.quantconnect.server import OK, TOKEN, USER_ID, Script


def faults(value: object, schema: dict[str, Any]) -> list[str]:
    """Where the value is not as the schema says."""
    # Two alternatives of the contract are the same, so that "exactly one of" cannot be meant.
    schema = {"anyOf" if name == "oneOf" else name: part for name, part in schema.items()}
    validator = Draft202012Validator(schema | {"$defs": contract()["$defs"]})
    return [error.message for error in validator.iter_errors(value)]


@needs_contract
def test_we_know_every_endpoint_of_the_contract_and_no_other() -> None:
    """Complete, and nothing invented."""
    assert {f"/{endpoint.path}" for endpoint in ALL} == set(contract()["endpoints"])


@needs_contract
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_request_is_as_the_contract_says(case: Case) -> None:
    """By both clients, byte for byte."""
    script, twin = Script(OK | case.answer), Script(OK | case.answer)
    with QuantConnectClient(USER_ID, TOKEN, organization_id="org", transport=script.transport) as c:
        result = case.call(c)
        if case.method.endswith(".iterate"):
            list(result)

    async def run() -> None:
        async with AsyncQuantConnectClient(USER_ID, TOKEN, organization_id="org", transport=twin.transport) as c:
            result = case.call(c)
            if case.method.endswith(".iterate"):
                _ = [item async for item in result]
            else:
                await result

    asyncio.run(run())
    assert faults(script.sent(), contract()["endpoints"][f"/{case.path}"]["request"]) == []
    assert script.requests[-1].content == twin.requests[-1].content


def filled(kind: type[BrokerageSettings]) -> BrokerageSettings:
    """Settings with every field that is needed, and the lists that may be given."""
    values: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        choices = getattr(field.annotation, "__args__", ())
        if name == "cash":
            values[name] = [CashAmount(amount=1)]
        elif name == "holdings":
            values[name] = [OpenPosition(symbol_id="SPY X", symbol="SPY", quantity=1, average_price=2)]
        elif name == "ib_weekly_restart_utc_time":
            values[name] = "22:00:00"
        elif field.is_required():
            values[name] = 1 if field.annotation is int else choices[0] if choices else "x"
    return kind(**values)


PROVIDERS = [
    kind
    for kind in vars(brokerages).values()
    if isinstance(kind, type) and issubclass(kind, BrokerageSettings) and kind.data_provider
]


def wire(settings: Request) -> Any:
    """As they go out."""
    return json.loads(settings.model_dump_json(by_alias=True, exclude_none=True))


def schemas_of_brokerages() -> list[str]:
    """Their names in the contract, without the one that allows anything."""
    schemas = contract()["$defs"]["CreateLiveAlgorithmRequest"]["properties"]["brokerage"]["anyOf"]
    return [schema["$ref"].rpartition("/")[2] for schema in schemas if "$ref" in schema]


#: LEAN's live tests send these beside the documented keys; without them, there is nothing to compare.
BESIDE = {"cash", "holdings"}


@needs_contract
@pytest.mark.parametrize("kind", BROKERAGES.values(), ids=BROKERAGES)
def test_settings_of_a_brokerage_are_as_the_contract_says(kind: type[BrokerageSettings]) -> None:
    """By a schema that knows exactly these keys."""
    sent = wire(filled(kind))
    fitting = [
        name
        for name in schemas_of_brokerages()
        if set(sent) - BESIDE <= set(contract()["$defs"][name]["properties"])
        and not faults(sent, {"$ref": f"#/$defs/{name}"})
    ]
    assert fitting != []


@needs_contract
@pytest.mark.parametrize("kind", PROVIDERS, ids=lambda kind: kind.__name__)
def test_settings_of_a_data_provider_are_as_the_contract_says(kind: type[BrokerageSettings]) -> None:
    """Under the name that the contract has for it."""
    sent = wire(filled(kind))
    providers = contract()["$defs"]["DataProviders"]
    assert kind.data_provider in providers["properties"]
    assert faults({kind.data_provider: sent}, providers) == []


@needs_contract
def test_every_brokerage_of_the_contract_has_settings() -> None:
    """Whoever trades elsewhere than on paper finds a type for it."""
    assert len(schemas_of_brokerages()) == len(BROKERAGES) == 20
