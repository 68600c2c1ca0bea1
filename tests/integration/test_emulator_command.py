"""`qcjobs emulator` as a process: its one line, its signals, its exit codes."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from click.testing import CliRunner

from cli.emulator import emulator as command
from tests.unit.emulator.signing import Signed

RUN = "from cli.emulator import emulator; emulator()"


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ready_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_when_ready_and_stops_cleanly(number: signal.Signals) -> None:
    """Whoever starts it waits for this line and ends it with a signal."""
    with started("--port", "0", "--nodes", "3", "--user-id", "7", QC_EMULATOR_TOKEN="from-the-environment") as process:
        line = ready_line(process)
        found = re.fullmatch(r"emulator ready: (http://127\.0\.0\.1:\d+/api/v2) · 3 nodes · user 7\n", line)
        assert found
        reply = httpx.post(f"{found[1]}/authenticate", auth=Signed(7, "from-the-environment"))
        assert reply.json()["success"] is True
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "", "")


def test_a_taken_port_is_one_line_and_exit_code_3() -> None:
    """Not a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("--port", str(port)) as process:
            output, errors = process.communicate(timeout=20)
    assert process.returncode == 3
    assert output == ""
    assert re.fullmatch(rf"Error: cannot listen on 127\.0\.0\.1:{port}: .*in use\n", errors)


def test_a_missing_extra_is_one_line_and_exit_code_2() -> None:
    """The library can be installed without the emulator."""
    code = "import sys; sys.modules['uvicorn'] = None; " + RUN
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr == "Error: the emulator's packages are missing; run: pip install 'qcjobs[emulator]'\n"


@pytest.mark.parametrize("option", ["--nodes=-1", "--speed=0", "--port=70000", "--backtest-seconds=long"])
def test_wrong_use_is_exit_code_2(option: str) -> None:
    """Caught before anything starts."""
    assert CliRunner().invoke(command, [option]).exit_code == 2


def test_the_help_has_examples() -> None:
    """Ready to be copied."""
    text = CliRunner().invoke(command, ["--help"]).output
    assert "\n    qcjobs emulator\n" in text
    assert "/emulator/journal" in text
