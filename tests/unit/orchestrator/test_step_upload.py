"""Step 1: the project holds exactly the bundle's files, and nobody's work is lost for it."""

from orchestrator.jobs import Submission, bundle_hash
from orchestrator.outcomes import Advance, Fail, Requeue, Wait
from orchestrator.states import JobState
from orchestrator.workflow.upload import PREPARING
from tests.support.cloud import files, refused, unanswered
from tests.support.workbench import ACCOUNT, CODE, PROJECT, Workbench


def test_all_files_go_out_in_one_request(bench: Workbench) -> None:
    """Requests are scarce; one per file would waste them."""
    job = bench.running(files={"main.py": CODE, "helpers/signals.py": "LIMIT = 3\n"}, replace=True)
    bench.cloud.answers("files/read", files(main_py="pass"))
    bench.cloud.answers("projects/update", {})

    assert isinstance(bench.perform("upload", job), Advance)

    assert [path for path, _ in bench.cloud.asked] == ["files/read", "projects/update"]
    sent = bench.cloud.last("projects/update")["files"]
    assert {file["name"]: file["content"] for file in sent} == {"main.py": CODE, "helpers/signals.py": "LIMIT = 3\n"}


def test_nothing_is_sent_when_the_project_holds_these_files_already(bench: Workbench) -> None:
    """The ninety-nine other jobs of a sweep upload nothing. Line ends are not content: the server keeps either kind."""
    job = bench.running(files={"main.py": "a = 1\nb = 2\n"})
    bench.cloud.answers("files/read", files(main_py="a = 1\r\nb = 2"))

    assert isinstance(bench.perform("upload", job), Advance)
    assert bench.cloud.count("projects/update") == 0


def test_files_of_libraries_are_not_the_projects(bench: Workbench) -> None:
    """The listing shows them too; they must neither count as foreign nor be overwritten."""
    library = {"name": "shared.py", "content": "x = 1", "isLibrary": True}
    bench.cloud.answers("files/read", {"files": [*files(main_py=CODE)["files"], library]})

    assert isinstance(bench.perform("upload", bench.running()), Advance)


def test_no_request_is_made_when_a_good_compile_of_the_bundle_is_known(bench: Workbench) -> None:
    """A compile is a snapshot: whatever the project holds now, its backtests run the right code."""
    first, second = bench.running("rsi"), bench.running("rsi")
    bench.note_compile(first)

    assert isinstance(bench.perform("upload", second), Advance)
    assert bench.cloud.asked == []
    assert bench.job(second).compile_id == "c-1"


def test_no_request_is_made_once_the_backtest_may_exist(bench: Workbench) -> None:
    """After the one request that costs money nothing before it matters."""
    job = bench.running()
    bench.change(job, create_intent_at=bench.clock())

    assert isinstance(bench.perform("upload", job), Advance)
    assert bench.cloud.asked == []


def test_files_that_we_did_not_put_there_stop_the_job_and_are_named(bench: Workbench) -> None:
    """A push deletes what it does not carry: somebody's notebook of a year would be gone."""
    job = bench.running()
    bench.cloud.answers("files/read", files(main_py="something else", ideas_ipynb="{}"))

    outcome = bench.perform("upload", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "foreign_files"
    assert "ideas.ipynb, main.py" in outcome.message
    assert "--replace" in outcome.message
    assert bench.cloud.count("projects/update") == 0


def test_replace_overwrites_them(bench: Workbench) -> None:
    """Whoever says so has looked."""
    job = bench.running(replace=True)
    bench.cloud.answers("files/read", files(main_py="something else"))
    bench.cloud.answers("projects/update", {})

    assert isinstance(bench.perform("upload", job), Advance)
    assert bench.cloud.count("projects/update") == 1


def test_files_of_an_earlier_push_are_ours(bench: Workbench) -> None:
    """Changing one's code and running it again is the daily work; it must need no flag."""
    old = bench.running("rsi", files={"main.py": "old\n", "extra.py": "x\n"}, replace=True)
    bench.cloud.answers("files/read", files(main_py="old"), files(main_py="old\n", extra_py="x\n"))
    bench.cloud.answers("projects/update", {})
    bench.perform("upload", old)
    bench.clock.advance(seconds=PREPARING.total_seconds() + 1)

    assert isinstance(bench.perform("upload", bench.running("rsi", files={"main.py": "new\n"})), Advance)
    assert [file["name"] for file in bench.cloud.last("projects/update")["files"]] == ["main.py"]


def test_a_file_edited_in_the_browser_since_our_push_is_foreign(bench: Workbench) -> None:
    """It has our name on it, but not our content."""
    old = bench.running(files={"main.py": "old\n"}, replace=True)
    bench.cloud.answers("files/read", files(main_py="default"), files(main_py="old, and an idea\n"))
    bench.cloud.answers("projects/update", {})
    bench.perform("upload", old)
    bench.clock.advance(seconds=PREPARING.total_seconds() + 1)

    outcome = bench.perform("upload", bench.running(files={"main.py": "new\n"}))

    assert isinstance(outcome, Fail)
    assert outcome.kind == "foreign_files"


def test_the_default_files_of_a_project_that_we_made_are_nobodys_work(bench: Workbench) -> None:
    """A new project is never empty."""
    job = bench.running(project_id=None)
    bench.write(lambda tables: tables.projects.write(ACCOUNT, job.project_key, project_id=PROJECT, created_by_us=True))
    bench.change(job, project_id=PROJECT)
    bench.cloud.answers("files/read", files(main_py="template", research_ipynb="{}"))
    bench.cloud.answers("projects/update", {})

    assert isinstance(bench.perform("upload", job), Advance)


def test_they_stay_nobodys_work_when_the_first_push_is_lost(bench: Workbench) -> None:
    """A worker died, or the answer did, between the note of the push and its effect: the next run pushes again."""
    job = bench.running(project_id=None)
    bench.write(lambda tables: tables.projects.write(ACCOUNT, job.project_key, project_id=PROJECT, created_by_us=True))
    bench.change(job, project_id=PROJECT)
    bench.cloud.answers("files/read", files(main_py="template", research_ipynb="{}"))
    bench.cloud.answers("projects/update", unanswered(), {})

    assert isinstance(bench.perform("upload", job), Wait)
    assert isinstance(bench.perform("upload", job), Advance)


def test_what_somebody_writes_into_them_is_somebodys_work(bench: Workbench) -> None:
    """Even if nothing of ours has arrived there yet."""
    job = bench.running(project_id=None)
    bench.write(lambda tables: tables.projects.write(ACCOUNT, job.project_key, project_id=PROJECT, created_by_us=True))
    bench.change(job, project_id=PROJECT)
    bench.cloud.answers("files/read", files(main_py="template"), files(main_py="template, and an idea"))
    bench.cloud.answers("projects/update", unanswered())
    bench.perform("upload", job)

    outcome = bench.perform("upload", job)

    assert isinstance(outcome, Fail)
    assert outcome.kind == "foreign_files"


def test_two_bundles_of_one_project_never_mix(bench: Workbench) -> None:
    """A result must belong to the code that made it: the project is one job's until its compile has ended."""
    first = bench.running("rsi", files={"main.py": "first\n"}, replace=True)
    second = bench.running("rsi", files={"main.py": "second\n"}, replace=True)
    bench.cloud.answers("files/read", files(main_py="template"))
    bench.cloud.answers("projects/update", {})
    bench.perform("upload", first)

    assert isinstance(bench.perform("upload", second), Wait)
    assert bench.cloud.count("projects/update") == 1


def test_a_cloud_project_as_it_stands_becomes_a_bundle_of_its_own(bench: Workbench) -> None:
    """Nothing is pushed, and the result still says which code it belongs to."""
    with bench.ledger.writing() as tables:
        job = tables.jobs.add(ACCOUNT, _as_it_stands())
    with bench.ledger.writing() as tables:
        tables.jobs.start(job, bench.clock(), has_slot=True)
    bench.cloud.answers("files/read", files(main_py=CODE))

    assert isinstance(bench.perform("upload", job), Advance)

    assert bench.job(job).bundle == bundle_hash({"main.py": CODE})
    assert bench.cloud.count("projects/update") == 0


def test_a_second_job_of_a_cloud_project_does_not_wait_for_the_firsts_lease_to_run_out(bench: Workbench) -> None:
    """With the compile known, there is nothing to prepare: a free node must not stay empty for a minute."""
    with bench.ledger.writing() as tables:
        jobs = [tables.jobs.add(ACCOUNT, _as_it_stands()) for _ in range(2)]
        for job in jobs:
            tables.jobs.start(job, bench.clock(), has_slot=True)
    bench.cloud.answers("files/read", files(main_py=CODE))
    bench.perform("upload", jobs[0])
    bench.note_compile(bench.job(jobs[0]))
    bench.perform("compile", jobs[0])

    assert isinstance(bench.perform("upload", jobs[1]), Advance)


def test_an_unknown_project_fails_the_job_in_plain_words(bench: Workbench) -> None:
    """Wrong id, or somebody else's project: waiting would not help."""
    bench.cloud.answers("files/read", refused("Project not found"))

    outcome = bench.perform("upload", bench.running())

    assert isinstance(outcome, Fail)
    assert outcome.kind == "not_found"
    assert str(PROJECT) in outcome.message


def test_a_project_of_ours_that_somebody_deleted_is_made_again(bench: Workbench) -> None:
    """We made it for this source; the source is still there."""
    job = bench.running(project_id=None)
    bench.write(lambda tables: tables.projects.write(ACCOUNT, job.project_key, project_id=PROJECT, created_by_us=True))
    bench.change(job, project_id=PROJECT)
    bench.cloud.answers("files/read", refused("Project not found"))

    assert isinstance(bench.perform("upload", job), Requeue)
    assert bench.job(job).project_id is None
    assert bench.job(job).state is JobState.QUEUED


def test_a_refused_file_fails_the_job_with_quantconnects_words(bench: Workbench) -> None:
    """Tiers differ in how long a file may be; only the server knows ours."""
    bench.cloud.answers("files/read", files(main_py="template"))
    bench.cloud.answers("projects/update", refused("File exceeds the maximum size of 32,000 characters."))

    outcome = bench.perform("upload", bench.running(replace=True))

    assert isinstance(outcome, Fail)
    assert "32,000 characters" in outcome.message


def _as_it_stands() -> Submission:
    return Submission(
        name="cloud",
        source=f"project {PROJECT}",
        project_key=f"id:{PROJECT}",
        project_id=PROJECT,
        language="Py",
        files=None,
    )
