"""Making a project: never blindly twice."""

from orchestrator.outcomes import Fail, Wait
from tests.support.cloud import project, refused, unanswered, unreachable
from tests.support.workbench import ACCOUNT, Workbench


def test_a_source_without_a_project_gets_one_of_its_name(bench: Workbench) -> None:
    """A folder is all that a new user has."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", {"projects": [project(42, "rsi")]})

    assert isinstance(bench.perform("upload", job), Wait)

    assert bench.job(job).project_id == 42
    assert bench.cloud.last("projects/create")["name"] == "rsi"
    assert bench.cloud.last("projects/create")["language"] == "Py"


def test_the_second_job_of_a_source_uses_the_same_project(bench: Workbench) -> None:
    """One project per source, not one per job."""
    bench.cloud.answers("projects/create", {"projects": [project(42, "rsi")]})
    first, second = bench.running("rsi", project_id=None), bench.running("rsi", project_id=None)

    bench.perform("upload", first)
    bench.perform("upload", second)

    assert bench.job(second).project_id == 42
    assert bench.cloud.count("projects/create") == 1


def test_two_jobs_do_not_make_the_project_at_once(bench: Workbench) -> None:
    """The second waits for the first, whose request may be under way."""
    first, second = bench.running("rsi", project_id=None), bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unanswered())
    bench.perform("upload", first)

    assert isinstance(bench.perform("upload", second), Wait)
    assert bench.cloud.count("projects/create") == 1


def test_a_project_made_by_a_request_whose_answer_was_lost_is_adopted(bench: Workbench) -> None:
    """Asking again would leave a second project behind, numbered by the server."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unanswered())
    bench.perform("upload", job)
    bench.cloud.answers("projects/read", {"projects": [project(43, "rsi 1"), project(9, "other")]})

    bench.perform("upload", job)

    assert bench.job(job).project_id == 43
    assert bench.cloud.count("projects/create") == 1


def test_a_project_whose_name_merely_begins_alike_is_not_adopted(bench: Workbench) -> None:
    """`rsi_fast` may be made by another job at the same moment; two sources must not share a project by accident."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unanswered())
    bench.perform("upload", job)
    bench.cloud.answers("projects/read", {"projects": [project(44, "rsi_fast")]})

    assert isinstance(bench.perform("upload", job), Wait)
    assert bench.job(job).project_id is None


def test_an_older_project_of_the_same_name_is_not_adopted(bench: Workbench) -> None:
    """It is somebody's work, and was there before we asked."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unanswered())
    bench.perform("upload", job)
    bench.cloud.answers("projects/read", {"projects": [project(5, "rsi", created="2025-01-01 00:00:00")]})

    assert isinstance(bench.perform("upload", job), Wait)
    assert bench.job(job).project_id is None


def test_while_in_doubt_nothing_is_asked_again_and_once_settled_it_is(bench: Workbench) -> None:
    """The older request may still be under way; lists may lag."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unanswered(), {"projects": [project(45, "rsi")]})
    bench.cloud.answers("projects/read", {"projects": []})
    bench.perform("upload", job)

    bench.clock.advance(seconds=75)
    assert isinstance(bench.perform("upload", job), Wait)
    assert bench.cloud.count("projects/create") == 1

    bench.clock.advance(seconds=10)
    bench.perform("upload", job)
    assert bench.cloud.count("projects/create") == 2
    assert bench.job(job).project_id == 45


def test_a_request_that_never_left_raises_no_doubt(bench: Workbench) -> None:
    """It may be repeated at once, without looking through the whole account."""
    job = bench.running("rsi", project_id=None)
    bench.cloud.answers("projects/create", unreachable(), {"projects": [project(46, "rsi")]})
    bench.perform("upload", job)

    bench.perform("upload", job)

    assert bench.job(job).project_id == 46
    assert bench.cloud.count("projects/read") == 0


def test_a_used_up_budget_raises_no_doubt(bench: Workbench) -> None:
    """The request has not left either: a minute of looking for what cannot exist would be wasted."""
    job = bench.running("rsi", project_id=None)
    bench.gate.refuse_next()

    assert isinstance(bench.perform("upload", job), Wait)

    with bench.ledger.reading() as tables:
        assert tables.projects.get(ACCOUNT, job.project_key).create_intent_at is None


def test_a_refusal_fails_the_job(bench: Workbench) -> None:
    """A forbidden name stays forbidden."""
    bench.cloud.answers("projects/create", refused("Invalid project name"))

    outcome = bench.perform("upload", bench.running("rsi", project_id=None))

    assert isinstance(outcome, Fail)
    assert "Invalid project name" in outcome.message
