"""The published contract of the API as the outside witness for every reply.

Nearly all of its fields are optional, so a reply must also carry what the schema lists at its top level.
"""

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from emulator.envelope import success
from tests.support.reference import contract
from tests.unit.emulator.account import Account

#: Of the envelope, or told only on occasion.
OCCASIONAL = {"success", "errors", "status", "progress", "count"}


class CheckedAccount(Account):
    """An account whose requests and replies are all held against the contract."""

    def ask(self, endpoint: str, **arguments: Any) -> dict[str, Any]:
        """As the base class, and the test fails where the request or the reply breaks the contract."""
        accepts(endpoint, arguments)
        reply = super().ask(endpoint, **arguments)
        answers(endpoint, success(reply))
        return reply


def accepts(endpoint: str, arguments: dict[str, Any]) -> None:
    """Fail unless the contract knows such a request."""
    schema = dict(_endpoint(endpoint)["request"])
    if "oneOf" in schema:  # its alternatives may be alike, as those of ai/tools/backtest-init
        schema["anyOf"] = schema.pop("oneOf")
    validator(json.dumps(schema)).validate(arguments)


def answers(endpoint: str, reply: dict[str, Any]) -> None:
    """Fail unless the reply is one of the endpoint's."""
    reply = json.loads(json.dumps(reply, allow_nan=False))  # as it would arrive
    faults = []
    for schema in _endpoint(endpoint)["responses"]:
        absent = _top_level(schema) - OCCASIONAL - set(reply)
        error = best_match(validator(json.dumps(schema)).iter_errors(reply))
        if not absent and error is None:
            return
        faults.append(f"missing {sorted(absent)}, {error and f'{error.json_path}: {error.message}'}")
    pytest.fail(f"{endpoint}: {'; or '.join(faults)}")


@cache
def validator(schema: str) -> Draft202012Validator:
    """For one schema of the contract, given as JSON."""
    return Draft202012Validator({**json.loads(schema), "$defs": contract()["$defs"]})


def endpoints() -> set[str]:
    """Paths of all endpoints, without slashes at the ends."""
    return {path.strip("/") for path in contract()["endpoints"]}


def _endpoint(path: str) -> dict[str, Any]:
    found = contract()["endpoints"]
    known: dict[str, Any] = found.get(f"/{path}") or found[f"/{path}/"]
    return known


def _top_level(schema: dict[str, Any]) -> set[str]:
    while "$ref" in schema:
        schema = contract()["$defs"][schema["$ref"].rpartition("/")[2]]
    return set(schema.get("properties", {}))
