"""Telling our process from another one that got its number later."""

import os
import subprocess
import sys

import pytest

from tests.support.eventually import eventually
from workers.embedded.identity import ProcessIdentity

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


def test_a_process_with_the_same_number_but_another_birth_is_left_alone() -> None:
    """After a reboot our old pid may belong to the user's editor."""
    process = subprocess.Popen(SLEEPER)
    try:
        real = ProcessIdentity.of(process.pid)
        impostor = ProcessIdentity(process.pid, real.created - 3600)
        impostor.terminate()
        impostor.kill()
        assert (impostor.is_alive(), real.is_alive()) == (False, True)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
    finally:
        process.kill()
        process.wait()


def test_kill_takes_the_process_group_along() -> None:
    """What a service has started must not outlive it."""
    program = (
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    leader = subprocess.Popen(
        (sys.executable, "-c", f"{program}; print(p.pid, flush=True); time.sleep(60)"),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with leader:
        assert leader.stdout is not None
        grandchild = ProcessIdentity.of(int(leader.stdout.readline()))
        ProcessIdentity.of(leader.pid).kill()
    eventually(lambda: not grandchild.is_alive(), what="the end of the grandchild")


def test_a_process_that_ended_but_was_not_collected_is_not_alive() -> None:
    """In a container nobody may ever collect it, and `down` would wait for ever."""
    process = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    with process:
        identity = ProcessIdentity.of(process.pid)
        assert identity.is_alive()
        os.kill(process.pid, 9)
        eventually(lambda: not identity.is_alive(), what="the process to count as ended")


@pytest.mark.parametrize("value", [None, {}, {"pid": 1}, {"pid": "x", "created": 1.0}, [1, 2]])
def test_what_is_no_identity_reads_as_none(value: object) -> None:
    """A damaged services.json must not stop `qcjobs up`."""
    assert ProcessIdentity.from_json(value) is None
