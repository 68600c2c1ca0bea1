"""Single files: what exists cannot be created, what does not exist cannot be changed."""

import pytest

from emulator.envelope import ApiFailure
from tests.unit.emulator.account import Account


@pytest.fixture
def project(account: Account) -> int:
    return account.project("a = 1")


def test_a_file_is_created_read_changed_renamed_and_deleted(account: Account, project: int) -> None:
    """The whole life of a file."""
    account.ask("files/create", projectId=project, name="b.py", content="b = 1")
    account.ask("files/update", projectId=project, name="b.py", content="b = 2")
    account.ask("files/update", projectId=project, name="b.py", newName="c.py")
    file = account.ask("files/read", projectId=project, name="c.py")["files"][0]
    assert (file["content"], file["isLibrary"]) == ("b = 2", False)
    account.ask("files/delete", projectId=project, name="c.py")
    assert [item["name"] for item in account.ask("files/read", projectId=project)["files"]] == ["main.py"]


@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [("files/read", {}), ("files/update", {"content": "x"}), ("files/delete", {})],
)
def test_a_missing_file_is_refused_with_its_name_and_code(
    account: Account, project: int, endpoint: str, arguments: dict[str, str]
) -> None:
    """Clients recognise it by either and create the file."""
    with pytest.raises(ApiFailure, match=r"^File not found: none\.py$") as refusal:
        account.ask(endpoint, projectId=project, name="none.py", **arguments)
    assert refusal.value.code == 1001


def test_an_existing_file_cannot_be_created(account: Account, project: int) -> None:
    """The default files make this the first thing a naive client meets."""
    with pytest.raises(ApiFailure, match="already exists"):
        account.ask("files/create", projectId=project, name="main.py", content="x")


def test_a_file_cannot_take_the_name_of_another(account: Account, project: int) -> None:
    """A rename must not overwrite."""
    account.ask("files/create", projectId=project, name="b.py", content="b = 1")
    with pytest.raises(ApiFailure, match="already exists"):
        account.ask("files/update", projectId=project, name="b.py", newName="main.py")


@pytest.mark.parametrize("endpoint", ["files/create", "files/update"])
def test_empty_content_is_refused(account: Account, project: int, endpoint: str) -> None:
    """The cloud refuses it, too."""
    name = "main.py" if endpoint == "files/update" else "empty.py"
    with pytest.raises(ApiFailure, match="empty"):
        account.ask(endpoint, projectId=project, name=name, content="")
