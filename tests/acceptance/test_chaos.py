"""A short fight of `benchmarks.chaos`, so that the machine that tries to break the promises is itself looked after."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.command import ROOT


@pytest.mark.timeout(400)
def test_ten_jobs_outlive_killed_workers_and_an_emptied_redis() -> None:
    """The long fights are for `make chaos`; their table stands in docs/reliability.md."""
    fight = ("--profile", "workers", "--profile", "redis-empty", "--jobs", "10", "--minutes", "0.3", "--seed", "3")
    done = subprocess.run(
        (sys.executable, "-m", "benchmarks.chaos", *fight), cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for name, told in json.loads(done.stdout)["profiles"].items():
        assert (told["jobs"], told["lost"], told["creates"], told["duplicate_creates"]) == (10, 0, 10, 0), name
        assert told["strikes"], name
