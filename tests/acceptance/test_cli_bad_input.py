"""What bad input gets: one line that says what to do, exit code 2 or 3, and nothing half-written.

The real command, as its own process. Nothing but Redis runs; what is refused never gets as far as a worker.
"""

import os
import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command import STRATEGY, TOKEN, USER, Desk
from workers.embedded.redis_server import RedisServer

ALONE = {"QC_USER_ID": USER, "QC_API_TOKEN": TOKEN, "QC_BASE_URL": "http://127.0.0.1:9/api/v2"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Desk]:
    """Somebody with credentials and a Redis, and with no job in the ledger: not before a test, and not after it."""
    desk = Desk(tmp_path_factory.mktemp("desk"), QCJOBS_REDIS_URL=redis_server.url, **ALONE)
    assert desk.json("jobs") == []
    yield desk
    assert desk.accepted() == 0


def refused(desk: Desk, *arguments: str, code: int, **options: object) -> str:
    """Run the command; it must end with this code and one line, which is returned, and accept nothing."""
    done = desk.run(*arguments, **options)  # type: ignore[arg-type] # whatever Popen takes
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done
    assert done.stderr.startswith("error: ")
    assert TOKEN not in done.stderr
    assert desk.accepted() == 0
    return done.stderr


def missing(desk: Desk) -> Path:
    return desk.folder / "no-such-folder"


def a_file(desk: Desk) -> Path:
    return desk.strategy() / "main.py"


def without_main(desk: Desk) -> Path:
    return desk.strategy("without-main", helper_py="x = 1\n")


def with_an_empty_file(desk: Desk) -> Path:
    return desk.strategy("empty", main_py=STRATEGY, helper_py="")


def too_large(desk: Desk) -> Path:
    return desk.strategy("large", main_py=STRATEGY + "#" * 300_000)


def binary(desk: Desk) -> Path:
    folder = desk.strategy("binary")
    (folder / "data.py").write_bytes(b"\xff\xfe\x00\x01")
    return folder


def with_the_token(desk: Desk) -> Path:
    return desk.strategy("leaky", main_py=f"{STRATEGY}\nTOKEN = '{TOKEN}'\n")


def with_a_list_as_parameter(desk: Desk) -> Path:
    return desk.strategy("listed", main_py=STRATEGY, config_json='{"parameters": {"levels": [1, 2]}}')


def with_broken_config(desk: Desk) -> Path:
    return desk.strategy("unread", main_py=STRATEGY, config_json="{")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (missing, r"no folder .*Give a strategy's folder"),
        (a_file, r"is a file\. Give the folder"),
        (without_main, r"neither main\.py nor Main\.cs"),
        (with_an_empty_file, r"helper\.py is empty"),
        (too_large, r"main\.py has 300,\d+ characters.*Split it"),
        (binary, r"data\.py is not a UTF-8 text.*move it"),
        (with_the_token, r"main\.py contains a private key or your API token"),
        (with_a_list_as_parameter, r"'levels' is a list"),
        (with_broken_config, r"config\.json is not valid JSON"),
    ],
)
def test_a_source_that_cannot_run_is_refused(desk: Desk, source: Callable[[Desk], Path], says: str) -> None:
    """The line names the file and says what to do with it."""
    assert re.search(says, refused(desk, "submit", str(source(desk)), code=2))


@pytest.mark.parametrize(
    ("parameter", "says"),
    [("fast", "name=value"), ("levels=[1,2]", "list or a map"), ("x=nan", "finite"), ("=1", "name=value")],
)
def test_a_parameter_that_is_no_single_value_is_refused(desk: Desk, parameter: str, says: str) -> None:
    """QuantConnect would hand the algorithm something else than the user meant."""
    assert says in refused(desk, "submit", str(desk.strategy()), "--param", parameter, code=2)


def test_a_misspelled_setting_is_refused_with_the_nearest_right_one(desk: Desk) -> None:
    """Silently ignored, it would be looked for in vain."""
    wrong = {"QCJOBS_DISPATCH__LOOK_AHAED": "4"}
    assert "look_ahead" in refused(desk, "submit", str(desk.strategy()), code=2, environment=wrong)


def test_without_credentials_the_line_says_where_they_go(desk: Desk) -> None:
    """And nothing is sent anywhere."""
    nobody = {"QC_USER_ID": "", "QC_API_TOKEN": ""}
    assert "QC_USER_ID" in refused(desk, "submit", str(desk.strategy()), code=2, environment=nobody)


def test_a_job_that_does_not_exist_is_wrong_use(desk: Desk) -> None:
    """Of `show`, `wait` and `cancel` alike."""
    for command in ("show", "wait", "cancel"):
        assert "no job 'f00'" in refused(desk, command, "f00", code=2)


def test_with_redis_down_nothing_is_accepted(desk: Desk) -> None:
    """A job that nobody would start should not look accepted."""
    down = {"QCJOBS_REDIS_URL": "redis://:a-secret-password@127.0.0.1:9/0"}
    said = refused(desk, "submit", str(desk.strategy()), code=3, environment=down)
    assert "qcjobs up" in said
    assert "a-secret-password" not in said


def test_with_the_ledger_unreachable_nothing_is_accepted(desk: Desk) -> None:
    """And the database's password stays out of the message."""
    away = {"QCJOBS_DATABASE_URL": "postgresql://somebody:a-secret-password@127.0.0.1:9/qcjobs"}
    said = refused(desk, "submit", str(desk.strategy()), code=3, environment=away)
    assert "Nothing was half-written" in said
    assert "a-secret-password" not in said


def test_with_the_disk_full_nothing_is_accepted(desk: Desk) -> None:
    """The limit on file sizes stands for the disk's end: SQLite gets as far as the middle of the bundle."""
    noise = "".join(f"# {os.urandom(30).hex()}\n" for _ in range(3_500))  # hardly to be compressed
    folder = desk.strategy("noise", main_py=STRATEGY + noise)
    size = 64_000  # bytes of SQLite's log, which begins anew with every command; the bundle needs twice as many

    def end_of_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    assert "ledger" in refused(desk, "submit", str(folder), code=3, preexec_fn=end_of_disk)
    assert desk.json("jobs") == []  # the file is whole


def test_with_the_disk_full_nothing_is_started_and_down_still_works(desk: Desk, tmp_path: Path) -> None:
    """A limit of no bytes at all stands for a disk without any room."""

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    elsewhere = {"QCJOBS_HOME": str(tmp_path / "full")}
    said = refused(desk, "up", code=3, environment=elsewhere, preexec_fn=no_room)
    assert f"{tmp_path}/full: File too large" in said
    down = desk.run("down", environment=elsewhere, preexec_fn=no_room)
    assert (down.returncode, down.stdout) == (0, "Nothing was running.\n")


def test_an_unknown_option_is_wrong_use(desk: Desk) -> None:
    """Click's own words, with the usage."""
    done = desk.run("submit", "--no-such-option")
    assert (done.returncode, "Usage:" in done.stderr) == (2, True)
