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
from quantconnect.protocol import decode

FOLDER = Path(__file__).parents[4] / "shared" / "quantconnect-api" / "payloads"
ENDPOINTS = {endpoint.path.replace("/", "-"): endpoint for endpoint in ALL}

#: Answers that are errors, and which. All others are models.
REFUSED: dict[str, type[QuantConnectError]] = {
    "backtests-create__no-backtest-key": UnexpectedResponse,
    "backtests-create__no-spare-nodes": NoSpareNodes,
    "backtests-create__too-many": RateLimitExceeded,
    "compile-create__unauthorized-401": AuthenticationError,
    "envelope__errors-list": InvalidRequest,
    "envelope__hash": AuthenticationError,
    "envelope__message-internal": ServerError,
    "envelope__messages-list": InvalidRequest,
    "envelope__success-false-bare": InvalidRequest,
    "files-update__error-not-found": NotFound,
}
#: Pieces of an answer, not answers.
PIECES = {
    "backtests-read__parameterset-empty-list": {},
    "backtests-read__parameterset-empty-object": {},
    "backtests-read__parameterset-object": {"pinocho": "19", "pepe": "-1"},
}

ANSWERS = (
    sorted(
        file
        for file in FOLDER.glob("*__*.json")
        if file.name.partition("__")[0] in {*ENDPOINTS, "envelope"} and file.stem not in PIECES
    )
    if FOLDER.is_dir()
    else []
)
needs_folder = pytest.mark.skipif(not ANSWERS, reason=f"no recorded answers at {FOLDER.name}")


@needs_folder
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


@needs_folder
def test_every_refusal_named_here_is_among_the_recorded_answers() -> None:
    """A renamed file must not go untested in silence."""
    assert set(REFUSED) <= {file.stem for file in ANSWERS}


@needs_folder
@pytest.mark.parametrize("name", PIECES)
def test_a_recorded_parameter_set_is_a_map_of_texts(name: str) -> None:
    """An empty one comes as a list or as an object."""
    piece = json.loads((FOLDER / f"{name}.json").read_text())
    parameters = piece.get("parameterSet", piece) if isinstance(piece, dict) else piece
    backtest = Backtest.model_validate({"backtestId": "b", "parameterSet": parameters})
    assert backtest.parameter_set == PIECES[name]
