"""What the README says to type works as it stands there, in that order, on a machine without an account."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.options import EmulatorOptions
from emulator.server import running
from orchestrator.settings import load_settings
from quantconnect import QuantConnectClient
from tests.support.command import ROOT, Desk

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [(match[1], match[2].strip()) for match in re.finditer(r"```(\w*)\n(.*?)```", README, re.DOTALL)]
SHELL = [text.splitlines() for language, text in BLOCKS if language == "sh"]

# A block that begins with an export is for the reader's own account and servers.
HERE = [line for block in SHELL if not block[0].startswith("export ") for line in block]
ELSEWHERE = [line for block in SHELL if block[0].startswith("export ") for line in block]
TYPED = [line for line in HERE if not line.startswith("make ")]
PYTHON, LIBRARY = (text for language, text in BLOCKS if language == "python")

LAST = ".venv/bin/qcjobs down"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A new machine."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.json("down")


def typed(line: str) -> tuple[str, ...]:
    """The command of this environment, wherever that is."""
    program, *arguments = shlex.split(line, comments=True)
    assert program.startswith(".venv/bin/")
    return (str(Path(sys.executable).with_name(Path(program).name)), *arguments)


def run(desk: Desk, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=desk.environment, timeout=120, check=False
    )


def test_the_commands_of_the_readme_work_in_their_order(desk: Desk) -> None:
    """They are the first thing that anybody types; the Python example belongs between `up` and `down`."""
    assert TYPED[-1] == LAST
    for line in TYPED[:-1]:
        done = run(desk, *typed(line))
        assert done.returncode == 0, (line, done.stderr, done.stdout)
    program = run(desk, sys.executable, "-c", PYTHON)
    assert re.fullmatch(r"completed -?\d+\.\d+\n", program.stdout), program.stderr
    assert run(desk, *typed(LAST)).stdout.startswith("Stopped: redis")


def test_the_example_of_the_library_lists_the_projects_of_an_account(desk: Desk) -> None:
    """With credentials in the environment, as on a reader's machine."""
    with running(EmulatorOptions(api_token="a-readers-token")) as cloud:
        login = {"QC_USER_ID": "1", "QC_API_TOKEN": "a-readers-token", "QC_BASE_URL": cloud.base_url}
        with QuantConnectClient(1, "a-readers-token", base_url=cloud.base_url) as client:
            project = client.projects.create("of a reader")
        program = subprocess.run(
            (sys.executable, "-c", LIBRARY),
            capture_output=True,
            text=True,
            env=desk.environment | login,
            timeout=60,
            check=False,
        )
    assert program.stdout == f"{project.project_id} of a reader\n", program.stderr


@pytest.mark.parametrize("line", [line for line in HERE if line.startswith("make ")])
def test_make_has_the_targets_of_the_readme(line: str) -> None:
    """`make demo` itself is what the other tests of this folder consist of."""
    assert re.search(rf"^{line.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in ELSEWHERE if not line.startswith("export ")])
def test_the_commands_for_ones_own_account_and_servers_exist(desk: Desk, line: str) -> None:
    """They cannot run here, but they must be understood."""
    done = run(desk, *typed(line), "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


@pytest.mark.parametrize("line", [line for line in ELSEWHERE if line.startswith("export ")])
def test_the_variables_of_the_readme_are_those_that_are_read(line: str) -> None:
    """A misspelled one would be ignored in silence."""
    known = {"QC_USER_ID", "QC_API_TOKEN", "QCJOBS_REDIS_URL", "QCJOBS_DATABASE_URL"}
    names = {assignment.partition("=")[0] for assignment in shlex.split(line)[1:]}
    assert names
    assert names <= known


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_no_link_between_the_pages_is_broken(page: Path) -> None:
    """Files get other names, and pages forget it."""
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_configuration_on_the_page_of_schedules_is_taken_as_it_stands(tmp_path: Path) -> None:
    """It is copied before it is understood; the commands below it name what it has."""
    page = (ROOT / "docs" / "schedules.md").read_text("utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "qcjobs.yaml").write_text(text)

    schedules = load_settings({"QCJOBS_CONFIG": str(tmp_path / "qcjobs.yaml")}).schedules

    assert {schedule.action for schedule in schedules.values()} == {"backtest", "stop"}
    assert set(re.findall(r"qcjobs schedules (?:show|run|pause|resume) (\S+)", page)) <= schedules.keys()
