"""Stop and liquidate: asked at once, asked again, and not over before reading has confirmed it."""

import httpx
import pytest

from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.outcomes import Confirm, Fail, Requeue, Wait
from orchestrator.states import JobState
from tests.support.cloud import live, refused, unanswered, unreachable
from tests.support.workbench import Workbench

ENDPOINTS = {JobKind.STOP: "live/update/stop", JobKind.LIQUIDATE: "live/update/liquidate"}
ENDED = {JobKind.STOP: "Stopped", JobKind.LIQUIDATE: "Liquidated"}


@pytest.fixture(params=list(ENDPOINTS))
def kind(request: pytest.FixtureRequest) -> JobKind:
    """Either."""
    kind: JobKind = request.param
    return kind


@pytest.fixture
def job(bench: Workbench, kind: JobKind) -> Job:
    """Begun."""
    return bench.ending(kind)


def test_the_first_request_is_the_one_that_matters(bench: Workbench, job: Job, kind: JobKind) -> None:
    """Nothing is looked up before."""
    bench.cloud.answers(ENDPOINTS[kind], {})
    outcome = bench.perform(kind, job)
    assert isinstance(outcome, Wait)
    assert outcome.delay.total_seconds() <= 1
    assert [path for path, _ in bench.cloud.asked] == [ENDPOINTS[kind]]


def test_it_is_over_when_reading_says_so(bench: Workbench, job: Job, kind: JobKind) -> None:
    """Accepted is not done."""
    bench.cloud.answers(ENDPOINTS[kind], {})
    bench.cloud.answers("live/read", live(), live(status=ENDED[kind]))
    bench.perform(kind, job)
    assert isinstance(bench.perform(kind, job), Wait)

    assert isinstance(bench.perform(kind, job), Confirm)

    assert bench.job(job).state is JobState.COMPLETED
    assert bench.audited(job)[-1] == "confirmed"
    assert bench.events(job)[-1] == {JobKind.STOP: "LiveStopped", JobKind.LIQUIDATE: "LiveLiquidated"}[kind]
    assert bench.cloud.count(ENDPOINTS[kind]) == 1


def test_an_accepted_request_that_shows_no_effect_is_made_again(bench: Workbench, job: Job, kind: JobKind) -> None:
    """What must never happen is that nobody asks."""
    bench.cloud.answers(ENDPOINTS[kind], {})
    bench.cloud.answers("live/read", live())
    bench.perform(kind, job)
    bench.clock.advance(seconds=21)
    bench.perform(kind, job)
    assert bench.cloud.count(ENDPOINTS[kind]) == 2


@pytest.mark.parametrize(
    "trouble", [unanswered(), unreachable(), httpx.Response(503), httpx.Response(200, text="<html>")], ids=str
)
def test_whatever_is_in_the_way_it_is_asked_again_within_two_seconds(
    bench: Workbench, job: Job, kind: JobKind, trouble: httpx.Response | Exception
) -> None:
    """A backtest may wait half a minute; this may not."""
    bench.cloud.answers(ENDPOINTS[kind], *[trouble] * 8, {})
    for _ in range(8):
        outcome = bench.perform(kind, job)
        assert isinstance(outcome, Wait)
        assert outcome.delay.total_seconds() <= 2
    bench.perform(kind, job)
    assert bench.job(job).details["accepted_at"]


def test_slow_down_is_honoured_and_no_longer_than_two_seconds(bench: Workbench, job: Job, kind: JobKind) -> None:
    """Others pause for minutes."""
    bench.cloud.answers(ENDPOINTS[kind], httpx.Response(429, headers={"Retry-After": "60"}))
    outcome = bench.perform(kind, job)
    assert isinstance(outcome, Wait)
    assert outcome.delay.total_seconds() <= 2


def test_what_never_ran_is_told(bench: Workbench, job: Job, kind: JobKind) -> None:
    """A wrong number must not look like success."""
    bench.cloud.answers(ENDPOINTS[kind], refused("This project was never deployed live."))
    bench.cloud.answers("live/read", refused("This project was never deployed live."))
    outcome = bench.perform(kind, job)
    assert isinstance(outcome, Fail)
    assert outcome.kind == "not_live"
    assert bench.audited(job)[-1] == "failed"


def test_a_refusal_while_it_runs_is_tried_again_for_an_hour(bench: Workbench, job: Job, kind: JobKind) -> None:
    """It may be starting; in the end somebody has to know."""
    bench.cloud.answers(ENDPOINTS[kind], refused("The algorithm is being deployed"))
    bench.cloud.answers("live/read", live(status="InQueue"))
    assert isinstance(bench.perform(kind, job), Wait)
    bench.clock.advance(seconds=3601)
    outcome = bench.perform(kind, job)
    assert isinstance(outcome, Fail)
    assert "still runs" in outcome.message


def test_refused_credentials_put_it_back_and_stop_everything(bench: Workbench, job: Job, kind: JobKind) -> None:
    """More bad logins lock the account."""
    bench.cloud.answers(ENDPOINTS[kind], refused("UserID not valid"))
    assert isinstance(bench.perform(kind, job), Requeue)
    assert bench.job(job).state is JobState.QUEUED


def test_a_stop_of_what_has_ended_already_is_done(bench: Workbench) -> None:
    """Whatever ended it."""
    job = bench.ending(JobKind.STOP)
    bench.cloud.answers("live/update/stop", refused("Not running"))
    bench.cloud.answers("live/read", live(status="RuntimeError"))
    assert isinstance(bench.perform("stop", job), Confirm)


def test_a_liquidation_of_what_was_stopped_before_is_no_success(bench: Workbench) -> None:
    """What it held may still be held."""
    job = bench.ending()
    bench.cloud.answers("live/update/liquidate", {})
    bench.cloud.answers("live/read", live(status="Stopped", stopped="2026-02-01 12:00:00"))
    bench.perform("liquidate", job)
    outcome = bench.perform("liquidate", job)
    assert isinstance(outcome, Fail)
    assert outcome.kind == "not_liquidated"
    assert "may still be held" in outcome.message


def test_a_liquidation_that_shows_another_end_first_is_waited_for(bench: Workbench) -> None:
    """The status may pass through Stopped."""
    job = bench.ending()
    bench.cloud.answers("live/update/liquidate", {})
    bench.cloud.answers("live/read", live(status="Stopped"), live(status="Stopped"), live(status="Liquidated"))
    bench.perform("liquidate", job)
    assert isinstance(bench.perform("liquidate", job), Wait)
    assert isinstance(bench.perform("liquidate", job), Wait)
    assert isinstance(bench.perform("liquidate", job), Confirm)


def test_a_liquidation_that_never_shows_as_one_fails_in_the_end(bench: Workbench) -> None:
    """Somebody has to look at the account."""
    job = bench.ending()
    bench.cloud.answers("live/update/liquidate", {})
    bench.cloud.answers("live/read", live(status="RuntimeError"))
    bench.perform("liquidate", job)
    bench.perform("liquidate", job)
    bench.clock.advance(seconds=61)
    assert isinstance(bench.perform("liquidate", job), Fail)
