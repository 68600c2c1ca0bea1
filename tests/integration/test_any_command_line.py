"""Whatever is typed after `qcjobs`: an answer or one line that says what is wrong. Never a traceback.

Command lines are invented from the commands' own descriptions of their options, so a new option is tried without a line
here. Redis, the ledger and the API (an emulator) are there. What serves until it is stopped is only typed wrongly.
`make hard` tries ten thousand.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.main import main
from emulator.options import EmulatorOptions
from emulator.server import running
from orchestrator import submit_sweep
from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import metadata
from orchestrator.settings import load_settings
from orchestrator.sweeps import control
from tests.support.command import STRATEGY
from tests.support.hard import many

TOKEN: Final = "5e1ec7ed-the-token-of-the-commands"
SERVING: Final = {("up",), ("demo",), ("flower",), ("metrics",), ("emulator",), ("watch",), ("live", "watch")}
"""They go on until they are stopped."""

TRADING: Final = {("live", "deploy"), ("live", "stop"), ("live", "liquidate"), ("live", "command")}
"""They ask first, and nobody answers."""

PATIENCE: Final = 50
"""So often may a command sleep; then it waits for ever, although it was told for how long."""

SHORT: Final = 0.1
"""Seconds; whoever sleeps for less waits for a process of its own."""

Argv = tuple[str, ...]

WHOLE: Final = (
    "0",
    "1",
    "2",
    "5",
    "-1",
    "007",
    "1_000",
    "1e3",
    "1.5",
    "٣",
    "9" * 18,
    "9" * 19,
    "9" * 400,
    "-" + "9" * 30,
)
REAL: Final = (
    "0",
    "0.01",
    "1",
    "-1",
    "-0.0",
    "1e-300",
    "1e12",
    "1e300",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "1e999",
    "9" * 400,
)
PATIENT: Final = ("0", "0.01", "-1", "nan", "-nan", "-inf", "x", "")
"""Of `--timeout`: what leaves the waiting to the command is left out."""

WORDS: Final = (
    *(
        "a=" + "9" * 5000,
        "",
        " ",
        "-",
        "--",
        "-x",
        "--no-such-option",
        "=",
        "a=1",
        "a=",
        "=1",
        "a=[1]",
        "a=nan",
        "a=1:3",
        "a=1:3:0",
    ),
    *(
        "a=3:1",
        "a=1:9999999999",
        "a=0:1:1e-9",
        "a=list(1,2)",
        "a=list(",
        "a=nan:inf",
        "a=log(1,2",
        "a < 3",
        "a <",
        "a ** 9 ** 9",
    ),
    *("__import__('os')", "a.b", "a,b", "a,", "s", "null", "true", "{}", "[]", "{", '{"$type": "Order"}', "[1, 2"),
    *(
        "1",
        "0",
        "-1",
        "9" * 30,
        "SPY:1",
        "SPY:1:2",
        "USD:1e999",
        "USD:nan",
        "paper",
        "USD 1",
        "x" * 5000,
        "a\nb",
        "\x1b[31m",
    ),
    *("[bold]", "[/]", "[link=", "%s%n", "{0}", "é", "🙂", "\u202e", "\udcff", "a=\udcff", "../..", "s*", "%", "_"),
)
ELSEWHERE: Final = (
    *("missing", "missing/below"),
    *(
        "new.csv",
        "new.json",
        "new.html",
        "new.txt",
        "/dev/null",
        "/dev/full",
        "/proc/self/mem",
        "y" * 5000,
        "",
        ".",
        "-",
    ),
    *("\udcff.csv", "a\nb.json", "strategy/main.py/below"),
)
FILES: Final = {
    "empty.yaml": b"",
    "fine.yaml": b"grid: {a: 1:3}\n",
    "broken.yaml": b"grid: {a: [1, 2\n",
    "binary.py": bytes(range(256)),
    "binary.yaml": bytes(range(256)),
    "a-list.yaml": b"- 1\n- 2\n",
    "no-map.yaml": b"grid: 7\n",
    "nested.yaml": b"grid: " + b"[" * 2000,
    "tagged.yaml": b"!!python/object/apply:os.system ['true']\n",
    "laughs.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\ngrid: {a: [*b,*b]}\n",
    "itself.yaml": b"&a\ngrid: {a: *a}\n",
    "keys.yaml": b"grid: {1: 1:3, null: 2, [1]: 3}\n",
    "dates.yaml": b"grid: {a: [2024-01-01, 12:30:45, .nan, .inf, 0x1F, 1e400]}\n",
    "much.yaml": b"random: {points: 99999999999, parameters: {a: 1:3}}\n",
    "windows.yaml": b"walk_forward: {from: 2020-13-01, to: never, train: -1, test: 0}\n",
    "text.yaml": "grid: {é: '\\ud83d'}\nwhere: ['é <']\n".encode(),
}


@dataclass(frozen=True)
class Desk:
    """Where the commands are typed: a folder with all sorts of things, and a ledger with jobs and a sweep."""

    folder: Path
    ledger: Path
    ids: Sequence[str]
    paths: Sequence[str]  #: files and folders, and what is neither
    restore_ledger: Callable[[], None]

    def restore_folder(self) -> None:
        """What a command has written goes, and what it has overwritten comes back."""
        for path in self.folder.iterdir():
            if path.is_file():
                path.unlink()
        for name, content in FILES.items():
            (self.folder / name).write_bytes(content)

    def run(self, argv: Argv) -> Result:
        """As if it were typed."""
        return CliRunner().invoke(main, argv, input="")

    def changes(self) -> int:
        """Another number after every commit of somebody else's."""
        return int(self._witness.execute("PRAGMA data_version").fetchone()[0])

    @property
    def _witness(self) -> sqlite3.Connection:
        return _WITNESSES.setdefault(self.ledger, sqlite3.connect(self.ledger))


_WITNESSES: dict[Path, sqlite3.Connection] = {}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[Desk]:
    """Everything is there, but no worker: what is accepted stays in the queue."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with running(EmulatorOptions(api_token=TOKEN, user_id=7)) as emulator:
        for name, value in {
            "QC_USER_ID": "7",
            "QC_API_TOKEN": TOKEN,
            "QC_BASE_URL": emulator.base_url,
            "QCJOBS_HOME": str(tmp_path / "home"),
            "QCJOBS_REDIS_URL": redis_url,
        }.items():
            monkeypatch.setenv(name, value)
        yield _furnished(tmp_path / "here", tmp_path / "home" / "ledger.db")
    for witness in _WITNESSES.values():
        witness.close()
    _WITNESSES.clear()


def _furnished(folder: Path, file: Path) -> Desk:
    (folder / "strategy").mkdir()
    (folder / "strategy" / "main.py").write_text(STRATEGY)
    (folder / "empty").mkdir()
    handle = submit_sweep("strategy", {"grid": {"a": "1:3"}})
    ledger = Ledger(load_settings().ledger_url)
    first, second, _ = [job.id for job in handle.jobs]
    control.cancel(ledger, first)
    control.pause(ledger, second)
    with ledger.engine.connect() as connection:
        kept = {
            table: [dict(row._mapping) for row in connection.execute(table.select())]
            for table in metadata.sorted_tables
        }

    def restore_ledger() -> None:
        with ledger.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            for table in metadata.sorted_tables:
                if kept[table]:
                    connection.execute(table.insert(), kept[table])

    ids = [handle.id, first, second, first[:1], "s"]
    desk = Desk(folder, file, ids, ["strategy", "empty", *FILES, *ELSEWHERE], restore_ledger)
    desk.restore_folder()
    return desk


@pytest.fixture
def nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A command that sleeps on and on is interrupted, which the exit code tells."""
    slept: list[float] = []
    really = time.sleep

    def sleep(seconds: float) -> None:
        if threading.current_thread() is not threading.main_thread() or seconds < SHORT:
            really(seconds)
            return
        slept.append(seconds)
        if len(slept) > PATIENCE:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    return slept


def leaves(command: click.Command, path: Argv = ()) -> Iterator[tuple[Argv, click.Command]]:
    """Every command below one, with what is typed to get there."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, (*path, name))


COMMANDS: Final = dict(leaves(main))
text = st.text(st.characters(exclude_characters="\0/", codec="utf-8"), max_size=20)


def values_of(parameter: click.Parameter, desk: Desk) -> st.SearchStrategy[str]:
    """What somebody may type for it: valid, nearly so, and rubbish."""
    words = st.sampled_from([*WORDS, *desk.ids]) | text
    match parameter.type:
        case _ if parameter.name == "timeout":
            return st.sampled_from(PATIENT)
        case click.Choice(choices=choices):
            return st.sampled_from([str(choice) for choice in choices]) | words
        case click.types.IntParamType():
            return st.sampled_from(WHOLE) | words
        case click.types.FloatParamType():
            return st.sampled_from(REAL) | words
        case click.Path():
            return st.sampled_from(desk.paths)
    if parameter.name == "source":
        return st.sampled_from(["strategy", "strategy", *desk.paths]) | words
    return words


@st.composite
def command_lines(draw: st.DrawFn, desk: Desk) -> Argv:
    """A command with some of its options, and sometimes one that it does not have."""
    path = draw(st.sampled_from(sorted(COMMANDS)))
    parts: list[Argv] = []
    for parameter in COMMANDS[path].params:
        if path in TRADING and parameter.name == "yes":
            continue
        times = draw(st.integers(0, 2 if isinstance(parameter, click.Option) and not parameter.required else 3))
        if isinstance(parameter, click.Argument):
            # Mostly as many as are needed; otherwise hardly a command would get as far as its own code.
            needed = 1 if parameter.required else 0
            times = draw(st.sampled_from([needed, needed, needed, 1, 0, 2 if parameter.nargs == -1 else needed]))
        elif parameter.required:
            times = min(times, 1) or draw(st.sampled_from([1, 1, 0]))
        else:
            times = max(0, times - 1) if not parameter.multiple else times
        for _ in range(times):
            if isinstance(parameter, click.Argument):
                parts.append((draw(values_of(parameter, desk)),))
            elif isinstance(parameter, click.Option) and parameter.is_flag:
                parts.append((draw(st.sampled_from([*parameter.opts, *parameter.secondary_opts])),))
            else:
                value = draw(values_of(parameter, desk))
                option = parameter.opts[0]
                parts.append(draw(st.sampled_from([(option, value), (f"{option}={value}",)])))
    if draw(st.integers(0, 9)) == 0:
        parts.append((draw(st.sampled_from(WORDS)),))
    parts = list(draw(st.permutations(parts)))
    patience = ("--timeout", "0.01") if any(one.name == "timeout" for one in COMMANDS[path].params) else ()
    broken = ("--no-such-option",) if path in SERVING else ()
    return (*path, *broken, *(word for part in ((patience, *parts) if not broken else parts) for word in part))


def wrong(result: Result, changed: bool) -> str | None:
    """What is wrong with an answer; None: nothing."""
    code, said = result.exit_code, result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"raised {result.exception!r}"
    if "Traceback" in result.output or "this is a bug" in said:
        return said
    if code not in {0, 1, 2, 3}:
        return f"exit code {code}"
    if TOKEN in result.output:
        return "the token"
    if code == 2 and changed:
        return "wrong use, and something was written"
    in_one_line = said.startswith("error: ") and said.count("\n") == 1
    if code == 2 and not (in_one_line or said.startswith("Usage: ") or "\u2717 " in result.output):  # a list of checks
        return "wrong use is told in one line"
    if code and not result.output.strip():
        return "nothing was said"
    return None


@pytest.mark.parametrize("command", ["pause", "resume", "retry", "rerun", "cancel"])
def test_several_are_done_together_or_not_at_all(desk: Desk, command: str) -> None:
    """After an error nobody would know which of them are done."""
    before = desk.changes()

    done = desk.run((command, desk.ids[1], "no-such-job"))

    assert (done.exit_code, desk.changes()) == (2, before)
    assert "no-such-job" in done.stderr


def test_one_that_is_named_twice_is_begun_again_once(desk: Desk) -> None:
    """As a list of ids from somewhere may name it."""
    done = desk.run(("retry", desk.ids[1], desk.ids[1]))
    assert done.exit_code == 0
    assert done.stdout.count("1 begun again") == 1


def test_what_the_terminal_cannot_show_is_spelled_out(desk: Desk) -> None:
    """A file may be called so, and the export is written by then."""
    done = desk.run(("ledger", "export", "\udcff.qcjobs"))
    assert done.exit_code == 0
    assert r"\udcff.qcjobs" in done.stdout
    assert json.loads(desk.run(("ledger", "export", "\udcfe.qcjobs", "--json")).stdout)["file"] == "\udcfe.qcjobs"
    assert desk.run(("jobs",)).exit_code == 0


@pytest.mark.timeout(7200)
def test_every_command_line_is_answered(desk: Desk, nobody_waits_for_ever: list[float]) -> None:
    """People make typing errors, and scripts pass on what they were given."""
    before = threading.active_count()

    @settings(
        max_examples=many(300, 10_000),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(argv=command_lines(desk))
    def answered(argv: Argv) -> None:
        nobody_waits_for_ever.clear()
        version = desk.changes()
        result = desk.run(argv)
        changed = desk.changes() != version
        written = changed and argv[:2] != ("live", "show")  # which looks, and notes what it sees
        try:
            assert wrong(result, written) is None, (argv, result.output[-2000:])
        finally:
            if changed:
                desk.restore_ledger()
            desk.restore_folder()

    answered()
    assert threading.active_count() - before < 20
