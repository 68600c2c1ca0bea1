"""Projects as the cloud keeps them: names it changes, deletions it does not carry out, pushes in one request."""

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import Account


def names(account: Account, project: int) -> list[str]:
    return [file["name"] for file in account.ask("files/read", projectId=project)["files"]]


@pytest.mark.parametrize(
    ("language", "files"), [("Py", ["main.py", "research.ipynb"]), ("C#", ["Main.cs", "Research.ipynb"])]
)
def test_a_new_project_has_default_files(account: Account, language: str, files: list[str]) -> None:
    """A client that creates main.py right away must run into the one that is there."""
    project = account.ask("projects/create", name="New", language=language)["projects"][0]
    assert names(account, project["projectId"]) == files
    assert project["projectId"] >= 20_000_000
    assert (project["parameters"], project["libraries"]) == ([], [])


@pytest.mark.parametrize("language", ["Py", "C#"])
def test_the_default_files_build(account: Account, language: str) -> None:
    """A new project can be run as it is."""
    project = account.ask("projects/create", name="New", language=language)["projects"][0]["projectId"]
    compile_id = account.compiled(project)
    read = account.ask("compile/read", projectId=project, compileId=compile_id)
    assert read["state"] == "BuildSuccess"


@pytest.mark.parametrize(
    ("wanted", "given"), [("Taken", "Taken 1"), ("/Folder/Name", "Folder/Name"), ("What? Why*", "What_ Why_")]
)
def test_the_server_may_change_the_name(account: Account, wanted: str, given: str) -> None:
    """Clients must use the name that comes back."""
    account.ask("projects/create", name="Taken", language="Py")
    assert account.ask("projects/create", name=wanted, language="Py")["projects"][0]["name"] == given


def test_renaming_to_a_taken_name_is_refused_and_changes_nothing(account: Account) -> None:
    """A refused update leaves no trace, not even in the fields that were fine."""
    account.project(name="Taken")
    mine = account.project(name="Mine")
    with pytest.raises(ApiFailure):
        account.ask("projects/update", projectId=mine, description="new", name="Taken")
    project = account.ask("projects/read", projectId=mine)["projects"][0]
    assert (project["name"], project["description"]) == ("Mine", "")


def test_a_deleted_project_stays_listed_in_the_recycle_bin(account: Account) -> None:
    """Clients that list projects must know the prefix."""
    project = account.project(name="Old")
    account.ask("projects/delete", projectId=project)
    account.ask("projects/delete", projectId=project)
    assert [item["name"] for item in account.ask("projects/read")["projects"]] == ["Recycle Bin/Old"]


def test_files_in_an_update_are_the_complete_new_content(account: Account) -> None:
    """One request pushes a project, and whatever it does not name is gone."""
    project = account.project()
    files = [{"name": "main.py", "content": "a = 1"}, {"name": "lib/b.py", "content": "b = 1"}]
    account.ask("projects/update", projectId=project, files=files)
    read = account.ask("files/read", projectId=project)["files"]
    assert {file["name"]: file["content"] for file in read} == {"main.py": "a = 1", "lib/b.py": "b = 1"}


@pytest.mark.parametrize("content", ["", "x" * 64_001])
def test_one_bad_file_in_a_push_keeps_all_of_them_out(account: Account, content: str) -> None:
    """Half a push would be worse than none."""
    project = account.project()
    before = names(account, project)
    files = [{"name": "good.py", "content": "a = 1"}, {"name": "bad.py", "content": content}]
    with pytest.raises(ApiFailure):
        account.ask("projects/update", projectId=project, files=files)
    assert names(account, project) == before


def test_the_refusal_of_a_large_file_names_the_limit() -> None:
    """Clients find the limit in this text, thousands separator included."""
    account = Account(EmulatorOptions(max_file_size=32_000))
    project = account.project()
    with pytest.raises(ApiFailure, match=r"^File exceeds the maximum size of 32,000 characters\.$"):
        account.ask("files/update", projectId=project, name="main.py", content="x" * 32_001)


def test_parameters_are_set_and_cleared(account: Account) -> None:
    """Clearing is an empty text, because a form knows no empty list."""
    project = account.project()
    account.ask("projects/update", projectId=project, parameters=[{"key": "fast", "value": "10"}])
    shown = account.ask("projects/read", projectId=project)["projects"][0]["parameters"]
    assert shown == [{"key": "fast", "value": "10"}]
    account.ask("projects/update", projectId=project, parameters="")
    assert account.ask("projects/read", projectId=project)["projects"][0]["parameters"] == []


def test_the_lean_version_is_pinned_and_released(account: Account) -> None:
    """-1 follows master."""
    project = account.project()
    account.ask("projects/update", projectId=project, versionId="16000")
    shown = account.ask("projects/read", projectId=project)["projects"][0]
    assert (shown["leanVersionId"], shown["leanPinnedToMaster"]) == (16000, False)
    account.ask("projects/update", projectId=project, versionId="-1")
    assert account.ask("projects/read", projectId=project)["projects"][0]["leanPinnedToMaster"] is True


def test_the_list_can_be_read_in_pages(account: Account) -> None:
    """`end` is exclusive, and a page that cannot exist is refused."""
    ids = sorted(account.project(name=f"P{number}") for number in range(3))
    page = account.ask("projects/read", start=1, end=3)
    assert [project["projectId"] for project in page["projects"]] == ids[1:]
    with pytest.raises(ApiFailure):
        account.ask("projects/read", start=2, end=2)


@pytest.mark.parametrize("endpoint", ["projects/read", "projects/update", "projects/delete", "files/read"])
def test_an_unknown_project_is_refused(account: Account, endpoint: str) -> None:
    """The same text everywhere."""
    with pytest.raises(ApiFailure, match="Project not found"):
        account.ask(endpoint, projectId=-1)


def test_a_foreign_organization_is_refused(account: Account) -> None:
    """The account belongs to one organization, the one that its projects name."""
    with pytest.raises(ApiFailure, match="Organization not found"):
        account.ask("projects/create", name="New", language="Py", organizationId="0" * 32)
