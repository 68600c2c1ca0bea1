"""Deploying: real money may begin to move, exactly once, and only where somebody said so."""

from typing import Any

import pytest

from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Confirm, Fail, Stale, Wait
from orchestrator.states import JobState
from orchestrator.submission import cancel
from orchestrator.workflow import perform
from tests.support.cloud import Body, deployment, live, live_list, live_nodes, refused, unanswered, unreachable
from tests.support.workbench import PROJECT, Workbench

SETTLED = 10 + 2 * 30 + 10  # seconds: how late a request leaves, two time-outs, and what a list may lag
MADE: Body = {"deployId": "L-1", "projectId": PROJECT}
OLD = deployment("L-0", "Stopped")


@pytest.fixture
def job(bench: Workbench) -> Job:
    """Compiled, and one of two live nodes is free; the project ran live before."""
    bench.cloud.answers("projects/nodes/read", live_nodes("busy", "free"))
    bench.cloud.answers("live/list", live_list(OLD))
    return bench.deploying(brokerage="paper", cash=[[50_000.0, "USD"]])


def test_it_is_asked_for_on_a_free_node_with_the_settings_of_the_named_brokerage(bench: Workbench, job: Job) -> None:
    """Messages and rows carry the name; the settings are looked up when they are needed."""
    bench.cloud.answers("live/create", MADE)

    assert isinstance(bench.perform("deploy", job), Advance)

    asked = bench.cloud.last("live/create")
    assert (asked["projectId"], asked["compileId"], asked["nodeId"]) == (PROJECT, "c-1", "LN-1")
    assert asked["brokerage"] == {"id": "QuantConnectBrokerage", "cash": [{"amount": 50_000.0, "currency": "USD"}]}
    assert bench.job(job).deploy_id == "L-1"


def test_an_intent_is_committed_before_the_request_with_what_was_there_before(bench: Workbench, job: Job) -> None:
    """Whoever comes after a crash must be able to tell the new deployment from the older ones."""
    seen: list[Job] = []

    def note(_body: Body) -> Body:
        seen.append(bench.job(job))
        return MADE

    bench.cloud.answers("live/create", note)
    bench.perform("deploy", job)

    assert seen[0].create_intent_at == bench.clock.now
    assert seen[0].details["before"] == ["L-0"]


def test_nothing_is_asked_when_the_deployment_is_known(bench: Workbench, job: Job) -> None:
    """A message that comes twice must not trade twice."""
    bench.cloud.answers("live/create", MADE)
    bench.perform("deploy", job)

    assert isinstance(bench.perform("deploy", job), Advance)
    assert bench.cloud.count("live/create") == 1


def test_after_a_lost_answer_the_new_deployment_is_adopted(bench: Workbench, job: Job) -> None:
    """The answer was lost, not the request."""
    bench.cloud.answers("live/create", unanswered())
    assert isinstance(bench.perform("deploy", job), Wait)
    bench.cloud.answers("live/list", live_list(deployment("L-7", "InQueue"), OLD))

    assert isinstance(bench.perform("deploy", job), Advance)

    assert bench.job(job).deploy_id == "L-7"
    assert bench.cloud.count("live/create") == 1


def test_in_doubt_nothing_is_asked_again_before_it_is_settled(bench: Workbench, job: Job) -> None:
    """The older request may still be under way; afterwards it cannot, and one more is made."""
    bench.cloud.answers("live/create", unanswered(), MADE)
    bench.perform("deploy", job)
    bench.clock.advance(seconds=SETTLED - 1)
    assert isinstance(bench.perform("deploy", job), Wait)
    assert bench.cloud.count("live/create") == 1

    bench.clock.advance(seconds=2)
    assert isinstance(bench.perform("deploy", job), Advance)
    assert bench.cloud.count("live/create") == 2


def test_a_request_that_never_left_leaves_no_intent(bench: Workbench, job: Job) -> None:
    """It is asked again at once."""
    bench.cloud.answers("live/create", unreachable())
    assert isinstance(bench.perform("deploy", job), Wait)
    assert bench.job(job).create_intent_at is None


def test_a_refusal_that_left_a_deployment_behind_is_adopted(bench: Workbench, job: Job) -> None:
    """It trades, whatever the answer said."""
    bench.cloud.answers("live/list", live_list(OLD), live_list(deployment("L-3", "InQueue"), OLD))
    bench.cloud.answers("live/create", refused("Something went wrong"))

    assert isinstance(bench.perform("deploy", job), Advance)
    assert bench.job(job).deploy_id == "L-3"


def test_a_refusal_ends_the_job_with_its_text(bench: Workbench, job: Job) -> None:
    """It is never tried again on its own."""
    bench.cloud.answers("live/create", refused("Invalid brokerage settings"))

    outcome = bench.perform("deploy", job)

    assert isinstance(outcome, Fail)
    assert "Invalid brokerage settings" in outcome.message
    assert bench.events(job)[-1] == "LiveDeployFailed"
    assert bench.audited(job) == ["failed"]


def test_a_project_that_trades_already_is_left_alone(bench: Workbench, job: Job) -> None:
    """A second deployment would replace somebody's running algorithm."""
    bench.cloud.answers("live/list", live_list(deployment("L-9", "Running")))

    outcome = bench.perform("deploy", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "already_live"
    assert bench.cloud.count("live/create") == 0


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"node_id": "LN-0"}, "in use"),
        ({"node_id": "LN-5"}, "no live node LN-5"),
        ({"brokerage": "nobody's"}, "no brokerage"),
    ],
)
def test_what_cannot_be_had_fails_the_job_before_anything_is_sent(
    bench: Workbench, details: dict[str, Any], told: str
) -> None:
    """What trades must not begin later, at an hour that nobody has chosen."""
    bench.cloud.answers("projects/nodes/read", live_nodes("busy", "free"))
    bench.cloud.answers("live/list", live_list())
    outcome = bench.perform("deploy", bench.deploying(**details))
    assert isinstance(outcome, Fail)
    assert told in outcome.message
    assert bench.cloud.count("live/create") == 0


def test_no_free_node_fails_the_job(bench: Workbench) -> None:
    """As above."""
    bench.cloud.answers("projects/nodes/read", live_nodes("busy", "busy"))
    bench.cloud.answers("live/list", live_list())
    outcome = bench.perform("deploy", bench.deploying())
    assert isinstance(outcome, Fail)
    assert outcome.kind == "no_live_node"


# ── confirming ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def deployed(bench: Workbench, job: Job) -> Job:
    """A job whose deployment was accepted."""
    bench.cloud.answers("live/create", MADE)
    bench.perform("deploy", job)
    return bench.job(job)


def test_it_is_confirmed_by_reading_until_it_runs(bench: Workbench, deployed: Job) -> None:
    """Accepted is not running."""
    bench.cloud.answers("live/read", live(status="LoggingIn"), live(status="Running"))
    assert isinstance(bench.perform("confirm", deployed), Wait)

    assert isinstance(bench.perform("confirm", deployed), Confirm)

    done = bench.job(deployed)
    assert done.state is JobState.COMPLETED
    assert done.details["confirmed"]["status"] == "Running"
    assert bench.events(deployed)[-1] == "LiveDeployed"
    assert bench.audited(deployed) == ["confirmed"]


def test_the_watch_knows_at_once_what_was_deployed(bench: Workbench, deployed: Job) -> None:
    """It is not to be mistaken for somebody else's."""
    bench.cloud.answers("live/read", live(status="Running"))
    bench.perform("confirm", deployed)
    with bench.ledger.reading() as tables:
        (known,) = tables.deployments.of(deployed.account)
    assert (known.deploy_id, known.status) == ("L-1", "Running")
    assert "LiveDiscrepancy" not in [name for name, _ in bench.news()]


@pytest.mark.parametrize("status", ["DeployError", "RuntimeError", "Stopped"])
def test_what_will_not_run_fails_with_its_reason(bench: Workbench, deployed: Job, status: str) -> None:
    """The server's own words."""
    bench.cloud.answers("live/read", live(status=status, message="The brokerage refused the login"))
    outcome = bench.perform("confirm", deployed)
    assert isinstance(outcome, Fail)
    assert "The brokerage refused the login" in outcome.message


def test_a_new_deployment_may_be_invisible_for_a_moment(bench: Workbench, deployed: Job) -> None:
    """But not for ever."""
    bench.cloud.answers("live/read", refused("Live deployment not found"), refused("Live deployment not found"))
    assert isinstance(bench.perform("confirm", deployed), Wait)
    bench.clock.advance(seconds=61)
    outcome = bench.perform("confirm", deployed)
    assert isinstance(outcome, Fail)
    assert outcome.kind == "deploy_lost"


def test_a_start_that_never_ends_is_told(bench: Workbench, deployed: Job) -> None:
    """Somebody may have to confirm a login; the message says what to do."""
    bench.cloud.answers("live/read", live(status="LoggingIn"))
    bench.clock.advance(seconds=601)
    outcome = bench.perform("confirm", deployed)
    assert isinstance(outcome, Fail)
    assert "It may still begin to trade" in outcome.message


# ── cancelling ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cancelled_deployment_is_stopped(bench: Workbench, deployed: Job) -> None:
    """What was about to trade must not."""
    cancel(bench.ledger, deployed.id)
    bench.cloud.answers("live/update/stop", {})
    bench.cloud.answers("live/read", live(status="InQueue"), live(status="Stopped"))
    assert isinstance(bench.perform("confirm", deployed), Wait)
    bench.perform("confirm", deployed)
    assert bench.job(deployed).state is JobState.CANCELLED


def test_a_deployment_cancelled_before_the_request_never_asks(bench: Workbench, job: Job) -> None:
    """Nothing to stop."""
    cancel(bench.ledger, job.id)
    bench.perform("deploy", job)
    assert bench.job(job).state is JobState.CANCELLED
    assert bench.cloud.asked == []


def test_a_stale_run_says_nothing(bench: Workbench, job: Job) -> None:
    """A newer run exists."""
    bench.clock.advance(seconds=60)
    bench.write(lambda tables: tables.jobs.recover(job, bench.clock.now))
    assert isinstance(perform(bench.runtime, "deploy", job.id, job.run), Stale)
    assert bench.cloud.asked == []
