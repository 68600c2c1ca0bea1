"""Where the description of the real API lies: its contract, recorded answers, and the samples of the integration.

It is no part of the project. Tests look for it beside the checkout, in `shared/`, or where QCJOBS_REFERENCE says; those
that need it are skipped where it is missing, and pytest's summary lists them.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = Path(os.environ.get("QCJOBS_REFERENCE") or Path(__file__).parents[3] / "shared")
CONTRACT: Final = FOLDER / "quantconnect-api" / "contract.json"
PAYLOADS: Final = FOLDER / "quantconnect-api" / "payloads"
DESCRIPTION: Final = FOLDER / "request.md"

needs_contract = pytest.mark.skipif(not CONTRACT.is_file(), reason=f"the API's contract is not in {FOLDER}")
needs_payloads = pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no recorded answers are in {FOLDER}")


@cache
def contract() -> dict[str, Any]:
    """Endpoints with their schemas; empty where it is missing."""
    if not CONTRACT.is_file():
        return {"endpoints": {}, "$defs": {}}
    loaded: dict[str, Any] = json.loads(CONTRACT.read_text("utf-8"))
    return loaded
