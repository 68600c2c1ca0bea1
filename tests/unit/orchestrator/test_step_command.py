"""A command may buy something: it is sent once or, in doubt, not again."""

import pytest

from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.outcomes import Confirm, Fail, Wait
from tests.support.cloud import refused, unanswered, unreachable
from tests.support.workbench import PROJECT, Workbench

MESSAGE = {"$type": "BuyCommand", "quantity": 1}


@pytest.fixture
def job(bench: Workbench) -> Job:
    """To one project."""
    return bench.ending(JobKind.COMMAND, command=MESSAGE)


def test_it_is_handed_over_as_it_is(bench: Workbench, job: Job) -> None:
    """The class it names decides what it means."""
    bench.cloud.answers("live/commands/create", {})
    assert isinstance(bench.perform("command", job), Confirm)
    assert bench.cloud.last("live/commands/create") == {"projectId": PROJECT, "command": MESSAGE}
    assert bench.events(job)[-1] == "LiveCommandSent"


def test_in_doubt_it_is_not_sent_again(bench: Workbench, job: Job) -> None:
    """Twice would buy twice."""
    bench.cloud.answers("live/commands/create", unanswered())
    assert isinstance(bench.perform("command", job), Wait)
    outcome = bench.perform("command", job)
    assert isinstance(outcome, Fail)
    assert outcome.kind == "in_doubt"
    assert bench.cloud.count("live/commands/create") == 1


def test_one_that_never_left_is_sent_again(bench: Workbench, job: Job) -> None:
    """Nothing has happened."""
    bench.cloud.answers("live/commands/create", unreachable(), {})
    assert isinstance(bench.perform("command", job), Wait)
    assert isinstance(bench.perform("command", job), Confirm)


def test_a_refusal_is_told(bench: Workbench, job: Job) -> None:
    """The algorithm does not run."""
    bench.cloud.answers("live/commands/create", refused("This project does not run live"))
    outcome = bench.perform("command", job)
    assert isinstance(outcome, Fail)
    assert "does not run live" in outcome.message
