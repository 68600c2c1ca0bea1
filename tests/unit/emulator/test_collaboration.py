"""Sharing a project, and the lock that keeps two editors apart."""

from typing import Any

import pytest

from emulator.envelope import ApiFailure
from tests.unit.emulator.account import Account


@pytest.fixture
def project(account: Account) -> int:
    return account.project("a = 1")


def listed(account: Account, project: int) -> list[tuple[str, bool, bool]]:
    """Permission, live control and ownership of everybody."""
    items = account.ask("projects/collaboration/read", projectId=project)["collaborators"]
    return [(item["permission"], item["liveControl"], item["owner"]) for item in items]


def test_a_collaborator_is_added_changed_and_removed(account: Account, project: int) -> None:
    """The owner is always among them, here and in the project itself."""
    who = {"projectId": project, "collaboratorUserId": "mia"}
    account.ask("projects/collaboration/create", **who, collaborationLiveControl=True, collaborationWrite=False)
    assert listed(account, project) == [("write", True, True), ("read", True, False)]
    account.ask("projects/collaboration/update", **who, liveControl=False, write=True)
    assert listed(account, project) == [("write", True, True), ("write", False, False)]
    in_project = account.ask("projects/read", projectId=project)["projects"][0]["collaborators"]
    assert [item["publicId"] for item in in_project][1:] == ["mia"]
    account.ask("projects/collaboration/delete", projectId=project, collaboratorId="mia")
    assert listed(account, project) == [("write", True, True)]


def test_nobody_is_added_twice(account: Account, project: int) -> None:
    """Nor is the owner."""
    owner = account.ask("projects/collaboration/read", projectId=project)["collaborators"][0]["publicId"]
    account.ask("projects/collaboration/create", projectId=project, collaboratorUserId="mia")
    for user in ("mia", owner):
        with pytest.raises(ApiFailure, match="already"):
            account.ask("projects/collaboration/create", projectId=project, collaboratorUserId=user)


def test_a_stranger_cannot_be_changed_or_removed(account: Account, project: int) -> None:
    """Only who was added can."""
    with pytest.raises(ApiFailure, match="not found"):
        account.ask("projects/collaboration/update", projectId=project, collaboratorUserId="bob")
    with pytest.raises(ApiFailure, match="not found"):
        account.ask("projects/collaboration/delete", projectId=project, collaboratorId="bob")


WRITES: dict[str, dict[str, Any]] = {
    "files/create": {"name": "b.py", "content": "b = 1"},
    "files/update": {"name": "main.py", "content": "a = 2"},
    "files/patch": {"patch": "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"},
    "files/delete": {"name": "main.py"},
    "projects/update": {"description": "new"},
}


@pytest.mark.parametrize("endpoint", WRITES)
def test_a_foreign_lock_refuses_a_write(account: Account, project: int, endpoint: str) -> None:
    """Clients look for "write permission"; the holder and those who name no source may write."""
    account.ask("projects/collaboration/lock/acquire", projectId=project, codeSourceId="ours")
    for source in ("ours", None):
        account.ask(
            "projects/update", projectId=project, codeSourceId=source, files=[{"name": "main.py", "content": "a = 1"}]
        )
    with pytest.raises(ApiFailure, match="write permission"):
        account.ask(endpoint, projectId=project, codeSourceId="theirs", **WRITES[endpoint])
    [file] = account.ask("files/read", projectId=project, codeSourceId="theirs")["files"]
    assert (file["name"], file["content"]) == ("main.py", "a = 1")
    account.ask(endpoint, projectId=project, codeSourceId="ours", **WRITES[endpoint])


def test_acquiring_takes_the_lock_over(account: Account, project: int) -> None:
    """Who asked last may write."""
    account.ask("projects/collaboration/lock/acquire", projectId=project, codeSourceId="ours")
    account.ask("projects/collaboration/lock/acquire", projectId=project, codeSourceId="theirs")
    account.ask("projects/update", projectId=project, codeSourceId="theirs", description="new")
    with pytest.raises(ApiFailure, match="write permission"):
        account.ask("projects/update", projectId=project, codeSourceId="ours", description="newer")


def test_without_a_lock_every_source_may_write(account: Account, project: int) -> None:
    """The LEAN CLI names its source and never asks for the lock."""
    account.ask("projects/update", projectId=project, codeSourceId="cli", description="new")
    assert account.ask("projects/read", projectId=project)["projects"][0]["description"] == "new"
