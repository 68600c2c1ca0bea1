"""The kill matrix, where messages are: a real worker dies before and after each of them, and another one goes on.

What happens between the effects of a step is `tests/integration/orchestrator/test_kill_matrix.py`'s.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator import JobHandle
from tests.support import mortal_worker
from tests.support.command import ROOT
from tests.support.eventually import eventually
from tests.support.house import House, house
from tests.support.mortal_worker import points
from tests.support.promises import untold

LINKS = [f"backtest.{step}" for step in ("upload", "compile", "poll_compile", "create", "poll_results")]
POINTS = [
    *(f"{moment} {link}" for link in LINKS for moment in ("before", "after", "done")),
    *(f"{moment} again backtest.poll_compile" for moment in ("before", "after")),
    *(f"{moment} events.deliver" for moment in ("before", "after", "done")),
]
AT_LEAST = ["before backtest.upload", "before backtest.create", "after backtest.create", "done backtest.create"]
"""On PostgreSQL these do: which instants there are does not depend on the database."""

DEADLINE = 280.0  # seconds for all of them


@pytest.mark.timeout(500)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_worker_killed_at_any_message_costs_neither_a_job_nor_a_second_backtest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, database: str
) -> None:
    """Redis has no transaction with the ledger: between the two there is always an instant."""
    left = tmp_path / "points"
    left.write_text("".join(f"{point}\n" for point in (POINTS if database == "sqlite" else AT_LEAST)))
    monkeypatch.setenv(mortal_worker.POINTS, str(left))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    if database == "postgresql":
        monkeypatch.setenv("QCJOBS_DATABASE_URL", request.getfixturevalue("postgres_url"))
    with house(tmp_path, monkeypatch.setenv, nodes=6) as running:
        running.start_beat()
        handles = carried_by_mortals(running, left)

        jobs = running.wait(handles, within=120)

        made = Counter(created["id"] for created in running.created("backtest"))
        assert made == Counter(job.backtest_id for job in jobs)
        # A delivery that died with its worker is due again a minute later.
        ids = [handle.id for handle in handles]
        with closing(running.ledger) as ledger:
            eventually(lambda: not untold(ledger, ids), within=150, every=1, what="the last delivery")


def carried_by_mortals(running: House, left: Path) -> list[JobHandle]:
    """Have a worker die at every point, and another one started each time; there is always something to do."""
    handles: list[JobHandle] = []
    until = time.monotonic() + DEADLINE
    running.start_worker("mortal", include="tests.support.mortal_worker")
    while points(left):
        assert time.monotonic() < until, f"nobody came by {points(left)}"
        if all(handle.state.is_terminal for handle in handles[-3:]):
            handles += [running.submit("alpha", period=len(handles) + one) for one in range(3)]
            handles.append(running.submit(f"only{len(handles)}", period=0))  # code that is not compiled yet
        if running.processes["mortal"].poll() is not None:
            running.start_worker("mortal", include="tests.support.mortal_worker")
        time.sleep(0.1)
    running.start_worker("heir")  # who died last has nobody yet
    return handles
