"""A project that is another one's library."""

import pytest

from emulator.envelope import ApiFailure
from tests.unit.emulator.account import STRATEGY, Account


@pytest.fixture
def project(account: Account) -> int:
    return account.project()


def library(account: Account, source: str, name: str) -> int:
    number = account.project(source, name=name)
    account.ask("projects/update", projectId=number, files=[{"name": "tools.py", "content": source}])
    return number


def test_a_librarys_files_are_listed_but_not_written(account: Account, project: int) -> None:
    """Marked, below the library's name; pushing the project leaves them alone."""
    tools = library(account, "x = 1", "Library/Tools")
    account.ask("projects/library/create", projectId=project, libraryId=tools)
    account.ask("projects/update", projectId=project, files=[{"name": "main.py", "content": STRATEGY}])
    files = account.ask("files/read", projectId=project)["files"]
    assert [(file["name"], file["isLibrary"]) for file in files] == [
        ("main.py", False),
        ("Library/Tools/tools.py", True),
    ]
    [file] = account.ask("files/read", projectId=project, name="Library/Tools/tools.py")["files"]
    assert file["content"] == "x = 1"
    with pytest.raises(ApiFailure, match="File not found"):
        account.ask("files/update", projectId=project, name="Library/Tools/tools.py", content="x = 2")
    shown = account.ask("projects/read", projectId=project)["projects"][0]["libraries"]
    assert [(item["projectId"], item["libraryName"]) for item in shown] == [(tools, "Library/Tools")]


def test_libraries_of_libraries_are_compiled_in(account: Account, project: int) -> None:
    """A fault in one breaks the build of the project; a circle of libraries does no harm."""
    outer, inner = library(account, "x = 1", "Library/Outer"), library(account, "def", "Library/Inner")
    account.ask("projects/library/create", projectId=project, libraryId=outer)
    account.ask("projects/library/create", projectId=outer, libraryId=inner)
    account.ask("projects/library/create", projectId=inner, libraryId=outer)
    read = account.ask("compile/read", projectId=project, compileId=account.compiled(project))
    assert read["state"] == "BuildError"
    assert read["logs"][0].startswith("Build Error: File: Library/Inner/tools.py Line:1 ")
    account.ask("projects/library/delete", projectId=project, libraryId=outer)
    assert (
        account.ask("compile/read", projectId=project, compileId=account.compiled(project))["state"] == "BuildSuccess"
    )


def test_a_library_changes_the_result(account: Account, project: int) -> None:
    """It is code like any other."""
    account.ask("projects/library/create", projectId=project, libraryId=library(account, "x = 1", "Library/Tools"))
    with_library = account.start(project, account.compiled(project))
    account.ask("projects/update", projectId=project, libraries=[])
    without = account.start(project, account.compiled(project))
    account.wait(12)
    assert account.read(project, with_library)["statistics"] != account.read(project, without)["statistics"]


def test_attaching_twice_is_once(account: Account, project: int) -> None:
    """A repeated request does no harm."""
    tools = library(account, "x = 1", "Library/Tools")
    for _ in range(2):
        account.ask("projects/library/create", projectId=project, libraryId=tools)
    assert len(account.ask("projects/read", projectId=project)["projects"][0]["libraries"]) == 1


def test_what_is_no_library_is_refused(account: Account, project: int) -> None:
    """Unknown ones, itself, and those that are not attached."""
    tools = library(account, "x = 1", "Library/Tools")
    for endpoint, number in (("create", -1), ("create", project), ("delete", tools)):
        with pytest.raises(ApiFailure):
            account.ask(f"projects/library/{endpoint}", projectId=project, libraryId=number)
