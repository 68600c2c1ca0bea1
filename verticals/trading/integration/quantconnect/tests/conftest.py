"""Unit tests see no credentials; integration tests run only when asked for, and only with credentials."""

import os
from pathlib import Path

import pytest

from quantconnect import Credentials, MissingCredentials


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if request.node.get_closest_marker("integration") is None:
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in [name for name in os.environ if name.startswith("QC_")]:
            monkeypatch.delenv(name)
        return
    if "integration" not in request.config.option.markexpr:
        pytest.skip("asks the real QuantConnect: run with -m integration")
    try:
        Credentials.find()
    except MissingCredentials as error:
        pytest.skip(str(error))
