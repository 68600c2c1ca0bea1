"""The real command as its own process, in a home of its own, and an emulator that can be stopped and started again."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

import httpx

QCJOBS: Final = str(Path(sys.executable).with_name("qcjobs"))
ROOT: Final = Path(__file__).parent.parent.parent
USER: Final = "7"
TOKEN: Final = "5e1ec7ed-the-token-of-the-commands"

_FOREIGN: Final = ("QC_", "QCJOBS_", "FLOWER_", "CELERY_")

STRATEGY: Final = """from AlgorithmImports import *


class Strategy(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2023, 1, 1)
        self.set_end_date(2023, 6, 30)
        self.set_cash(100000)
        self.add_equity("SPY")
"""


def hears_ctrl_c() -> None:
    """As a program of a terminal does. Where the tests run in the background it is ignored, and that is inherited."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Desk:
    """Where a user sits: a home, an environment, and the command."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self.environment = own | {"HOME": str(folder), "QCJOBS_HOME": str(self.home)} | environment

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start the command, with pipes for what it prints."""
        return subprocess.Popen(
            (QCJOBS, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            **{"env": self.environment, "stdin": subprocess.DEVNULL, "preexec_fn": hears_ctrl_c, **options},
        )

    def run(
        self, *arguments: str, timeout: float = 120, environment: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        with self.start(*arguments, env=self.environment | dict(environment or {}), **options) as process:
            try:
                output, errors = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert "Traceback" not in output + errors, errors
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def json(self, *arguments: str, code: int = 0, **options: Any) -> Any:
        """What the command prints with --json; its exit code must be `code`, and success makes no other noise."""
        done = self.run(*arguments, "--json", **options)
        assert done.returncode == code, done.stderr + done.stdout
        assert code or not done.stderr, done.stderr
        return json.loads(done.stdout)

    def strategy(self, name: str = "strategy", **files: str) -> Path:
        """A strategy's folder; `main_py="…"` writes main.py."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for file, content in (files or {"main_py": STRATEGY}).items():
            (folder / file.replace("_", ".", 1)).write_text(content)
        return folder

    def accepted(self) -> int:
        """How many jobs are in the ledger, as SQLite itself tells."""
        ledger = self.home / "ledger.db"
        if not ledger.exists():
            return 0
        with closing(sqlite3.connect(ledger)) as connection:
            return int(connection.execute("SELECT count(*) FROM jobs").fetchone()[0])


class ServedEmulator:
    """`qcjobs emulator` as a process; it comes back on the same port, and has forgotten everything."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self.port = 0  #: whatever is free at its first start, and the same ever after
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it is, once it has been started."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Of commands that are to use it."""
        return {"QC_USER_ID": USER, "QC_API_TOKEN": TOKEN, "QC_BASE_URL": f"{self.url}/api/v2"}

    def start(self) -> None:
        """Start it, and return when it is ready."""
        self._process = subprocess.Popen(
            (QCJOBS, "emulator", "--port", str(self.port), "--user-id", USER, *self._options),
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ) | {"QC_EMULATOR_TOKEN": TOKEN},
        )
        assert self._process.stdout is not None
        ready = re.match(r"emulator ready: http://127\.0\.0\.1:(\d+)/", self._process.stdout.readline())
        assert ready
        self.port = int(ready[1])

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            with self._process as process:
                process.terminate()
            self._process = None

    def journal(self) -> list[dict[str, Any]]:
        """Every request that it got since it was started."""
        requests: list[dict[str, Any]] = httpx.get(f"{self.url}/emulator/journal").json()["requests"]
        return requests

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        """Let the next requests to an endpoint fail."""
        answer = httpx.post(f"{self.url}/emulator/faults", json={"endpoint": endpoint, "kind": kind, **more})
        assert answer.is_success, answer.text

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
