"""Makes a ledger of the present schema with something of everything in it, as SQL text on standard output.

Before a new migration is written, keep what the present schema looks like:
`.venv/bin/python -m tests.data.ledgers.make > tests/data/ledgers/<present revision>.sql`.
The tests of the upgrade then begin there for ever. The account's host is written as `ACCOUNT-HOST`.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from emulator.options import EmulatorOptions
from emulator.server import running
from orchestrator import submit_backtest
from orchestrator.dispatcher import dispatch
from orchestrator.events import EventType
from orchestrator.logs import configure_logging
from orchestrator.outbox import announce
from orchestrator.runtime import open_runtime
from orchestrator.settings import load_settings
from orchestrator.workflow import perform

GOOD = "class {name}(QCAlgorithm):\n    def initialize(self):\n        self.set_cash(100000)\n"
BROKEN = "class {name}(QCAlgorithm)\n    pass\n"
STEPS = ("upload", "compile", "poll_compile", "create", "poll_results")
TOKEN = "token-of-a-stored-ledger"


def main() -> None:
    """One completed job, one failed, one cancelled, one in the queue, one in the middle of its first step."""
    configure_logging()  # to standard error
    with tempfile.TemporaryDirectory() as folder, running(_emulator()) as cloud:
        os.environ.update({"QC_USER_ID": "1", "QC_API_TOKEN": TOKEN, "QC_BASE_URL": cloud.base_url, "HOME": folder})
        settings = load_settings({"QCJOBS_HOME": folder, "QC_BASE_URL": cloud.base_url})
        runtime = open_runtime(settings)

        def submit(name: str, text: str = GOOD) -> str:
            source = Path(folder) / name
            source.mkdir()
            (source / "main.py").write_text(text.format(name=name.capitalize()))
            return submit_backtest(source, parameters={"period": 14}, settings=settings).job.id

        for name, text in (("completed", GOOD), ("failed", BROKEN)):
            submit(name, text)
            for start in dispatch(runtime):
                _run(runtime, start[0], start[1])
        submit("begun")
        (begun,) = dispatch(runtime)
        with runtime.ledger.writing() as tables:
            job = tables.jobs.get(begun[0])
            tables.jobs.write(job, step="upload", lease_until=runtime.clock())
            tables.outbox.record(EventType.BACKTEST_RECOVERED, job, step="upload")
        submit("waiting")
        cancelled = submit("cancelled")
        with runtime.ledger.writing() as tables:
            tables.jobs.cancel_queued(tables.jobs.get(cancelled))
        announce(runtime.ledger)
        runtime.close()
        with sqlite3.connect(Path(folder) / "ledger.db") as connection:
            host = urlsplit(cloud.base_url).netloc
            text = "\n".join(connection.iterdump())
            sys.stdout.write(text.replace(f"1@{host}", "1@ACCOUNT-HOST").replace(folder, "/strategies"))


def _emulator() -> EmulatorOptions:
    return EmulatorOptions(api_token=TOKEN, compile_seconds=0.05, backtest_seconds=0.1, statistics_lag=0.0)


def _run(runtime: object, job_id: str, run: int) -> None:
    """What a worker does, without Celery."""
    for step in STEPS:
        while True:
            outcome = type(perform(runtime, step, job_id, run)).__name__  # type: ignore[arg-type] # of any version
            if outcome not in {"Wait", "Board"}:
                break
            time.sleep(0.1)
        if outcome != "Advance":
            return


if __name__ == "__main__":
    main()
