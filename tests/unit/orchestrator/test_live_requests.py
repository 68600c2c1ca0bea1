"""Asking for what trades: accepted once, and on record."""

import getpass
import socket
from pathlib import Path
from typing import Any

import pytest

from orchestrator import live
from orchestrator.errors import BadParameter, CredentialsRefused, WrongUse
from orchestrator.jobs import Job
from orchestrator.kinds import JobKind
from orchestrator.ledger import Ledger
from orchestrator.runtime import open_ledger
from orchestrator.settings import Settings, load_settings
from orchestrator.states import JobState
from orchestrator.submission import JobHandle, fingerprint_of
from quantconnect import InvalidSettings

PROJECT = 4711


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a user with credentials."""
    monkeypatch.setenv("QC_USER_ID", "7")
    monkeypatch.setenv("QC_API_TOKEN", "a-token-of-these-tests")
    return load_settings(home=str(tmp_path / "home"))


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    """Something to deploy."""
    folder = tmp_path / "strategy"
    folder.mkdir()
    (folder / "main.py").write_text("class X(QCAlgorithm):\n    pass\n")
    return folder


def ledger(settings: Settings) -> Ledger:
    """Where it was accepted."""
    return open_ledger(settings)


def audited(settings: Settings, handle: JobHandle) -> list[dict[str, Any]]:
    """The audit of one job."""
    with ledger(settings).reading() as tables:
        return tables.audit.of(handle.id)


def events(settings: Settings, handle: JobHandle) -> list[str]:
    """Its events."""
    with ledger(settings).reading() as tables:
        return [str(event.type) for event in tables.outbox.events_of(handle.id)]


@pytest.mark.parametrize(("ask", "kind"), [(live.stop, JobKind.STOP), (live.liquidate, JobKind.LIQUIDATE)])
def test_it_is_accepted_with_who_when_and_from_where(settings: Settings, ask: Any, kind: JobKind) -> None:
    """Somebody will want to know."""
    handle = ask(PROJECT, settings=settings)
    assert (handle.job.kind, handle.job.project_id, handle.state) == (kind, PROJECT, JobState.QUEUED)
    (row,) = audited(settings, handle)
    assert (row["action"], row["phase"], row["project_id"]) == (kind, "requested", PROJECT)
    assert (row["who"], row["host"]) == (getpass.getuser(), socket.gethostname())
    assert events(settings, handle) == [f"Live{kind.capitalize()}Requested"]


def test_asked_twice_it_is_one_job(settings: Settings) -> None:
    """Whoever is nervous presses twice."""
    first = live.liquidate(PROJECT, settings=settings)
    assert live.liquidate(PROJECT, settings=settings).id == first.id
    assert live.stop(PROJECT, settings=settings).id != first.id
    assert live.liquidate(PROJECT + 1, settings=settings).id != first.id


def test_after_one_has_ended_another_may_be_asked_for(settings: Settings) -> None:
    """It may have been deployed anew."""
    first = live.stop(PROJECT, settings=settings)
    first.cancel()
    assert live.stop(PROJECT, settings=settings).id != first.id


def test_a_deployment_under_way_is_cancelled_by_a_stop(settings: Settings, strategy: Path) -> None:
    """It would begin to trade after the stop."""
    deploying = live.deploy(strategy, project_id=PROJECT, settings=settings)
    live.stop(PROJECT, settings=settings)
    assert deploying.job.cancel_requested


@pytest.mark.parametrize("project", [0, -1, 10**18, True, "12"])
def test_what_is_no_projects_id_is_refused(settings: Settings, project: Any) -> None:
    """In one line."""
    with pytest.raises(WrongUse, match="not the id of a project"):
        live.stop(project, settings=settings)


def test_a_deployment_names_its_brokerage_and_holds_no_key(
    settings: Settings, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is read by many."""
    secret = "the-key-of-alpaca"
    monkeypatch.setenv("ALPACA", secret)
    entry = {"brokerage": "Alpaca", "settings": {"environment": "paper"}, "secrets": {"token": {"env": "ALPACA"}}}
    with_it = Settings.model_validate({"home": settings.home, "brokerages": {"mine": entry}})
    handle = live.deploy(strategy, brokerage="mine", node_id="LN-1", settings=with_it)
    job: Job = handle.job
    assert (job.kind, job.details["brokerage"], job.details["environment"]) == (JobKind.DEPLOY, "mine", "paper")
    assert job.details["node_id"] == "LN-1"
    assert secret not in repr(job)
    assert secret not in (settings.home / "ledger.db").read_bytes().decode("latin-1")


def test_a_missing_key_refuses_the_deployment_before_it_is_accepted(settings: Settings, strategy: Path) -> None:
    """Nothing half-asked."""
    entry = {"brokerage": "Alpaca", "secrets": {"token": {"env": "NOT_THERE"}}}
    with_it = Settings.model_validate({"home": settings.home, "brokerages": {"mine": entry}})
    with pytest.raises(InvalidSettings, match="NOT_THERE"):
        live.deploy(strategy, brokerage="mine", settings=with_it)
    with ledger(settings).reading() as tables:
        assert tables.jobs.newest() == []


@pytest.mark.parametrize("message", [{}, {"x": object()}, {"x": "a" * 40_000}])
def test_a_command_is_a_small_json_object(settings: Settings, message: Any) -> None:
    """Checked before it is accepted."""
    with pytest.raises(BadParameter):
        live.command(PROJECT, message, settings=settings)


def test_a_command_to_all_may_leave_one_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """But one to a single project may not, and all are those of an organization."""
    with pytest.raises(WrongUse, match="QC_ORGANIZATION_ID"):
        live.command(None, {"$type": "Pause"}, settings=settings)
    monkeypatch.setenv("QC_ORGANIZATION_ID", "0" * 32)
    handle = live.command(None, {"$type": "Pause"}, exclude_project_id=9, settings=settings)
    assert (handle.job.project_id, handle.job.details["exclude_project_id"]) == (None, 9)
    with pytest.raises(WrongUse):
        live.command(PROJECT, {"a": 1}, exclude_project_id=9, settings=settings)


def test_refused_credentials_are_told_at_once(settings: Settings) -> None:
    """Whoever wants out must not wait for what cannot come."""
    with ledger(settings).writing() as tables:
        tables.accounts.refuse(settings.account, fingerprint_of(settings) or "", "Hash doesn't match.")
    with pytest.raises(CredentialsRefused):
        live.liquidate(PROJECT, settings=settings)
