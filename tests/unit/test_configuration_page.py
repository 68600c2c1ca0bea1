"""The page of settings says what the schema says."""

import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from orchestrator.settings import load_settings

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")


@pytest.fixture(scope="module")
def generate() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "generate_configuration.py"))


def test_the_page_is_what_the_generator_makes_of_the_schema(generate: dict[str, Any]) -> None:
    """After a change: `.venv/bin/python docs/generate_configuration.py`."""
    assert generate["page"](PAGE) == PAGE


def test_every_setting_says_what_it_is_for(generate: dict[str, Any]) -> None:
    """By a `#:` comment beside it in `orchestrator/settings.py`."""
    found = [row for _, row in generate["rows"]() if row is not None]
    assert len(found) > 40
    assert [row.path for row in found if len(row.told) < 10] == []


def test_the_variables_of_the_page_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that nobody reads would be set in vain."""
    code = "".join(
        path.read_text("utf-8")
        for name in ("orchestrator", "quantconnect", "workers", "cli")
        for path in (ROOT / name).rglob("*.py")
    )
    computed = {
        "QCJOBS_REDIS_URL",
        "QCJOBS_DATABASE_URL",
        "QCJOBS_REDIS_PASSWORD",
        "QCJOBS_DATABASE_PASSWORD",
        "QCJOBS_REDIS_PREFIX",
        "QCJOBS_HOME",
    }
    variables = set(re.findall(r"`(QC(?:JOBS)?_[A-Z_]+)`", PAGE.partition("## Redis")[0]))
    assert computed <= variables
    assert [name for name in variables - computed if name not in code] == []


@pytest.mark.parametrize("name", ["development.yaml", "production.yaml"])
def test_the_files_of_settings_are_valid(name: str) -> None:
    """A server must not stumble over its own file."""
    assert load_settings({"QCJOBS_CONFIG": str(ROOT / "configs" / name)}).redis_url is None


def test_the_examples_of_the_environment_are_valid_settings() -> None:
    """Uncommented, line by line."""
    lines = (ROOT / "configs" / ".env.example").read_text().splitlines()
    assignments = [line.lstrip("# ") for line in lines if re.match(r"(# )?[A-Z_]+=", line)]
    env = dict(line.split("=", 1) for line in assignments if line.startswith("QCJOBS_") and "PUBLISH" not in line)
    assert len(env) >= 2
    load_settings(env | {"HOME": os.environ["HOME"]})
