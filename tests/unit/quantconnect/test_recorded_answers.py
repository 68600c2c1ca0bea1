"""Recorded and documented answers of the real API, where they lie beside the project: the outside witness.

Client and emulator may both be wrong about a shape in the same way; these cannot. They are not part of the project,
so the tests are skipped where the folder is missing.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from quantconnect.endpoints import ALL
from quantconnect.errors import (
    AuthenticationError,
    InvalidRequest,
    NoSpareNodes,
    NotFound,
    QuantConnectError,
    RateLimitExceeded,
    ServerError,
    UnexpectedResponse,
)
from quantconnect.models.backtests import Backtest
from quantconnect.models.base import Model
from quantconnect.models.optimizations import Estimate, Optimization, OptimizationBacktest
from quantconnect.protocol import decode
from tests.support.reference import PAYLOADS, needs_payloads

ENDPOINTS = {endpoint.path.strip("/").replace("/", "-"): endpoint for endpoint in ALL}

#: Answers that are errors, and which. All others are models.
REFUSED: dict[str, type[QuantConnectError]] = {
    "backtests-create__no-backtest-key": UnexpectedResponse,
    "backtests-create__no-spare-nodes": NoSpareNodes,
    "backtests-create__too-many": RateLimitExceeded,
    "backtests-orders-read__error-not-found": NotFound,
    # Put together from the reference without `success`. Whether an empty list is the truth, nobody could tell then.
    "backtests-orders-read__openapi-backtestordersresponse": UnexpectedResponse,
    "compile-create__unauthorized-401": AuthenticationError,
    "envelope__errors-list": InvalidRequest,
    "envelope__hash": AuthenticationError,
    "envelope__message-internal": ServerError,
    "envelope__messages-list": InvalidRequest,
    "envelope__success-false-bare": InvalidRequest,
    "files-update__error-not-found": NotFound,
    # An empty object may come from anything on the way: it says neither yes nor no.
    "live-read__empty": UnexpectedResponse,
    "live-read__errors": NotFound,
}
#: Pieces of an answer, not answers, and the model that reads them.
PIECES: dict[str, type[Model]] = {
    "optimizations-estimate__bare": Estimate,
    "optimizations-read__completed-bare": Optimization,
    "optimizations-read__backtest": OptimizationBacktest,
}
PARAMETER_SETS = {
    "backtests-read__parameterset-empty-list": {},
    "backtests-read__parameterset-empty-object": {},
    "backtests-read__parameterset-object": {"pinocho": "19", "pepe": "-1"},
}


def piece(name: str) -> type[Model] | None:
    """The model of a piece, by the beginning of its name."""
    return next((model for beginning, model in PIECES.items() if name.startswith(beginning)), None)


FILES = sorted(PAYLOADS.glob("*__*.json"))
ANSWERS = [file for file in FILES if file.stem not in PARAMETER_SETS and piece(file.stem) is None]


@needs_payloads
@pytest.mark.parametrize("file", ANSWERS, ids=lambda file: file.stem)
def test_a_recorded_answer_becomes_a_model_or_the_right_error(file: Path) -> None:
    """What the API really sends, or what its own documentation says it sends."""
    resource = file.name.partition("__")[0]
    endpoint: Any = ENDPOINTS["authenticate" if resource == "envelope" else resource]
    status = 401 if file.stem.endswith("-401") else 200
    expected = REFUSED.get(file.stem)
    if expected is None:
        reply = decode(endpoint, status, {}, file.read_bytes())
        assert isinstance(reply, endpoint.reply)
        return
    with pytest.raises(QuantConnectError) as caught:
        decode(endpoint, status, {}, file.read_bytes())
    assert type(caught.value) is expected


@needs_payloads
def test_every_refusal_named_here_is_among_the_recorded_answers() -> None:
    """A renamed file must not go untested in silence."""
    assert set(REFUSED) <= {file.stem for file in ANSWERS}


@needs_payloads
@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_a_recorded_parameter_set_is_a_map_of_texts(name: str) -> None:
    """An empty one comes as a list or as an object."""
    recorded = json.loads((PAYLOADS / f"{name}.json").read_text())
    parameters = recorded.get("parameterSet", recorded) if isinstance(recorded, dict) else recorded
    backtest = Backtest.model_validate({"backtestId": "b", "parameterSet": parameters})
    assert backtest.parameter_set == PARAMETER_SETS[name]


@needs_payloads
@pytest.mark.parametrize("file", [file for file in FILES if piece(file.stem)], ids=lambda file: file.stem)
def test_a_recorded_piece_becomes_a_model(file: Path) -> None:
    """What LEAN's converter tests read."""
    model = piece(file.stem)
    assert model is not None
    read = model.model_validate_json(file.read_text())
    if isinstance(read, OptimizationBacktest):
        assert read.statistics.alpha == 0.374
        assert read.statistics.average_loss == pytest.approx(-0.0451)
        assert read.statistics.compounding_annual_return == pytest.approx(0.52602)
        assert read.parameter_set == {"pinocho": "19", "pepe": "-1"}
        assert [point.x for point in read.equity] == [1, 2, 3]


@needs_payloads
def test_every_recorded_file_is_read_here() -> None:
    """None goes untested in silence."""
    assert len(FILES) == len(ANSWERS) + len(PARAMETER_SETS) + sum(piece(file.stem) is not None for file in FILES)
    assert {file.stem.partition("__")[0] for file in ANSWERS} <= {*ENDPOINTS, "envelope"}
