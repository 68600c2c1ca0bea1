"""Jobs from the command line and from Python, against the services of `qcjobs up` and an emulator that may go away."""

import re
import signal
from collections.abc import Iterator

import pytest

from orchestrator import JobState, Settings, load_settings, submit_backtest
from tests.support.command import STRATEGY, Desk, ServedEmulator
from tests.support.eventually import eventually

UNKNOWN_PROJECT = "99999999"


@pytest.fixture(scope="module")
def emulator() -> Iterator[ServedEmulator]:
    """Quick, with two nodes."""
    with ServedEmulator("--speed", "10") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, emulator: ServedEmulator) -> Iterator[Desk]:
    """Everything is up, with credentials for the emulator."""
    desk = Desk(tmp_path_factory.mktemp("desk"), **emulator.environment)
    told = desk.json("up")
    assert (told["started"], told["emulator"]) == (True, None)
    yield desk
    desk.json("down")


@pytest.fixture
def settings(desk: Desk, emulator: ServedEmulator, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a Python program at the same desk."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(home=desk.home)


def submitted(desk: Desk) -> str:
    """A job that has been accepted."""
    job_id: str = desk.json("submit", str(desk.strategy()))["job_id"]
    return job_id


def new_code(desk: Desk, name: str) -> str:
    """A strategy that nobody has uploaded yet."""
    return str(desk.strategy(name, main_py=f"# {name}\n{STRATEGY}"))


def test_submit_and_wait_prints_the_result(desk: Desk) -> None:
    """The command that everybody types first."""
    done = desk.run("submit", str(desk.strategy()), "--param", "period=20", "--wait")
    heading, row = done.stdout.splitlines()
    assert done.returncode == 0
    assert heading.split() == [
        *("job", "name", "state", "return", "Sharpe", "drawdown", "win", "rate", "orders", "time", "link")
    ]
    assert re.search(r"strategy period=20 +completed +-?[\d.]+% .* http://127.0.0.1:\d+/project/\d+/\w{32}", row)
    assert "completed" in done.stderr.splitlines()[-1]


def test_json_carries_what_scripts_need(desk: Desk) -> None:
    """These keys are a promise."""
    job = desk.json("submit", str(desk.strategy()), "--wait", "--name", "for scripts")
    assert {"job_id", "state", "project_id", "compile_id", "backtest_id", "statistics", "error"} <= job.keys()
    assert (job["state"], job["error"], job["synthetic"], job["name"]) == ("completed", None, True, "for scripts")
    assert job["statistics"]["Sharpe Ratio"]
    assert isinstance(job["numbers"]["sharpe_ratio"], float)


def test_a_job_that_fails_is_exit_code_1_with_the_reason(desk: Desk) -> None:
    """A syntax error, with file and line."""
    folder = desk.strategy("broken", main_py="class X:\n    def f(self)\n        pass\n")
    done = desk.run("submit", str(folder), "--wait")
    assert done.returncode == 1
    assert re.search(r"broken: Build Error: File: main\.py Line:2 Column:\d+", done.stdout)


def test_an_unknown_project_fails_the_job_with_what_quantconnect_said(desk: Desk) -> None:
    """Only QuantConnect knows which projects there are, so the job is accepted first."""
    job = desk.json("submit", UNKNOWN_PROJECT, "--wait", code=1)
    assert (job["state"], job["error_kind"]) == ("failed", "not_found")
    assert "\n" not in job["error"]


def test_a_cancelled_job_ends(desk: Desk, emulator: ServedEmulator) -> None:
    """Asked for by an abbreviated id, without a question."""
    emulator.fault("files/read", "slow", seconds=9)  # so that it cannot complete before
    job_id = desk.json("submit", new_code(desk, "unwanted"))["job_id"]
    assert desk.json("cancel", job_id[:10], "--yes") == [{"job_id": job_id, "cancelled": True}]
    (job,) = desk.json("wait", job_id, code=1)
    assert job["state"] == "cancelled"


def test_a_running_job_is_not_cancelled_without_a_yes(desk: Desk, emulator: ServedEmulator) -> None:
    """Deleting a backtest cannot be taken back; where nobody can be asked, the answer is no."""
    emulator.fault("backtests/create", "slow", seconds=9)
    job_id = submitted(desk)
    eventually(lambda: desk.json("show", job_id)["state"] == "running", what="the job to run")
    refusal = desk.run("cancel", job_id)
    assert refusal.returncode == 1
    assert "Delete the running backtest" in refusal.stderr
    assert desk.json("wait", job_id)[0]["state"] == "completed"


def test_show_tells_every_step_and_who_was_told(desk: Desk) -> None:
    """The first question after a failure is what happened; the second, who knows."""
    job_id = submitted(desk)
    desk.json("wait", job_id)
    told = desk.json("show", job_id)
    # What comes before is left out where the code is prepared already.
    assert {attempt["step"] for attempt in told["attempts"]} >= {"create", "poll_results"}
    assert [event["type"] for event in told["events"]] == ["BacktestQueued", "BacktestStarted", "BacktestCompleted"]
    page = desk.run("show", job_id).stdout
    assert all(word in page for word in ("bundle", "backtest_id", "poll_results", "BacktestCompleted"))


def test_show_without_an_id_shows_the_newest(desk: Desk) -> None:
    """It is what one wants to see after a submit."""
    job_id = submitted(desk)
    assert desk.json("show")["job_id"] == job_id
    desk.json("wait", job_id)


def test_jobs_can_be_picked_by_state(desk: Desk) -> None:
    """Newest first."""
    completed = desk.json("jobs", "--state", "completed")
    assert {job["state"] for job in completed} == {"completed"}
    assert completed == sorted(completed, key=lambda job: str(job["created_at"]), reverse=True)
    assert desk.run("jobs", "--limit", "1").stdout.count("\n") == 3


def test_a_time_limit_ends_the_waiting_and_not_the_job(desk: Desk) -> None:
    """A script that gives up learns the id of what goes on."""
    job = desk.json("submit", str(desk.strategy()), "--wait", "--timeout", "0", code=3)
    assert not JobState(job["state"]).is_terminal
    assert desk.json("wait", job["job_id"])[0]["state"] == "completed"


def test_ctrl_c_ends_the_waiting_and_not_the_job(desk: Desk) -> None:
    """And says how to come back."""
    with desk.start("submit", str(desk.strategy()), "--wait") as process:
        assert process.stderr is not None
        first_line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    job_id = first_line.split()[0]
    assert process.returncode == 130
    assert errors.splitlines()[-1] == f"the job goes on: qcjobs wait {job_id}"
    assert desk.json("wait", job_id)[0]["state"] == "completed"


def test_a_page_of_html_in_place_of_json_delays_a_job_and_does_not_fail_it(
    desk: Desk, emulator: ServedEmulator
) -> None:
    """A maintenance page says nothing about the job."""
    emulator.fault("files/read", "html", times=2)
    job = desk.json("submit", new_code(desk, "other"), "--wait")
    assert job["state"] == "completed"
    assert any(entry["fault"] == "html" for entry in emulator.journal())


def test_while_quantconnect_is_away_jobs_are_accepted_and_wait(desk: Desk, emulator: ServedEmulator) -> None:
    """Nothing is lost: once it is back, the job completes by itself."""
    emulator.stop()
    job_id = submitted(desk)
    waiting = desk.run("wait", job_id, "--timeout", "2")
    assert waiting.returncode == 3
    assert "it goes on in the background" in waiting.stderr.splitlines()[-1]
    sick = desk.run("doctor")
    assert sick.returncode == 3
    assert re.search(r"unreachable QuantConnect: .*could not be reached", sick.stdout)
    emulator.start()
    assert desk.json("wait", job_id)[0]["state"] == "completed"


def test_the_doctor_is_content_when_all_is_well(desk: Desk) -> None:
    """And names everything that it looked at."""
    told = desk.json("doctor")
    assert {finding["level"] for finding in told["findings"]} == {"ok"}
    assert {finding["subject"] for finding in told["findings"]} == {
        *("versions", "configuration", "ledger", "disk", "credentials", "QuantConnect", "Redis", "workers"),
        *("services", "Flower", "beat"),
    }


def test_a_python_program_submits_and_waits(desk: Desk, settings: Settings) -> None:
    """`from orchestrator import submit_backtest`, as the README shows it."""
    job = submit_backtest(desk.strategy(), parameters={"period": 14}, settings=settings)
    assert job.wait(60).state is JobState.COMPLETED
    assert job.result is not None
    assert job.result.synthetic
    assert isinstance(job.result.numbers["total_return"], float)


def test_a_python_program_cancels(desk: Desk, settings: Settings) -> None:
    """The handle is all it needs."""
    job = submit_backtest(desk.strategy(), settings=settings)
    assert job.result is None
    assert job.cancel()
    assert job.wait(60).state is JobState.CANCELLED
    assert not job.cancel()
