"""The supervisor as a process: `python -m workers.embedded --home DIR --options JSON [--detach]`.

Started by `start_detached`, which looks at the exit status and then at services.json. With --detach the command
returns at once; the process that goes on has a session of its own and already holds the lock.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from workers.embedded.errors import AlreadyUp, EmbeddedError
from workers.embedded.home import Home
from workers.embedded.services import EVERYTHING, Options
from workers.embedded.up import ALREADY_UP, serve, take_lock


def main() -> int:
    """Supervise until told to stop; the exit status is 1 when the services could not be started."""
    parser = argparse.ArgumentParser(prog="workers.embedded", description="Supervisor of the embedded services.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--options", type=Options.from_json, default=EVERYTHING)
    parser.add_argument("--detach", action="store_true")
    arguments = parser.parse_args()
    home = Home(arguments.home)
    try:
        mine = take_lock(home)
    except AlreadyUp:
        return ALREADY_UP
    except EmbeddedError as error:
        parser.exit(1, f"{error}\n")
    # No thread runs yet, so a plain fork is safe; the lock goes along with it.
    if arguments.detach and os.fork():
        os._exit(0)
    if arguments.detach:
        os.setsid()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        serve(home, arguments.options, held=mine)
    except EmbeddedError as error:
        logging.getLogger(__name__).error("%s", error)  # noqa: TRY400 - the message is written for people
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
