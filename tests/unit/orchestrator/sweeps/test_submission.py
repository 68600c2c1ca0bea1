"""Submitting a sweep: what it will cost, and all of its jobs or none."""

from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator import JobState, SweepHandle, get_sweep, submit_backtest, submit_sweep
from orchestrator.errors import BadPlan, CredentialsRefused, NotFinished, WrongUse
from orchestrator.jobs import Job, Result
from orchestrator.settings import Settings, load_settings
from orchestrator.sweeps.submission import draft_sweep
from quantconnect import QuantConnectAuth
from quantconnect.models.ids import BacktestId, CompileId, ProjectId
from tests.support.workbench import CODE

TOKEN = "the-api-token-of-these-tests"
GRID = {"grid": {"fast": "5:20:5", "slow": [50, 100]}}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Credentials, and a home of its own."""
    monkeypatch.setenv("QC_USER_ID", "77")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    return load_settings(home=tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A strategy with parameters of its own, in a project that is known."""
    folder = tmp_path / "cross"
    folder.mkdir()
    (folder / "main.py").write_text(CODE)
    (folder / "config.json").write_text('{"parameters": {"fast": "10", "fee": "1"}, "cloud-id": 5}')
    return folder


def finish(handle: SweepHandle, job: Job, *, minutes: float = 6, lean: str = "2.5.0.0.17000") -> None:
    """Let the ledger know that a backtest of this job has ended."""
    now = handle.ledger.clock()
    with handle.ledger.writing() as tables:
        assert tables.jobs.start(job, now, has_slot=True)
        running = tables.jobs.get(job.id)
        tables.projects.write_compile(
            job.account,
            5,
            job.bundle or "",
            compile_id="c-1",
            state="BuildSuccess",
            logs=None,
            lean_version="2.5.0.0.17000",
            started_at=now,
            ended_at=now,
        )
        tables.jobs.keep_result(
            Result(
                job_id=job.id,
                statistics={"Sharpe Ratio": "1.25"},
                runtime_statistics={},
                numbers={"sharpe_ratio": float(job.position)},
                total_performance=None,
                complete=True,
                lean_version=lean,
                synthetic=False,
                recorded_at=now,
            )
        )
        tables.jobs.write(
            running,
            state=JobState.COMPLETED,
            project_id=ProjectId(5),
            compile_id=CompileId("c-1"),
            backtest_id=BacktestId(f"b-{job.position}"),
            backtest_created_at=now - timedelta(minutes=minutes),
            completed_at=now,
            ended_at=now,
        )


def test_a_sweep_is_accepted_with_all_of_its_jobs(settings: Settings, folder: Path) -> None:
    """One bundle, one event, each job named for what tells it from the others."""
    handle = submit_sweep(folder, GRID, note="first look", settings=settings)

    jobs = [job for job, _ in handle.results()]
    assert [job.name for job in jobs][:3] == ["cross fast=5 slow=50", "cross fast=5 slow=100", "cross fast=10 slow=50"]
    assert [job.position for job in jobs] == list(range(8))
    assert jobs[0].parameters == {"fast": 5, "fee": "1", "slow": 50}
    assert len({job.bundle for job in jobs}) == 1
    assert (handle.sweep.name, handle.sweep.note, handle.sweep.points) == ("cross", "first look", 8)
    assert handle.standing.counts[JobState.QUEUED] == 8
    with handle.ledger.reading() as tables:
        assert [str(event.type) for event in tables.outbox.unannounced()] == ["SweepQueued"]


def test_a_plan_file_says_everything(settings: Settings, folder: Path, tmp_path: Path) -> None:
    """It is kept beside the strategy; what the call says goes before it."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        f"source: {folder}\nname: from the file\npriority: 3\n"
        "candidates:\n  - {name: today, note: runs live, parameters: {fast: 12}}\n"
    )

    handle = submit_sweep(None, plan, name="by hand", settings=settings)

    ((job, _),) = handle.results()
    assert (handle.sweep.name, job.priority, job.labels) == ("by hand", 3, {"candidate": "today", "note": "runs live"})
    assert job.name == "by hand today fast=12"[: len(job.name)]


@pytest.mark.parametrize(
    ("plan", "options", "words"),
    [
        ({"grid": {"fast": "9:1:1"}}, {}, "never reaches"),
        ({"grid": {"fast": "1:3"}, "where": ["fast > none"]}, {}, "none"),
        ({"grid": {"fast": "1:3"}, "priority": "high"}, {}, "whole number"),
        ({"grid": {"fast": "1:3"}, "reuse": "yes"}, {}, "true or false"),
        ({"grid": {"fast": "1:3"}}, {"most_nodes": 0}, "at least one node"),
        ({"grid": {"fast": "1:1000"}}, {}, "1,000 backtests"),
        ({"grid": {"fast": "1:1000", "slow": "1:1000"}}, {"yes": True}, "are the most"),
    ],
)
def test_what_cannot_be_meant_leaves_nothing_behind(
    settings: Settings, folder: Path, plan: dict[str, object], options: dict[str, bool | int], words: str
) -> None:
    """A slip of the finger must not fill the queue."""
    with pytest.raises(WrongUse, match=words):
        submit_sweep(folder, plan, settings=settings, **options)  # type: ignore[arg-type]

    accepted = submit_sweep(folder, {"list": [{"fast": 1}]}, settings=settings)
    with accepted.ledger.reading() as tables:
        assert [sweep.id for sweep in tables.sweeps.newest()] == [accepted.id]


def test_a_large_sweep_is_accepted_when_it_is_meant(settings: Settings, folder: Path) -> None:
    """The limits ask, they do not forbid."""
    assert submit_sweep(folder, {"grid": {"fast": "1:1000"}}, yes=True, settings=settings).sweep.points == 1000


def test_refused_credentials_accept_no_sweep(settings: Settings, folder: Path) -> None:
    """It would stand still."""
    handle = submit_sweep(folder, GRID, settings=settings)
    fingerprint = QuantConnectAuth(77, TOKEN).fingerprint
    with handle.ledger.writing() as tables:
        tables.accounts.refuse(settings.account, fingerprint, "no")

    with pytest.raises(CredentialsRefused):
        submit_sweep(folder, GRID, settings=settings)
    with pytest.raises(CredentialsRefused):
        handle.wait(5)


def test_the_preview_counts_and_writes_nothing(settings: Settings, folder: Path) -> None:
    """Without experience it says what it cannot know."""
    draft = draft_sweep(folder, {**GRID, "where": ["fast < 15"]}, settings=settings)

    preview = draft.preview()

    assert (preview.points, preview.excluded, preview.to_run) == (4, 4, 4)
    assert preview.requests == 4 * 3 + 8
    assert (preview.each, preview.node_hours, preview.ends_at) == (None, None, None)
    with draft.ledger.reading() as tables:
        assert tables.sweeps.newest() == []


def test_the_preview_estimates_from_past_runs(settings: Settings, folder: Path) -> None:
    """Those of the same code, or else those of the same source; and what is ahead counts in."""
    nodes = settings.model_copy(update={"dispatch": settings.dispatch.model_copy(update={"backtest_nodes": 2})})
    earlier = submit_sweep(folder, GRID, settings=nodes)
    for job, _ in earlier.results()[:4]:
        finish(earlier, job, minutes=6)
    (folder / "main.py").write_text(CODE + "# changed\n")

    preview = draft_sweep(folder, GRID, settings=nodes).preview()

    assert preview.each is not None
    assert preview.each.total_seconds() == pytest.approx(360, abs=5)
    assert preview.node_hours == pytest.approx(8 * 0.1, rel=0.02)
    assert preview.ahead == 4
    assert preview.hours == pytest.approx((4 + 8) / 2 * 0.1, rel=0.02)
    assert draft_sweep(folder, GRID, most_nodes=1, settings=nodes).preview().nodes == 1


def test_the_preview_asks_about_what_is_large(settings: Settings, folder: Path) -> None:
    """Each limit by itself."""
    limits = settings.sweeps.model_copy(
        update={"ask_above_points": 7, "ask_above_nodes": 0, "ask_above_node_hours": 0.1, "ask_above_hours": 0.1}
    )
    strict = settings.model_copy(update={"sweeps": limits})
    earlier = submit_sweep(folder, GRID, yes=True, settings=strict)
    finish(earlier, earlier.results()[0][0])

    much = draft_sweep(folder, GRID, settings=strict).preview().exceeded(strict)

    assert [words.split(" ", 1)[1] for words in much] == [
        "backtests",
        "nodes at once",
        "node-hours",
        "hours until its end",
    ]


# ── answers from the ledger ───────────────────────────────────────────────────────────────────────────────────────────


def test_points_that_were_run_before_are_answered_from_the_ledger(settings: Settings, folder: Path) -> None:
    """Marked as such; the others are run."""
    first = submit_sweep(folder, GRID, settings=settings)
    done = [job for job, _ in first.results()[:3]]
    for job in done:
        finish(first, job)

    again = submit_sweep(folder, GRID, reuse=True, settings=settings)

    rows = again.results()
    assert [job.reused_from for job, _ in rows] == [job.id for job in done] + [None] * 5
    assert [job.state for job, _ in rows] == [JobState.COMPLETED] * 3 + [JobState.QUEUED] * 5
    assert [None if result is None else result.numbers["sharpe_ratio"] for _, result in rows][:4] == [0, 1, 2, None]
    assert draft_sweep(folder, GRID, reuse=True, settings=settings).preview().reused == 3


def test_a_sweep_that_is_known_altogether_has_ended_at_once(settings: Settings, folder: Path) -> None:
    """No message, no request, no wait."""
    first = submit_sweep(folder, {"list": [{"fast": 1}]}, settings=settings)
    finish(first, first.results()[0][0])

    again = submit_sweep(folder, {"list": [{"fast": "1"}]}, reuse=True, settings=settings)

    assert again.wait(0).has_ended
    best = again.best()
    assert best is not None
    assert best[0].reused_from == first.results()[0][0].id


@pytest.mark.parametrize("change", ["code", "LEAN", "unasked", "parameters", "incomplete"])
def test_only_equal_work_is_reused(settings: Settings, folder: Path, change: str) -> None:
    """And only when it is asked for."""
    first = submit_sweep(folder, {"list": [{"fast": 1}]}, settings=settings)
    finish(first, first.results()[0][0], lean="2.4.9" if change == "LEAN" else "2.5.0.0.17000")
    if change == "code":
        (folder / "main.py").write_text(CODE + "# changed\n")
    if change == "incomplete":
        with first.ledger.writing() as tables:
            tables._connection.exec_driver_sql("UPDATE results SET complete = false")

    plan = {"list": [{"fast": 2 if change == "parameters" else 1}]}
    again = submit_sweep(folder, plan, reuse=change != "unasked", settings=settings)

    assert again.results()[0][0].state is JobState.QUEUED


def test_a_single_backtest_is_answered_too(settings: Settings, folder: Path) -> None:
    """With its event, so that whoever waits for it hears it."""
    first = submit_sweep(folder, {"list": [{"fast": 1}]}, settings=settings)
    finish(first, first.results()[0][0])

    handle = submit_backtest(folder, parameters={"fast": 1}, reuse=True, settings=settings)

    assert handle.wait(0).reused_from == first.results()[0][0].id
    with first.ledger.reading() as tables:
        assert [str(event.type) for event in tables.outbox.events_of(handle.id)] == [
            "BacktestQueued",
            "BacktestCompleted",
        ]


def test_a_cloud_project_is_not_answered_from_the_ledger(settings: Settings) -> None:
    """Its code may have changed meanwhile."""
    with pytest.raises(WrongUse, match="may have changed"):
        submit_sweep(5, GRID, reuse=True, settings=settings)


# ── the handle ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_handle_of_a_sweep_can_be_got_again(settings: Settings, folder: Path) -> None:
    """In another program, a day later."""
    handle = submit_sweep(folder, GRID, settings=settings)

    again = get_sweep(handle.id[:7], settings)

    assert again.id == handle.id
    assert [job.id for job in again.jobs] == [job.id for job, _ in handle.results()]
    with pytest.raises(NotFinished, match="0 of 8"):
        again.wait(0)


def test_the_handle_does_what_the_command_does(settings: Settings, folder: Path) -> None:
    """Pause, resume, extend, cancel, begin again, run once more."""
    handle = submit_sweep(folder, GRID, settings=settings)

    assert (handle.pause(), handle.resume(), handle.extend({"list": [{"fast": 99}]})) == (8, 8, 1)
    assert handle.rerun().sweep.points == 9
    assert handle.cancel() == 9
    assert handle.wait(0).counts[JobState.CANCELLED] == 9
    assert (handle.retry(), handle.retry(cancelled=True)) == (0, 9)


def test_the_best_is_found_by_any_number(settings: Settings, folder: Path) -> None:
    """Highest or lowest; what has no result does not count."""
    handle = submit_sweep(folder, GRID, settings=settings)
    assert handle.best() is None
    for job, _ in handle.results()[2:5]:
        finish(handle, job)

    best, worst = handle.best(), handle.best(lowest=True)

    assert best is not None
    assert worst is not None
    assert (best[0].position, worst[0].position) == (4, 2)


def test_a_random_sweep_keeps_its_seed(settings: Settings, folder: Path) -> None:
    """So that it can be repeated, and extended."""
    drawn = {"points": 3, "parameters": {"fast": "1:1000"}}

    handle = submit_sweep(folder, {"random": drawn}, settings=settings)

    (part,) = handle.sweep.plan["parts"]
    assert isinstance(part["random"]["seed"], int)
    more = {"random": {**part["random"], "points": 5}}
    assert handle.extend(more) == 2
    with pytest.raises(BadPlan):
        handle.extend({})
