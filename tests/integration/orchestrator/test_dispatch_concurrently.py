"""Two dispatchers, two reconcilers: never more chains than one would have started."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa

from orchestrator.dispatcher import Start, dispatch
from orchestrator.leases import HOLD
from orchestrator.ledger import Tables
from orchestrator.reconciler import reconcile
from orchestrator.runtime import Runtime
from orchestrator.states import JobState
from tests.support.at_once import at_once
from tests.support.workbench import ACCOUNT, FINGERPRINT, Workbench, add_job

NODES, LOOK_AHEAD = 2, 2


def simultaneous(bench: Workbench, tick: Callable[[Runtime], list[Start]], times: int = 6) -> list[Start]:
    """Everything that so many ticks of one moment have started."""
    return [start for starts in at_once(times, lambda: tick(bench.runtime)) for start in starts]


def test_no_node_is_given_twice(bench: Workbench) -> None:
    """Each would count the same node as free, and QuantConnect would refuse the second backtest."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    for number in range(10):
        add_job(bench.ledger, str(number), files={"main.py": f"# {number}"})

    started = simultaneous(bench, dispatch)

    assert len(started) == len(set(started)) == NODES + LOOK_AHEAD
    with bench.ledger.reading() as tables:
        assert sum(job.has_slot for job in tables.jobs.running(ACCOUNT)) == NODES


def test_a_decision_that_begins_nothing_holds_up_no_writer(bench: Workbench) -> None:
    """It is made many times a second, and mostly all nodes are busy."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    for number in range(10):
        add_job(bench.ledger, str(number))
    assert dispatch(bench.runtime)
    written: list[object] = []
    sa.event.listen(bench.ledger.engine, "commit", written.append)

    assert dispatch(bench.runtime) == []

    assert written == []


def test_credentials_that_are_refused_after_the_choice_are_not_used(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The choice is made before the lock is taken."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))
    job = add_job(bench.ledger)
    take_the_lock = bench.ledger.writing

    def a_moment_later() -> AbstractContextManager[Tables]:
        with take_the_lock() as tables:
            tables.accounts.refuse(ACCOUNT, FINGERPRINT, "no")
        return take_the_lock()

    monkeypatch.setattr(bench.ledger, "writing", a_moment_later)

    assert dispatch(bench.runtime) == []
    assert bench.job(job).state is JobState.QUEUED


def test_untried_credentials_are_tried_by_one_job(bench: Workbench) -> None:
    """However many dispatchers there are."""
    for number in range(10):
        add_job(bench.ledger, str(number))

    assert len(simultaneous(bench, dispatch)) == 1


def test_an_abandoned_job_gets_one_new_run(bench: Workbench) -> None:
    """Two beats may be alive for a moment."""
    jobs = [bench.running(str(number)) for number in range(5)]
    bench.clock.advance(seconds=HOLD.total_seconds() + 1)

    started = simultaneous(bench, reconcile)

    assert sorted(started) == sorted(Start(job.id, 2, job.kind) for job in jobs)
