"""`qcjobs live` and `qcjobs vault` as people and scripts use them."""

import csv
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.support.command import Desk, ServedEmulator
from tests.support.eventually import eventually

SECRET = "s3cr3t-typed-into-the-vault"


@pytest.fixture(scope="module")
def emulator() -> Iterator[ServedEmulator]:
    """Quick, with two live nodes."""
    with ServedEmulator("--speed", "10", "--live-nodes", "2", "--live-refresh-seconds", "20") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, emulator: ServedEmulator) -> Iterator[Desk]:
    """Everything is up, with credentials for the emulator and a watch that looks every second."""
    watch = {"QCJOBS_LIVE__STATUS_SECONDS": "1", "QCJOBS_LIVE__HOLDINGS_SECONDS": "1"}
    desk = Desk(tmp_path_factory.mktemp("desk"), **emulator.environment, **watch)
    desk.json("up")
    yield desk
    desk.json("down")


@pytest.fixture(scope="module")
def project(desk: Desk) -> str:
    """One that trades."""
    job = desk.json("live", "deploy", str(desk.strategy()), "--yes", "--cash", "50000")
    assert (job["kind"], job["state"]) == ("deploy", "completed"), job["error"]
    eventually(lambda: len(desk.json("live", "history", str(job["project_id"]))) > 2, within=60, what="some history")
    return str(job["project_id"])


def test_list_shows_what_trades_and_whose_money_it_is(desk: Desk, project: str) -> None:
    """The first command of the morning."""
    page = desk.run("live", "list").stdout
    assert re.search(rf"{project} +strategy +Running +paper +PaperBrokerage +[\d,.]+ ", page)
    (known,) = [one for one in desk.json("live", "list") if str(one["project_id"]) == project]
    assert {"status", "equity", "drawdown", "alarms", "launched_at", "seen_at", "environment"} <= known.keys()
    assert known["equity"] == pytest.approx(50_000, rel=0.2)


def test_show_and_holdings_tell_what_it_holds(desk: Desk, project: str) -> None:
    """With a chart."""
    eventually(lambda: desk.json("live", "holdings", project), within=30, what="the first holdings")
    page = desk.run("live", "show", project).stdout
    assert all(word in page for word in ("highest equity", "USD (cash)", "deploy", "confirmed"))
    assert re.search(r"[⠁-⣿]", page)  # the chart's dots
    assert "USD" in desk.json("live", "holdings", project)["cash"]


def test_history_goes_into_files(desk: Desk, project: str, tmp_path: Path) -> None:
    """For whoever does sums elsewhere."""
    as_csv, as_parquet = tmp_path / "equity.csv", tmp_path / "equity.parquet"
    for path in (as_csv, as_parquet):
        assert desk.run("live", "history", project, "--file", str(path)).returncode == 0
    rows = list(csv.DictReader(as_csv.read_text().splitlines()))
    assert rows[0].keys() == {"at", "status", "equity"}
    assert parquet.read_table(as_parquet).num_rows >= len(rows) > 2
    refusal = desk.run("live", "history", project, "--file", str(tmp_path / "equity.xls"))
    assert (refusal.returncode, list(tmp_path.glob("*.xls"))) == (2, [])
    assert "must end in .csv, .parquet or .json" in refusal.stderr


def test_a_second_deployment_of_a_project_is_refused_before_anybody_is_asked(desk: Desk, project: str) -> None:
    """Everything is looked at first."""
    refusal = desk.run("live", "deploy", str(desk.strategy()), "--project", project, "--yes")
    assert refusal.returncode == 2
    assert f"project {project} runs live already" in refusal.stderr


def test_check_looks_and_does_nothing(desk: Desk, emulator: ServedEmulator, project: str) -> None:
    """Also for scripts."""
    before = sum(1 for entry in emulator.journal() if entry["path"] == "live/create")
    told = desk.json("live", "deploy", str(desk.strategy("other")), "--check")
    assert all(check["ok"] for check in told["checks"])
    assert sum(1 for entry in emulator.journal() if entry["path"] == "live/create") == before


@pytest.mark.parametrize("action", ["stop", "liquidate"])
def test_nothing_ends_without_a_yes(desk: Desk, project: str, action: str) -> None:
    """Where nobody can be asked, the answer is no; and the question says whose money it is."""
    refusal = desk.run("live", action, project)
    assert refusal.returncode == 1
    assert "paper" in refusal.stderr
    assert [one["status"] for one in desk.json("live", "list") if str(one["project_id"]) == project] == ["Running"]


def test_watch_prints_what_happens(desk: Desk, emulator: ServedEmulator, project: str) -> None:
    """A line for every event, where there is no terminal."""
    with desk.start("live", "watch", "--seconds", "60") as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith("a line for every event follows\n")  # from here on it looks
        assert desk.run("live", "command", project, '{"$type": "Hello"}', "--yes").returncode == 0
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert ["LiveCommandRequested" in lines[0], "LiveCommandSent" in lines[1]] == [True, True]
    assert process.returncode == 0


def test_all_are_liquidated_with_one_command(desk: Desk, project: str) -> None:
    """The one that everybody hopes never to need. It comes last."""
    more = desk.json("live", "deploy", str(desk.strategy("second")), "--yes")
    told = desk.json("live", "liquidate", "--all", "--yes")
    assert {(str(one["project_id"]), one["state"]) for one in told} == {
        (project, "completed"),
        (str(more["project_id"]), "completed"),
    }
    assert {one["confirmed"]["status"] for one in told} == {"Liquidated"}
    assert desk.json("live", "liquidate", "--all", "--yes") == []
    rows = desk.json("live", "audit", project)
    assert [(row["action"], row["phase"]) for row in rows[:2]] == [
        ("liquidate", "confirmed"),
        ("liquidate", "requested"),
    ]
    assert all(row["who"] and row["host"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stop",), "Name the projects, or say --all"),
        (("stop", "5", "--all"), "Name the projects, or say --all"),
        (("show", "5"), "knows no deployment of project 5"),
        (("command", "5", "not json", "--yes"), "no JSON object"),
        (("command", "x", "{}", "--yes"), "not the id of a project"),
        (("deploy", "nowhere", "--yes"), "There is no folder"),
        (("deploy", "{}", "--brokerage", "nobody", "--yes"), "no brokerage 'nobody'"),
        (("deploy", "{}", "--cash", "much", "--yes"), "--cash takes an amount"),
        (("deploy", "{}", "--holding", "SPY", "--yes"), "--holding takes"),
        (("deploy", "{}", "--node", "LN-none", "--project", "99999999", "--yes"), "Project not found"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_accepted(desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    """As everywhere."""
    before = desk.accepted()
    filled = [str(desk.strategy()) if text == "{}" and arguments[0] == "deploy" else text for text in arguments]
    refusal = desk.run("live", *filled)
    assert refusal.returncode == 2
    assert told in refusal.stderr
    assert desk.accepted() == before


def test_a_stop_of_what_never_traded_fails_and_says_so(desk: Desk) -> None:
    """A wrong number must not look like success."""
    told = desk.json("live", "stop", "99999999", "--yes", code=1)
    assert (told[0]["state"], told[0]["error_kind"]) == ("failed", "not_live")


# ── the vault ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_brokerage_key_goes_from_the_vault_to_the_brokerage_and_nowhere_else(
    desk: Desk, emulator: ServedEmulator, tmp_path: Path
) -> None:
    """Typed once, shown never."""
    key = desk.run("vault", "new-key").stdout.strip()
    entry = {"brokerage": "Alpaca", "settings": {"environment": "paper"}, "secrets": {"token": {"vault": "alpaca"}}}
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"brokerages": {"mine": entry}}))
    secretive = {"QCJOBS_VAULT_KEY": key, "QCJOBS_CONFIG": str(config)}
    typed = tmp_path / "typed"
    typed.write_text(SECRET)
    with typed.open() as stdin:
        kept = desk.run("vault", "set", "alpaca", environment=secretive, stdin=stdin)
    assert kept.returncode == 0, kept.stderr
    assert desk.run("vault", "list", environment=secretive).stdout.split() == ["alpaca"]
    told = desk.json("live", "deploy", str(desk.strategy()), "--brokerage", "mine", "--check", environment=secretive)
    assert any("every key is there" in check["what"] for check in told["checks"])
    assert SECRET not in kept.stdout + kept.stderr + json.dumps(told)
    locked = desk.run("vault", "list", environment={"QCJOBS_CONFIG": str(config)})
    assert (locked.returncode, "QCJOBS_VAULT_KEY" in locked.stderr) == (2, True)
    assert desk.run("vault", "remove", "alpaca", "--yes", environment=secretive).returncode == 0
    assert desk.json("vault", "list", environment=secretive) == []
