"""Chaos: how many jobs are lost, made twice, or left alone, while everything fails in turn.

    .venv/bin/python -m benchmarks.chaos --jobs 100 --minutes 5               every profile; 100 jobs, 5 minutes each
    .venv/bin/python -m benchmarks.chaos --profile redis-empty --seed 7       one, as it was before
    .venv/bin/python -m benchmarks.chaos --peer chain --profile workers       a plain Celery chain instead
    .venv/bin/python -m benchmarks.chaos --peer lean --profile workers        the LEAN CLI in a shell loop instead

Real: workers, beat, Redis, SQLite, HTTP. Emulated: the cloud. The seed decides what is struck, and in which order; how
far each job has come by then is the machine's doing. Prints JSON; the exit status is 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.chaos import judge
from benchmarks.chaos.battle import Skipped, fight
from benchmarks.chaos.loop import fight_as_loop
from benchmarks.chaos.peer import fight_as_peer
from benchmarks.chaos.profiles import PROFILES


def main() -> None:
    """Fight, judge, print JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--profile", action="append", choices=sorted(PROFILES), help="may be given several times")
    arguments.add_argument("--jobs", type=int, default=100, help="per profile")
    arguments.add_argument("--minutes", type=float, default=5.0, help="of strikes, per profile; then the rest may end")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--nodes", type=int, default=6, help="of the emulated cloud")
    arguments.add_argument(
        "--peer", choices=("chain", "lean"), help="in place of qcjobs: a Celery chain with acks_late, the CLI in a loop"
    )
    arguments.add_argument("--keep", type=Path, help="a folder for the logs of every process")
    chosen = arguments.parse_args()
    told: dict[str, Any] = {}
    for name in chosen.profile or list(PROFILES):
        print(f"{name} …", file=sys.stderr)
        told[name] = one(name, chosen)
        print(json.dumps({name: told[name]}), file=sys.stderr)
    print(json.dumps({"seed": chosen.seed, "load_average": os.getloadavg(), "profiles": told}, indent=2))
    if not chosen.peer and not all("skipped" in one or judge.is_kept(one) for one in told.values()):
        sys.exit(1)


def one(name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """What came of one profile."""
    profile = PROFILES[name]
    if not {"chain": profile.fits_chain, "lean": profile.fits_loop, None: True}[chosen.peer]:
        return {"skipped": "it has nothing of the kind"}
    options = {"count": chosen.jobs, "nodes": chosen.nodes, "seconds": chosen.minutes * 60, "seed": chosen.seed}
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.keep / name if chosen.keep else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if chosen.peer == "lean":
                return fight_as_loop(profile, folder, **options)
            if chosen.peer == "chain":
                # Its modules read the environment once, when they are imported: a process for each profile.
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                    return process.submit(fight_as_peer, profile, folder, **options).result()
            return fight(profile, folder, **options)
        except Skipped as reason:
            return {"skipped": str(reason)}


if __name__ == "__main__":
    main()
