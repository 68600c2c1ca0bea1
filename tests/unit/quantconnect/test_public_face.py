"""What users import, and what an import does."""

import subprocess
import sys

import quantconnect


def test_everything_promised_can_be_imported_and_everything_imported_is_promised() -> None:
    """`from quantconnect import *` and the documentation agree."""
    public = {
        name
        for name, value in vars(quantconnect).items()
        if not name.startswith("_") and type(value).__name__ != "module"
    }
    assert public == set(quantconnect.__all__)


def test_the_library_loads_nothing_of_the_floors_above() -> None:
    """It could become a package of its own tomorrow."""
    above = "{'celery', 'kombu', 'redis', 'sqlalchemy', 'structlog', 'orchestrator', 'tasks', 'workers', 'emulator'}"
    code = f"import sys, quantconnect; sys.exit(', '.join({above} & set(sys.modules)) or None)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
