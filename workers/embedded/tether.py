"""Become another program that dies with its supervisor, even if that one is killed with SIGKILL. Linux only.

Run as a script: `python -I -S tether.py SUPERVISOR_PID PROGRAM ARGUMENT…`. It must not import from the project: it
runs without site-packages, so that it costs milliseconds. (Doing the same between fork and exec would run Python code
in a copy of a process with threads, which may deadlock.)
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; survives exec


def main() -> None:
    """Tie this process to its parent, then exec."""
    supervisor, *argv = sys.argv[1:]
    # SIGKILL, because a worker that is asked politely would wait for a Redis that has just died too. Nothing is
    # lost by it: that is what the ledger is for.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor ended before its service began")
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - becoming the program without a shell is the purpose
    except OSError as error:
        sys.exit(f"cannot start {argv[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
