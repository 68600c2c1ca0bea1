"""Where the description of the real API lies beside the project. It is no part of the project: tests that need it are
skipped where it is missing.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "quantconnect-api"
PAYLOADS = FOLDER / "payloads"

needs_contract = pytest.mark.skipif(not (FOLDER / "contract.json").is_file(), reason="no contract beside the project")
needs_payloads = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no recorded answers beside the project")


@cache
def contract() -> dict[str, Any]:
    """Endpoints with their schemas; empty where it is missing."""
    file = FOLDER / "contract.json"
    loaded: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {"endpoints": {}, "$defs": {}}
    return loaded
