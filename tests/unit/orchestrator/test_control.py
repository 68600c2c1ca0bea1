"""What is urgent begins at once, and the queue of the others does not matter."""

import pytest

from orchestrator.control import begin_urgent
from orchestrator.dispatcher import Start, dispatch
from orchestrator.kinds import JobKind
from orchestrator.leases import HOLD
from orchestrator.reconciler import MOST_RECOVERIES, reconcile
from orchestrator.states import JobState
from tests.support.workbench import ACCOUNT, FINGERPRINT, Workbench, add_job


@pytest.fixture(autouse=True)
def _proven_credentials(bench: Workbench) -> None:
    """The account's credentials were seen to work before."""
    bench.write(lambda tables: tables.accounts.accept(ACCOUNT, FINGERPRINT))


def test_it_begins_although_every_node_is_busy_and_many_are_queued(bench: Workbench) -> None:
    """It needs no node and stands behind nobody."""
    bench.created("b-1", "one"), bench.created("b-2", "two")
    for number in range(20):
        add_job(bench.ledger, f"queued {number}", priority=9)
    job = add_job(bench.ledger, kind=JobKind.LIQUIDATE)

    assert begin_urgent(bench.runtime) == [Start(job.id, 1, JobKind.LIQUIDATE)]


def test_the_dispatcher_leaves_it_alone(bench: Workbench) -> None:
    """Its message must not land on a crowded lane."""
    add_job(bench.ledger, kind=JobKind.STOP)
    assert dispatch(bench.runtime) == []


def test_a_deployment_needs_no_backtest_node(bench: Workbench) -> None:
    """It is dispatched with the backtests, and takes none of their nodes."""
    bench.created("b-1", "one"), bench.created("b-2", "two")
    job = add_job(bench.ledger, kind=JobKind.DEPLOY)
    assert dispatch(bench.runtime) == [Start(job.id, 1, JobKind.DEPLOY)]
    assert not bench.job(job).has_slot


def test_a_deployment_under_way_is_not_counted_among_the_prepared(bench: Workbench) -> None:
    """Look-ahead is for backtests."""
    bench.created("b-1", "one"), bench.created("b-2", "two")
    bench.deploying("d-1"), bench.deploying("d-2")
    for name in "abc":
        add_job(bench.ledger, name, files={"main.py": f"# {name}"})
    assert len(dispatch(bench.runtime)) == bench.runtime.settings.dispatch.look_ahead == 2


def test_nobody_looks_after_it_so_it_begins_anew(bench: Workbench) -> None:
    """A killed control worker, a lost message."""
    job = bench.ending()
    bench.clock.advance(seconds=HOLD.total_seconds() + 1)
    assert reconcile(bench.runtime) == []
    assert begin_urgent(bench.runtime) == [Start(job.id, 2, JobKind.LIQUIDATE)]
    assert "LiveRecovered" in bench.events(job)


def test_it_is_never_given_up(bench: Workbench) -> None:
    """A backtest is, after ten times in a row."""
    job = bench.ending()
    for _ in range(MOST_RECOVERIES + 5):
        bench.clock.advance(seconds=HOLD.total_seconds() + 1)
        assert len(begin_urgent(bench.runtime)) == 1
    assert bench.job(job).state is JobState.RUNNING


def test_with_credentials_that_nobody_has_tried_one_goes_first(bench: Workbench) -> None:
    """Several bad logins at once lock the account."""
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, "others", "no"))
    for _ in range(3):
        add_job(bench.ledger, kind=JobKind.STOP)
    assert len(begin_urgent(bench.runtime)) == 1


def test_with_refused_credentials_nothing_begins(bench: Workbench) -> None:
    """It could only make things worse."""
    bench.write(lambda tables: tables.accounts.refuse(ACCOUNT, FINGERPRINT, "no"))
    add_job(bench.ledger, kind=JobKind.STOP)
    assert begin_urgent(bench.runtime) == []
