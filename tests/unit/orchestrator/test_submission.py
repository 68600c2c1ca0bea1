"""Submitting: once it returns, the job is in the ledger; when it raises, nothing is."""

from pathlib import Path

import pytest

from orchestrator import JobState, get_job, submit_backtest
from orchestrator.errors import CredentialsRefused, JobNotFound, LedgerUnavailable, NotFinished, WrongUse
from orchestrator.ledger import Ledger
from orchestrator.settings import Settings, load_settings
from quantconnect import MissingCredentials, QuantConnectAuth
from tests.support.workbench import CODE, started

TOKEN = "the-api-token-of-these-tests"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Credentials, and a home of its own."""
    monkeypatch.setenv("QC_USER_ID", "77")
    monkeypatch.setenv("QC_API_TOKEN", TOKEN)
    return load_settings(home=tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A strategy."""
    folder = tmp_path / "rsi"
    folder.mkdir()
    (folder / "main.py").write_text(CODE)
    return folder


def open_files() -> int:
    """Of this process."""
    return len(list(Path("/dev/fd").iterdir()))


def jobs_in(settings: Settings) -> int:
    """How many jobs the ledger holds."""
    ledger = Ledger(settings.ledger_url)
    ledger.prepare()
    with ledger.reading() as tables:
        count = len(tables.jobs.newest())
    ledger.close()
    return count


def test_a_submitted_job_is_queued_with_its_bundle(settings: Settings, folder: Path) -> None:
    """From here on it cannot be lost."""
    handle = submit_backtest(folder, parameters={"period": 14}, settings=settings)

    job = handle.job
    assert job.state is JobState.QUEUED
    assert job.account == "77@www.quantconnect.com"
    assert (job.name, job.parameters) == ("rsi period=14", {"period": 14})
    assert job.project_key == "name:rsi"
    with handle._ledger.reading() as tables:
        assert tables.jobs.files_of(job.bundle or "") == {"main.py": CODE}
        assert [str(event.type) for event in tables.outbox.events_of(job.id)] == ["BacktestQueued"]


def test_parameters_of_the_call_go_before_those_of_config_json(settings: Settings, folder: Path) -> None:
    """The folder holds the defaults."""
    (folder / "config.json").write_text('{"parameters": {"fast": "10", "slow": "50"}, "cloud-id": 5}')

    job = submit_backtest(folder, parameters={"fast": 3}, settings=settings).job

    assert job.parameters == {"fast": 3, "slow": "50"}
    assert job.project_id == 5


def test_a_project_of_the_call_goes_before_the_folders(settings: Settings, folder: Path) -> None:
    """To try a strategy elsewhere first."""
    (folder / "config.json").write_text('{"cloud-id": 5}')

    assert submit_backtest(folder, project_id=6, settings=settings).job.project_key == "id:6"


@pytest.mark.parametrize(
    ("name", "kept"), [("  two\n words ", "two words"), ("", "rsi"), ("   ", "rsi"), ("x" * 500, "x" * 180)]
)
def test_a_name_is_one_line_that_the_cloud_takes(settings: Settings, folder: Path, name: str, kept: str) -> None:
    """The job's id is appended to it."""
    assert submit_backtest(folder, name=name, settings=settings).job.name == kept


@pytest.mark.parametrize("name", ["my.strategy: v2", "стратегия", "a/b"])
def test_a_folders_name_becomes_one_that_a_project_may_have(settings: Settings, tmp_path: Path, name: str) -> None:
    """QuantConnect changes or refuses others."""
    folder = tmp_path / name
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(CODE)

    key = submit_backtest(folder, settings=settings).job.project_key

    assert key.removeprefix("name:").replace("-", "").replace(" ", "").isalnum()


@pytest.mark.parametrize(
    "wrong", [{"project_id": 0}, {"project_id": 10**30}, {"priority": 10**20}, {"project_id": True}]
)
def test_numbers_that_no_ledger_can_hold_are_wrong_use(settings: Settings, folder: Path, wrong: dict[str, int]) -> None:
    """Not a traceback from the database's driver."""
    with pytest.raises(WrongUse):
        submit_backtest(
            folder, settings=settings, project_id=wrong.get("project_id"), priority=wrong.get("priority", 0)
        )
    assert jobs_in(settings) == 0


def test_a_bad_source_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    """Nothing half-written."""
    with pytest.raises(WrongUse):
        submit_backtest(tmp_path / "nowhere", settings=settings)
    assert jobs_in(settings) == 0


def test_without_credentials_nothing_is_accepted(folder: Path, tmp_path: Path) -> None:
    """Nobody could run it."""
    with pytest.raises(MissingCredentials):
        submit_backtest(folder, settings=load_settings(home=tmp_path / "home"))


def test_credentials_that_were_refused_are_told_at_once(settings: Settings, folder: Path) -> None:
    """A job that waits for ever without a word would be worse."""
    handle = submit_backtest(folder, settings=settings)
    fingerprint = QuantConnectAuth(77, TOKEN).fingerprint
    with handle._ledger.writing() as tables:
        tables.accounts.refuse(settings.account, fingerprint, "Hash doesn't match.")

    with pytest.raises(CredentialsRefused, match="Hash doesn't match"):
        submit_backtest(folder, settings=settings)
    assert jobs_in(settings) == 1


def test_a_disabled_platform_accepts_nothing(folder: Path, tmp_path: Path) -> None:
    """The switch of the configuration."""
    disabled = Settings.model_validate({"platforms": {"quantconnect": {"enabled": False}}, "home": tmp_path})

    with pytest.raises(WrongUse, match="enabled is false"):
        submit_backtest(folder, settings=disabled)


def test_a_ledger_that_cannot_be_made_is_told_in_one_line(settings: Settings, folder: Path, tmp_path: Path) -> None:
    """The path is in the message."""
    (tmp_path / "file").write_text("in the way")
    blocked = load_settings(home=tmp_path / "file" / "home")

    with pytest.raises(LedgerUnavailable, match="file"):
        submit_backtest(folder, settings=blocked)


def test_a_handle_is_found_again_by_the_beginning_of_its_id(settings: Settings, folder: Path) -> None:
    """Eight characters are enough for people."""
    handle = submit_backtest(folder, settings=settings)

    assert get_job(handle.id[:8], settings).id == handle.id
    with pytest.raises(JobNotFound):
        get_job("no such job", settings)


def test_waiting_ends_with_the_job(settings: Settings, folder: Path) -> None:
    """And whoever waits sees it on the way."""
    handle = submit_backtest(folder, settings=settings)
    handle.cancel()
    seen: list[JobState] = []

    assert handle.wait(timeout=5, on_look=lambda job: seen.append(job.state)).state is JobState.CANCELLED
    assert seen == [JobState.CANCELLED]
    assert handle.result is None


def test_waiting_in_vain_says_that_the_job_goes_on(settings: Settings, folder: Path) -> None:
    """The wait is over, the job is not."""
    handle = submit_backtest(folder, settings=settings)

    with pytest.raises(NotFinished, match="goes on in the background"):
        handle.wait(timeout=0)


def test_waiting_ends_when_the_credentials_are_refused(settings: Settings, folder: Path) -> None:
    """Nobody would come to correct them; the job is kept."""
    handle = submit_backtest(folder, settings=settings)
    with handle._ledger.writing() as tables:
        tables.accounts.refuse(settings.account, QuantConnectAuth(77, TOKEN).fingerprint, "Hash doesn't match.")

    with pytest.raises(CredentialsRefused, match="goes on once the credentials are right"):
        handle.wait(timeout=5)
    assert handle.state is JobState.QUEUED


def test_a_handle_knows_whether_anybody_works(settings: Settings, folder: Path) -> None:
    """Whoever waits while no worker runs should be told."""
    handle = submit_backtest(folder, settings=settings)
    assert not handle.is_looked_after

    started(handle._ledger, handle.job)
    assert handle.is_looked_after


def test_five_hundred_handles_share_their_connections(settings: Settings, folder: Path) -> None:
    """A sweep from a notebook must not run out of files."""
    first = submit_backtest(folder, settings=settings)
    before = open_files()
    handles = [submit_backtest(folder, name=str(number), settings=settings) for number in range(50)]

    assert open_files() <= before + 3
    assert all(handle.state is first.state for handle in handles)
