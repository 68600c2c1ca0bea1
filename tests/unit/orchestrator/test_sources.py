"""Which files of a folder belong to it: the LEAN CLI's rules, so that its projects work as they are."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.sources import read_source

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a strategy's folder from names and contents; `main.py` is there unless it is given as None."""

    def make(files: dict[str, str | bytes | None] | None = None, name: str = "strategy") -> Path:
        folder = tmp_path / name
        for file_name, content in {"main.py": "class A(QCAlgorithm): pass\n", **(files or {})}.items():
            path = folder / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return make


def names(folder: Path) -> set[str]:
    """The names of the files that would be pushed."""
    return set(read_source(folder).files or {})


def test_a_folder_with_a_main_file_is_a_source(make: Make) -> None:
    """Nothing else is needed."""
    source = read_source(make())

    assert source.files == {"main.py": "class A(QCAlgorithm): pass\n"}
    assert (source.name, source.language, source.project_id) == ("strategy", "Py", None)


def test_five_kinds_of_file_belong_to_a_project(make: Make) -> None:
    """The others cannot be in one: data, caches and notes stay home."""
    kept = {"a.py": "1", "b.cs": "2", "c.ipynb": "{}", "d.css": "3", "e.html": "4", "deep/er/f.py": "5"}
    folder = make({**kept, "data.csv": "6", "notes.md": "7", "config.json": "{}", "Makefile": "8"})

    assert names(folder) == {"main.py", *kept}


@pytest.mark.parametrize(
    "outside",
    [
        ".git/hook.py",
        ".ipynb_checkpoints/main.py",
        ".hidden.py",
        "__pycache__/main.py",
        "bin/Release/Main.cs",
        "obj/Main.cs",
        "backtests/2026-01-01/code/main.py",
        "live/2026-01-01/main.py",
        "optimizations/2026-01-01/main.py",
        "storage/keys.py",
        "deep/down/backtests/main.py",
        "NUL/main.py",
        "COM3/main.py",
    ],
)
def test_hidden_built_and_put_out_files_stay_home(make: Make, outside: str) -> None:
    """They are somebody else's, or copies of what is pushed anyway."""
    assert names(make({outside: "x = 1"})) == {"main.py"}


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
def test_virtual_environments_stay_home_whatever_they_are_called(make: Make, marker: str) -> None:
    """Ten thousand files of other people's code."""
    folder = make({f"my-env/{marker}": "x", "my-env/lib/thing.py": "x = 1"})

    assert names(folder) == {"main.py"}


def test_a_link_that_leads_back_up_does_not_go_on_for_ever(make: Make) -> None:
    """`ln -s .. parent` is a habit of some."""
    folder = make({"package/code.py": "x = 1"})
    (folder / "package" / "up").symlink_to(folder, target_is_directory=True)

    assert names(folder) == {"main.py", "package/code.py"}


def test_a_linked_folder_belongs_to_the_source(make: Make) -> None:
    """Shared helpers are often linked."""
    shared = make({"helper.py": "x = 1"}, name="shared")
    folder = make()
    (folder / "shared").symlink_to(shared, target_is_directory=True)

    assert names(folder) == {"main.py", "shared/main.py", "shared/helper.py"}


def test_an_empty_init_file_is_sent_as_a_comment(make: Make) -> None:
    """Packages have them, and QuantConnect refuses empty files."""
    files = read_source(make({"package/__init__.py": ""})).files

    assert files is not None
    assert files["package/__init__.py"].startswith("#")


def test_config_json_tells_project_language_and_parameters(make: Make) -> None:
    """A LEAN CLI project works as it is."""
    config = '{"cloud-id": 123, "algorithm-language": "Python", "parameters": {"fast": "10", "slow": 50}}'

    source = read_source(make({"config.json": config}))

    assert source.project_id == 123
    assert source.parameters == {"fast": "10", "slow": 50}


def test_config_json_may_begin_with_a_byte_order_mark(make: Make) -> None:
    """Editors on Windows write one."""
    assert read_source(make({"config.json": b'\xef\xbb\xbf{"cloud-id": "7"}'})).project_id == 7


def test_a_folder_with_main_cs_is_csharp(make: Make) -> None:
    """As the API spells it."""
    assert read_source(make({"main.py": None, "Main.cs": "class A : QCAlgorithm {}"})).language == "C#"


def test_with_both_main_files_config_json_decides_and_else_the_setting(make: Make) -> None:
    """A half-ported strategy has both."""
    both: dict[str, str | bytes | None] = {"Main.cs": "class A : QCAlgorithm {}"}

    assert read_source(make(both), default_language="CSharp").language == "C#"
    assert read_source(make(both)).language == "Py"
    assert read_source(make({**both, "config.json": '{"algorithm-language": "CSharp"}'})).language == "C#"


@pytest.mark.parametrize("source", ["123456", 123456])
def test_a_number_is_a_cloud_project_as_it_stands(source: str | int) -> None:
    """Nothing is pushed; its files are learned when the job runs."""
    found = read_source(source)

    assert (found.project_id, found.files, found.git_commit) == (123456, None, None)


def test_a_folder_whose_name_is_a_number_is_a_folder(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in front of one comes first."""
    folder = make(name="2024")
    monkeypatch.chdir(folder.parent)

    assert read_source("2024").files is not None


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_result_knows_the_commit_of_its_code(make: Make) -> None:
    """Results belong to the code that made them."""
    folder = make()
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "strategy")

    source = read_source(folder)

    assert source.git_commit == git(folder, "rev-parse", "HEAD")
    assert source.git_dirty is False


def test_a_result_knows_that_its_code_was_not_committed(make: Make) -> None:
    """The commit alone would point to other code."""
    folder = make()
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "strategy")
    (folder / "main.py").write_text("changed = True\n")

    assert read_source(folder).git_dirty is True


def test_a_change_elsewhere_in_the_repository_does_not_make_a_strategy_dirty(make: Make, tmp_path: Path) -> None:
    """Many strategies live in one repository."""
    folder = make()
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "strategies")
    (tmp_path / "elsewhere.py").write_text("x = 1\n")

    assert read_source(folder).git_dirty is False


def test_outside_git_nothing_is_claimed(make: Make) -> None:
    """None is not False."""
    source = read_source(make())

    assert (source.git_commit, source.git_dirty) == (None, None)
