"""Several processes look at one timetable at once, and one of them is killed: one job per occurrence, none missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import yaml

from orchestrator.ledger import Ledger
from tests.support.eventually import eventually

LOOK_FOR_EVER = """
import time
from orchestrator.firing import run_due
from orchestrator.runtime import open_runtime
from orchestrator.settings import load_settings
runtime = open_runtime(load_settings())
print("looks", flush=True)
while True:
    run_due(runtime)
    time.sleep(0.01)
"""


def occurrences(ledger: Ledger) -> list[str]:
    """Of every job that was accepted, as its event says; in their order."""
    with ledger.reading() as tables:
        return sorted(event.data["occurrence"] for event in tables.outbox.unannounced(limit=1000))


def test_processes_that_look_at_once_run_each_occurrence_once(database_url: str, tmp_path: Path) -> None:
    """Two beats, any number of workers, SQLite and PostgreSQL."""
    strategy = tmp_path / "rsi"
    strategy.mkdir()
    (strategy / "main.py").write_text("class Strategy(QCAlgorithm):\n    pass\n")
    config = tmp_path / "qcjobs.yaml"
    schedule = {"every": "1s", "misfire": "all", "backtest": {"source": str(strategy)}}
    config.write_text(yaml.safe_dump({"schedules": {"often": schedule}}))
    environment = os.environ | {
        "QCJOBS_CONFIG": str(config),
        "QCJOBS_HOME": str(tmp_path / "home"),
        "QCJOBS_DATABASE_URL": database_url,
        "QC_USER_ID": "7",
        "QC_API_TOKEN": "the-token-of-this-test",
        "QC_BASE_URL": "http://127.0.0.1:9/api/v2",
    }
    ledger = Ledger(database_url)
    ledger.prepare()
    processes = [
        subprocess.Popen((sys.executable, "-c", LOOK_FOR_EVER), env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "looks\n"
        begun = len(occurrences(ledger))
        eventually(lambda: len(occurrences(ledger)) >= begun + 3, within=60, what="three occurrences")
        processes[0].send_signal(signal.SIGKILL)
        eventually(lambda: len(occurrences(ledger)) >= begun + 6, within=60, what="three more")
        assert [process.poll() for process in processes[1:]] == [None, None]
    finally:
        for process in processes:
            process.kill()
            process.communicate()

    run = [datetime.fromisoformat(text) for text in occurrences(ledger)]
    ledger.close()
    assert [later - earlier for earlier, later in pairwise(run)] == [timedelta(seconds=1)] * (len(run) - 1)
