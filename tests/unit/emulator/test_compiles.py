"""A compile takes the files as they are, and takes its time."""

import re

import pytest

from emulator.envelope import ApiFailure
from tests.unit.emulator.account import STRATEGY, Account

BROKEN = "class Broken(QCAlgorithm):\n    def initialize(self):\n        self.set_cash(1\n"


def test_a_compile_waits_in_the_queue_and_then_succeeds(account: Account) -> None:
    """The ids have the form that clients may rely on: the second half is the signature."""
    project = account.project()
    created = account.ask("compile/create", projectId=project)
    assert created["state"] == "InQueue"
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{32}", created["compileId"])
    assert created["compileId"].endswith(created["signature"])

    account.wait(1.9)
    early = account.ask("compile/read", projectId=project, compileId=created["compileId"])
    assert (early["state"], early["logs"]) == ("InQueue", [])
    account.wait(0.1)
    done = account.ask("compile/read", projectId=project, compileId=created["compileId"])
    assert done["state"] == "BuildSuccess"
    assert done["logs"][0].startswith(
        f"Build Request Successful for Project ID: {project}, with CompileID: {created['compileId']}, Lean Version: 2.5"
    )


def test_a_syntax_error_is_reported_with_file_line_and_column(account: Account) -> None:
    """It is a successful request about a failed build."""
    project = account.project(BROKEN)
    read = account.ask("compile/read", projectId=project, compileId=account.compiled(project))
    assert read["state"] == "BuildError"
    assert read["logs"] == ["Build Error: File: main.py Line:3 Column:22 - '(' was never closed"]


def test_every_request_makes_a_new_compile_and_the_old_one_stays(account: Account) -> None:
    """A compile id belongs to the code it was made from, whatever the project holds later."""
    project = account.project(STRATEGY)
    first = account.compiled(project)
    account.ask("files/update", projectId=project, name="main.py", content=BROKEN)
    second = account.compiled(project)
    states = [account.ask("compile/read", projectId=project, compileId=one)["state"] for one in (first, second)]
    assert states == ["BuildSuccess", "BuildError"]


def test_a_compile_of_another_project_is_not_found(account: Account) -> None:
    """The project id is part of the name."""
    mine, other = account.project(name="A"), account.project(name="B")
    with pytest.raises(ApiFailure, match="Compile id not found"):
        account.ask("compile/read", projectId=other, compileId=account.compiled(mine))


def test_the_parameters_in_the_code_are_listed(account: Account) -> None:
    """By file and line, as the API definition says."""
    project = account.project(STRATEGY + '        self.fast = self.get_parameter("fast", 10)\n')
    created = account.ask("compile/create", projectId=project)
    assert created["parameters"] == [{"file": "main.py", "parameters": [{"line": 9, "type": "fast"}]}]
