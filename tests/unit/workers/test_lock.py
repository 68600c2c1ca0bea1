"""One supervisor per home."""

import subprocess
import sys
from pathlib import Path

from workers.embedded import lock
from workers.embedded.home import Home
from workers.embedded.lock import SupervisorLock


def test_only_one_can_hold_it(tmp_path: Path) -> None:
    """Two supervisors of one home would run two workers and two brokers on the same files."""
    home = Home(tmp_path)
    first, second = SupervisorLock(home), SupervisorLock(home)
    assert (first.take(), second.take(), lock.is_held(home)) == (True, False, True)
    first.release()
    assert (lock.is_held(home), second.take()) == (False, True)
    second.release()


def test_it_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    """A file left by a crash must never keep `qcjobs up` from working."""
    program = (
        "import os, sys; from pathlib import Path; from workers.embedded.home import Home;"
        "from workers.embedded.lock import SupervisorLock;"
        "print(SupervisorLock(Home(Path(sys.argv[1]))).take(), flush=True); input()"
    )
    holder = subprocess.Popen(
        (sys.executable, "-c", program, str(tmp_path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert lock.is_held(Home(tmp_path))
        holder.kill()
    assert not lock.is_held(Home(tmp_path))


def test_asking_in_a_home_that_never_ran_finds_nobody(tmp_path: Path) -> None:
    """`qcjobs down` on a fresh machine says that nothing runs, and nothing worse."""
    assert not lock.is_held(Home(tmp_path))
