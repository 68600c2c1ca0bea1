"""`docs/api.md` says what the code does."""

import re
import runpy
from pathlib import Path

from quantconnect import QuantConnectClient
from quantconnect.endpoints import ALL
from tests.unit.quantconnect.cases import method
from tests.unit.quantconnect.server import TOKEN, USER_ID

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "api.md").read_text(encoding="utf-8")


def test_the_table_of_endpoints_is_the_one_of_the_code() -> None:
    """After a change: `.venv/bin/python docs/generate_api.py`."""
    generate = runpy.run_path(str(DOCS / "generate_api.py"))
    assert generate["page"](TEXT) == TEXT


def test_every_endpoint_stands_in_the_table_with_a_method() -> None:
    """All 82, none without a way to ask it."""
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", TEXT, re.MULTILINE))
    assert {endpoint.path for endpoint in ALL} <= set(rows)
    assert all(rows[endpoint.path].strip() for endpoint in ALL)


def test_every_method_that_the_page_names_exists() -> None:
    """A reader copies names from here."""
    with QuantConnectClient(USER_ID, TOKEN) as client:
        named = re.findall(r"`([a-z_.]+)\(\)`", TEXT)
        assert len(named) > 30
        assert all(callable(method(client, name)) for name in named)
