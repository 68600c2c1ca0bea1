"""What `qcjobs doctor` says of broken places: one finding that names what is wrong, and what to do. It never breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.ledger import Ledger
from orchestrator.ledger.migrate import upgrade
from tests.support.command import Desk
from workers.embedded.ports import any_free

LOGIN = {"QC_USER_ID": "1", "QC_API_TOKEN": "token-of-nobody"}


def findings(desk: Desk, code: int, **environment: str) -> dict[str, dict[str, Any]]:
    """What is not well, by subject."""
    answer = desk.json("doctor", code=code, environment=environment)
    return {finding["subject"]: finding for finding in answer["findings"] if finding["level"] != "ok"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_is_set_up(desk: Desk) -> None:
    """The first command of a newcomer."""
    found = findings(desk, 2)
    assert "QC_USER_ID" in found["credentials"]["text"]
    assert "qcjobs up" in found["credentials"]["advice"]
    assert "qcjobs up" in found["Redis"]["text"]


def test_redis_is_away_or_its_address_is_nonsense(desk: Desk) -> None:
    """Two different things to do."""
    away = findings(desk, 2, QCJOBS_REDIS_URL=f"redis://:pass-word@127.0.0.1:{any_free()}/0")
    assert "does not answer" in away["Redis"]["text"]
    assert "pass-word" not in str(away)
    assert "Example" in findings(desk, 2, QCJOBS_REDIS_URL="localhost:6379")["Redis"]["text"]


@pytest.mark.parametrize("login", ["wrong-password@", ""])
def test_redis_wants_another_password(desk: Desk, redis_url: str, login: str) -> None:
    """Or any at all."""
    scheme, _, place = redis_url.partition("://")
    url = f"{scheme}://{':' if login else ''}{login}{place.rpartition('@')[2]}"
    found = findings(desk, 2, QCJOBS_REDIS_URL=url)["Redis"]
    assert "refuses the password" in found["text"]
    assert "wrong-password" not in str(found)


def test_nobody_works(desk: Desk, redis_url: str) -> None:
    """Everything is there, and nothing moves."""
    found = findings(desk, 2, QCJOBS_REDIS_URL=redis_url)
    assert "celery -A workers worker" in found["workers"]["advice"]
    assert "celery -A workers beat" in found["beat"]["advice"]


@pytest.mark.parametrize("text", ["dispatch: {requets_per_minute: 3}", "dispatch: {requests_per_minute: many}", "[1]"])
def test_the_configuration_is_wrong(desk: Desk, text: str) -> None:
    """It names the file; a misspelt key gets the right one."""
    file = desk.folder / "my.yaml"
    file.write_text(text)
    found = findings(desk, 2, QCJOBS_CONFIG=str(file))["configuration"]
    assert str(file) in found["text"]
    assert "requets" not in text or "Did you mean 'requests_per_minute'?" in found["text"]
    assert found["advice"]


def test_a_variable_is_misspelt(desk: Desk) -> None:
    """Nothing else would ever say so."""
    found = findings(desk, 2, QCJOBS_REDIS_URI="redis://somewhere")["environment"]
    assert (found["level"], found["advice"]) == ("note", "Did you mean QCJOBS_REDIS_URL?")


@pytest.mark.parametrize("kind", ["a file", "a place where nothing can be made"])
def test_the_home_cannot_be_written(desk: Desk, kind: str) -> None:
    """As for a service that runs as a user without a home."""
    place = desk.folder / "taken"
    place.touch()
    found = findings(desk, 2, QCJOBS_HOME=str(place) if kind == "a file" else "/proc/nowhere")
    assert "QCJOBS_HOME" in found["home"]["advice"]
    assert "disk" not in found


def test_the_database_is_away_or_none_that_qcjobs_knows(desk: Desk) -> None:
    """The password in its address is nobody's business."""
    address = f"postgresql://me:pass-word@127.0.0.1:{any_free()}/db"
    away = findings(desk, 2, QCJOBS_DATABASE_URL=address)
    assert away["ledger"]["level"] == "unreachable"
    assert "QCJOBS_DATABASE_URL" in away["ledger"]["advice"]
    assert "pass-word" not in str(away)
    other = findings(desk, 2, QCJOBS_DATABASE_URL="mysql://me@host/db")["ledger"]
    assert "SQLite or PostgreSQL" in other["text"]


def test_a_shared_ledger_is_older(desk: Desk, postgres_url: str) -> None:
    """It is not upgraded by whoever comes first."""
    ledger = Ledger(postgres_url)
    upgrade(ledger.engine, "0003")
    ledger.close()
    assert "qcjobs migrate" in str(findings(desk, 2, QCJOBS_DATABASE_URL=postgres_url)["ledger"])


def test_quantconnect_is_away(desk: Desk) -> None:
    """Half of a login, and a whole one that reaches nobody."""
    assert "QC_API_TOKEN" in findings(desk, 2, QC_USER_ID="1")["credentials"]["text"]
    away = findings(desk, 3, **LOGIN, QC_BASE_URL=f"http://127.0.0.1:{any_free()}/api/v2")["QuantConnect"]
    assert away["level"] == "unreachable"
    assert "check the network" in away["text"]


def test_a_dashboard_whose_port_is_taken_says_so_in_one_line(desk: Desk, redis_url: str) -> None:
    """Not with the traceback of a library."""
    port = redis_url.rsplit(":", 1)[1].partition("/")[0]
    done = desk.run("flower", "--port", port, environment={"QCJOBS_REDIS_URL": redis_url})
    assert done.returncode == 3
    assert done.stderr.startswith(f"error: Nothing can listen on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1
