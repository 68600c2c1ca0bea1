"""Sweeps from the command line: accept, look, hold back, begin again, compare, export."""

import csv
import json
from collections.abc import Iterator

import pytest

from tests.support.command import STRATEGY, Desk, ServedEmulator
from tests.support.eventually import eventually

CODE = STRATEGY.replace("set_cash(100000)", 'set_cash(1000 * int(self.get_parameter("cash", 100)))')


@pytest.fixture(scope="module")
def emulator() -> Iterator[ServedEmulator]:
    """Quick, with three nodes."""
    with ServedEmulator("--speed", "10", "--nodes", "3") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, emulator: ServedEmulator) -> Iterator[Desk]:
    """Everything is up, with credentials for the emulator."""
    desk = Desk(tmp_path_factory.mktemp("desk"), **emulator.environment)
    desk.json("up")
    yield desk
    desk.json("down")


@pytest.fixture(scope="module")
def finished(desk: Desk) -> str:
    """The id of a sweep of six points that has completed."""
    told = desk.json(
        *("sweep", str(desk.strategy("grid", main_py=CODE)), "--param", "fast=5:15:5", "--param", "slow=list(50,100)"),
        *("--where", "fast < slow", "--name", "first look", "--wait"),
        timeout=180,
    )
    assert (told["state"], told["points"], told["jobs"]["completed"]) == ("ended", 6, 6)
    sweep_id: str = told["sweep_id"]
    return sweep_id


def test_the_preview_says_what_it_will_cost(desk: Desk, finished: str) -> None:
    """And accepts nothing."""
    folder = str(desk.strategy("grid", main_py=CODE))
    plan = ("sweep", folder, "--param", "fast=5:50:5", "--param", "slow=20", "--where", "fast < slow", "--preview")

    told, words = desk.json(*plan), desk.run(*plan).stdout

    assert (told["points"], told["excluded"], told["to_run"], told["asks_first"]) == (3, 7, 3, [])
    assert told["seconds_each"] > 0
    assert "3  (7 excluded by constraints)" in words
    assert "by past runs" in words
    assert [sweep["sweep_id"] for sweep in desk.json("sweeps")] == [finished]


def test_a_sweep_is_listed_shown_and_watched(desk: Desk, finished: str) -> None:
    """What it is, how far it is, what it has cost."""
    shown = desk.json("show", finished[:6])
    assert shown["name"] == "first look"
    assert shown["requests_by_endpoint"]["backtests/create"] == 6
    assert shown["requests_by_endpoint"]["compile/create"] == 1
    assert "per ended backtest" in desk.run("show", finished).stdout
    assert "6/6" in desk.run("sweeps").stdout
    picture = desk.run("watch", finished, "--once").stdout
    assert "6 of 6" in picture
    assert "best sharpe ratio so far" in picture
    assert "No sweep is under way" in desk.run("watch").stdout


def test_a_job_shows_what_it_asked(desk: Desk, finished: str) -> None:
    """Requests are the scarce good."""
    job = desk.json("jobs", "--sweep", finished, "--limit", "1", "--state", "completed")[0]
    assert (job["sweep_id"], job["position"]) == (finished, 0)
    shown = desk.json("show", job["job_id"])
    assert shown["requests_by_endpoint"]["backtests/create"] == 1
    assert sum(shown["requests_by_endpoint"].values()) == shown["requests"]
    assert "× backtests/create" in desk.run("show", job["job_id"]).stdout


def test_results_are_compared_the_best_first_with_a_picture(desk: Desk, finished: str) -> None:
    """The question for which the sweep was run."""
    told = desk.json("compare", finished, "--by", "total_return")
    returns = [row["total_return_fraction"] for row in told["rows"]]
    assert told["compared"] == 6
    assert returns == sorted(returns, reverse=True)
    lowest = desk.json("compare", finished, "--by", "total_return", "--lowest", "--top", "1")
    assert [row["total_return_fraction"] for row in lowest["rows"]] == [returns[-1]]

    picture = desk.run("compare", finished).stdout
    assert "slow ↓  fast →" in picture
    assert "synthetic" in picture


def test_the_page_stands_by_itself(desk: Desk, finished: str) -> None:
    """One file, no script, nothing from elsewhere."""
    page = desk.folder / "report.html"
    assert desk.run("compare", finished, "--html", str(page)).returncode == 0
    text = page.read_text("utf-8")
    assert text.count("<rect") == 6
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "synthetic" in text


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_results_go_into_files(desk: Desk, finished: str, ending: str) -> None:
    """One row per backtest, numbers as numbers."""
    path = desk.folder / f"results.{ending}"
    assert "6 rows" in desk.run("export", finished, "--file", str(path)).stderr
    match ending:
        case "csv":
            with path.open(newline="") as file:
                rows = list(csv.DictReader(file))
            assert {float(row["param_fast"]) for row in rows} == {5, 10, 15}
        case "json":
            rows = json.loads(path.read_text())
            assert json.loads(desk.run("export", finished, "--file", "-").stdout) == rows
        case _:
            from pyarrow import parquet

            rows = parquet.read_table(path).to_pylist()
    assert len(rows) == 6
    assert all(float(row["stat_sharpe_ratio"]) == pytest.approx(float(row["sharpe_ratio"]), abs=0.01) for row in rows)
    assert all("%" not in str(value) for row in rows for name, value in row.items() if name.startswith("stat_"))


def test_held_back_resumed_cancelled_and_begun_again(desk: Desk) -> None:
    """The life of a sweep that somebody changes their mind about."""
    folder = str(desk.strategy("changes", main_py=f"# changes\n{CODE}"))
    sweep_id = desk.json("sweep", folder, "--param", "cash=1:9", "--nodes", "1")["sweep_id"]

    desk.json("pause", sweep_id)
    assert desk.json("show", sweep_id)["paused"]
    assert desk.json("extend", sweep_id, "--param", "cash=8:11") == {"sweep_id": sweep_id, "added": 2}
    assert desk.json("resume", sweep_id)[0]["resumed"] >= 9
    eventually(lambda: desk.json("show", sweep_id)["jobs"]["completed"] >= 1, within=90, what="a first result")
    ((cancelled,)) = desk.json("cancel", sweep_id, "--yes")
    assert cancelled["sweep_id"] == sweep_id
    told = desk.json("wait", sweep_id, code=1)
    assert told["jobs"]["completed"] + told["jobs"]["cancelled"] == told["points"] == 11

    assert desk.json("retry", sweep_id) == [{"id": sweep_id, "job_ids": []}]
    again = desk.json("retry", sweep_id, "--cancelled")[0]["job_ids"]
    assert len(again) == told["jobs"]["cancelled"]
    assert desk.json("wait", sweep_id, timeout=180)["jobs"]["completed"] == 11
    ((once_more,)) = desk.json("rerun", sweep_id)
    desk.json("cancel", once_more["new_id"], "--yes")
    desk.json("wait", once_more["new_id"], code=1)


def asked(emulator: ServedEmulator) -> int:
    """How many requests it got; those of the watch over what trades come at their own time."""
    return sum(1 for entry in emulator.journal() if not entry["path"].startswith("live/"))


def test_what_was_run_before_is_answered_from_the_ledger(desk: Desk, finished: str, emulator: ServedEmulator) -> None:
    """Without a request."""
    folder = str(desk.strategy("grid", main_py=CODE))
    before = asked(emulator)

    told = desk.json("sweep", folder, "--param", "fast=5:15:5", "--param", "slow=list(50,100)", "--reuse", "--wait")

    assert told["jobs"]["completed"] == 6
    assert asked(emulator) == before
    job = desk.json("submit", folder, "--param", "fast=5", "--param", "slow=50", "--reuse", "--wait")
    assert job["reused_from"] is not None
    assert desk.json("compare", finished, told["sweep_id"])["compared"] == 12


def test_a_large_sweep_asks_first(desk: Desk) -> None:
    """Where nobody can be asked, the answer is no."""
    before = len(desk.json("sweeps"))
    refusal = desk.run("sweep", str(desk.strategy()), "--param", "a=1:600")
    assert refusal.returncode == 1
    assert "600 backtests" in refusal.stderr
    assert len(desk.json("sweeps")) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sweep", "{source}"), "--param"),
        (("sweep", "--param", "a=1:3"), "Which source?"),
        (("sweep", "{source}", "--param", "a"), "name=values"),
        (("sweep", "{source}", "--param", "a=3:1:1"), "never reaches"),
        (("sweep", "{source}", "--param", "a=1:3", "--where", "a <"), "no expression"),
        (("sweep", "{source}", "--param", "a=1:3", "--where", "__import__('os')"), "'__import__'"),
        (("sweep", "{source}", "--param", "a=1:3", "--seed", "4"), "--random"),
        (("sweep", "{source}", "--plan", "nowhere.yaml"), "cannot be read"),
        (("extend", "sffffffff", "--param", "a=1:3"), "no sweep"),
        (("show", "sffffffff"), "no sweep"),
        (("pause", "ffffffff"), "no job"),
        (("compare", "sffffffff"), "no sweep"),
        (("export", "{sweep}", "--file", "results.xlsx"), ".parquet or .json"),
        (("export", "{sweep}", "--file", "nowhere/results.csv"), "no folder"),
        (("compare", "{sweep}", "--map", "fast,nothing"), "two parameters"),
        (("compare", "{sweep}", "--html", "nowhere/page.html"), "no folder"),
        (("wait", "{sweep}", "{sweep}"), "one sweep at a time"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    desk: Desk, finished: str, arguments: tuple[str, ...], words: str
) -> None:
    """It says what to do."""
    source = str(desk.strategy())
    done = desk.run(*(text.format(source=source, sweep=finished) for text in arguments))
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
