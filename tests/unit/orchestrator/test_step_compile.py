"""Steps 2 and 3: one compile per bundle, whoever needs it, and a build error that says where."""

import pytest

from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Fail, Requeue, Wait
from orchestrator.states import JobState
from tests.support.cloud import files, refused
from tests.support.workbench import ACCOUNT, CODE, PROJECT, Workbench

LOG = "Build Request Successful for Project ID: 1001, with CompileID: c-9, Lean Version: 2.5.0.0.17123"


@pytest.fixture
def uploaded(bench: Workbench) -> Job:
    """A job whose files are in the project, which it holds."""
    job = bench.running()
    bench.cloud.answers("files/read", files(main_py=CODE))
    bench.perform("upload", job)
    return job


@pytest.fixture
def compiling(bench: Workbench, uploaded: Job) -> Job:
    """A job whose compile is under way."""
    bench.cloud.answers("compile/create", {"compileId": "c-9", "state": "InQueue"})
    bench.perform("compile", uploaded)
    return uploaded


def test_a_finished_build_is_kept_with_its_version_of_lean(bench: Workbench, compiling: Job) -> None:
    """Results differ between versions of the engine; a result says which one made it."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildSuccess", "logs": [LOG]})

    assert isinstance(bench.perform("poll_compile", compiling), Advance)

    job = bench.job(compiling)
    assert job.compile_id == "c-9"
    with bench.ledger.reading() as tables:
        known = tables.projects.compile_of(ACCOUNT, PROJECT, job.bundle or "")
    assert known is not None
    assert known.lean_version == "2.5.0.0.17123"


def test_a_build_under_way_is_looked_at_again_soon(bench: Workbench, compiling: Job) -> None:
    """Builds take seconds, and a node may be waiting."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "InQueue"})

    outcome = bench.perform("poll_compile", compiling)

    assert isinstance(outcome, Wait)
    assert outcome.delay.total_seconds() <= 5


def test_a_compile_is_not_looked_at_before_it_can_have_ended(bench: Workbench, compiling: Job) -> None:
    """By what the latest took; a little early, to notice when they take less."""
    bench.clock.advance(seconds=10)
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildSuccess", "logs": [LOG]})
    bench.perform("poll_compile", compiling)
    later = bench.running("rsi", files={"main.py": "other\n"}, replace=True)
    bench.cloud.answers("projects/update", {})
    bench.perform("upload", later)
    bench.cloud.answers("compile/create", {"compileId": "c-10", "state": "InQueue"})
    bench.perform("compile", later)
    asked = len(bench.cloud.asked)

    outcome = bench.perform("poll_compile", later)

    assert isinstance(outcome, Wait)
    assert outcome.delay.total_seconds() == pytest.approx(9.5)
    assert len(bench.cloud.asked) == asked
    bench.clock.advance(seconds=9.5)
    bench.cloud.answers("compile/read", {"compileId": "c-10", "state": "BuildSuccess", "logs": [LOG]})
    assert isinstance(bench.perform("poll_compile", later), Advance)


def test_the_project_is_free_for_others_once_the_compile_has_ended(bench: Workbench, compiling: Job) -> None:
    """A compile is a snapshot; from here on another bundle may move in."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildSuccess", "logs": [LOG]})
    bench.perform("poll_compile", compiling)
    other = bench.running("rsi", files={"main.py": "other\n"}, replace=True)
    bench.cloud.answers("projects/update", {})

    assert isinstance(bench.perform("upload", other), Advance)


def test_a_build_error_fails_the_job_with_file_and_line(bench: Workbench, compiling: Job) -> None:
    """The whole log is kept; the line that names the error is what people see first."""
    told = ["Building main.py", "Build Error: File: main.py Line:4 Column:9 - invalid syntax"]
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildError", "logs": told})

    outcome = bench.perform("poll_compile", compiling)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "build_error"
    assert outcome.message == told[1]
    assert bench.job(compiling).error_detail == "\n".join(told)


def test_an_unknown_end_of_a_build_is_a_failed_build(bench: Workbench, compiling: Job) -> None:
    """Community reports name BuildAborted and others; waiting for them to change would never end."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildAborted", "logs": []})

    outcome = bench.perform("poll_compile", compiling)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "build_error"


def test_a_failed_build_fails_the_jobs_that_waited_for_it(bench: Workbench, compiling: Job) -> None:
    """Five hundred jobs of code that does not build cost one compile."""
    alike = bench.running()
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildError", "logs": ["Build Error: no"]})
    bench.perform("poll_compile", compiling)

    assert isinstance(bench.perform("upload", alike), Fail)
    assert bench.cloud.count("compile/create") == 1


def test_whoever_submits_failed_code_again_gets_another_try(bench: Workbench, compiling: Job) -> None:
    """The failure may have been the cloud's."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "BuildError", "logs": ["Build Error: no"]})
    bench.perform("poll_compile", compiling)
    bench.clock.advance(seconds=1)
    again = bench.running()

    bench.perform("upload", again)

    assert isinstance(bench.perform("compile", again), Advance)
    assert bench.cloud.count("compile/create") == 2


def test_a_compile_under_way_is_not_asked_for_again(bench: Workbench, compiling: Job) -> None:
    """A run that begins anew finds the one of the run before it."""
    assert isinstance(bench.perform("compile", compiling), Advance)
    assert bench.cloud.count("compile/create") == 1


def test_a_job_that_lost_the_project_begins_again_before_it_compiles(bench: Workbench, uploaded: Job) -> None:
    """Another bundle may be in the project by now: compiling it would give this job foreign results."""
    bench.clock.advance(seconds=61)
    other = bench.running("rsi", files={"main.py": "other\n"}, replace=True)
    bench.cloud.answers("projects/update", {})
    bench.perform("upload", other)

    assert isinstance(bench.perform("compile", uploaded), Requeue)
    assert bench.cloud.count("compile/create") == 0


def test_a_compile_that_is_not_visible_yet_is_waited_for(bench: Workbench, compiling: Job) -> None:
    """Reads may lag behind writes."""
    bench.cloud.answers("compile/read", refused("Compile id not found"))

    assert isinstance(bench.perform("poll_compile", compiling), Wait)


def test_a_compile_that_stays_invisible_is_made_again(bench: Workbench, compiling: Job) -> None:
    """It is lost; ten minutes of waiting would not bring it back."""
    bench.cloud.answers("compile/read", refused("Compile id not found"))
    bench.clock.advance(seconds=31)

    assert isinstance(bench.perform("poll_compile", compiling), Requeue)

    assert bench.job(compiling).state is JobState.QUEUED
    with bench.ledger.reading() as tables:
        assert tables.projects.compile_of(ACCOUNT, PROJECT, bench.job(compiling).bundle or "") is None


def test_a_compile_without_end_fails_the_job(bench: Workbench, compiling: Job) -> None:
    """Everything ends."""
    bench.cloud.answers("compile/read", {"compileId": "c-9", "state": "InQueue"})
    bench.clock.advance(seconds=601)

    outcome = bench.perform("poll_compile", compiling)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "compile_timeout"


def test_without_auto_compile_code_that_was_never_built_fails(bench: Workbench) -> None:
    """The setting promises that qcjobs builds nothing on its own."""
    strict = Workbench(bench.ledger, bench.clock, platforms={"quantconnect": {"auto_compile": False}})
    job = strict.running()
    strict.cloud.answers("files/read", files(main_py=CODE))
    strict.perform("upload", job)

    outcome = strict.perform("compile", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "not_compiled"
    strict.close()
