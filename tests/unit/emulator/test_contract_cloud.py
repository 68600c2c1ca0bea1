"""Every endpoint around projects, backtests and optimizations answers in the shape that the contract publishes."""

import pytest

from emulator.options import EmulatorOptions
from tests.support.reference import needs_contract
from tests.unit.emulator.account import STRATEGY
from tests.unit.emulator.contract import CheckedAccount
from tests.unit.emulator.test_optimizations import GRID

pytestmark = needs_contract

PATCH = "--- a/main.py\n+++ b/main.py\n@@ -1 +1,2 @@\n # strategy\n+# patched\n"


@pytest.fixture
def account() -> CheckedAccount:
    """Each reply is checked as it comes."""
    return CheckedAccount(EmulatorOptions())


def test_the_account_and_its_organization(account: CheckedAccount) -> None:
    """What a client asks before it knows any project."""
    organization = account.ask("account/read")["organizationId"]
    for endpoint in ("authenticate", "user/read", "organizations/list", "organizations/read"):
        account.ask(endpoint)
    account.ask("organizations/encryption/keys/list", organizationId=organization)
    account.ask("nodes/read", organizationId=organization)
    account.ask("lean/versions/read")
    account.ask("lean/environments/read")


def test_projects_and_their_files(account: CheckedAccount) -> None:
    """A project with a library, an encryption key, parameters and a collaborator, so that no list is empty."""
    library = account.ask("projects/create", name="Library/Tools", language="Py")["projects"][0]["projectId"]
    project = account.ask("projects/create", name="New", language="Py")["projects"][0]["projectId"]
    account.ask("projects/library/create", projectId=project, libraryId=library)
    account.ask("projects/update", projectId=project, encryptionKey="key", parameters=[{"key": "fast", "value": "1"}])
    who = {"projectId": project, "collaboratorUserId": "mia"}
    account.ask("projects/collaboration/create", **who, collaborationLiveControl=True, collaborationWrite=True)
    account.ask("projects/collaboration/update", **who, liveControl=False, write=False)
    account.ask("projects/collaboration/read", projectId=project)
    account.ask("projects/collaboration/lock/acquire", projectId=project, codeSourceId="editor")
    account.ask("projects/read", start=0, end=2)
    account.ask("organizations/encryption/keys/list", organizationId=account.world.options.organization_id)
    account.ask("files/create", projectId=project, name="b.py", content="b = 1")
    account.ask("files/update", projectId=project, name="b.py", newName="c.py")
    account.ask("files/update", projectId=project, name="main.py", content="# strategy\n")
    account.ask("files/patch", projectId=project, patch=PATCH)
    account.ask("files/read", projectId=project)
    account.ask("files/delete", projectId=project, name="c.py")
    account.ask("projects/nodes/read", projectId=project)
    account.ask("projects/nodes/update", projectId=project, nodes=[])
    account.ask("projects/collaboration/delete", projectId=project, collaboratorId="mia")
    account.ask("projects/library/delete", projectId=project, libraryId=library)
    account.ask("projects/delete", projectId=project)


def test_a_backtest_at_every_stage(account: CheckedAccount) -> None:
    """Queued, running, completed without statistics, and with them; loading and loaded."""
    project = account.project()
    backtest = account.start(project, account.compiled(project), fast=1)
    which = {"projectId": project, "backtestId": backtest}
    for _ in range(5):
        account.ask("backtests/list", projectId=project, includeStatistics=True)
        account.ask("backtests/read", **which)
        account.ask("backtests/chart/read", **which, name="Strategy Equity", count=100, start=0, end=2_000_000_000)
        account.ask("backtests/read/log", **which, start=0, end=200, query=None)
        account.ask("backtests/read/report", **which)
        for endpoint in ("orders/read", "read/insights", "insights/read", "trades/read"):
            account.ask(f"backtests/{endpoint}", **which, start=0, end=100)
        account.wait(3)
    account.ask("backtests/update", **which, name="renamed", note="mine")
    account.ask("backtests/tags/update", **which, tags=["kept"])
    account.ask("backtests/delete", **which)


def test_a_backtest_that_fails(account: CheckedAccount) -> None:
    """Errors have fields of their own."""
    project = account.project(STRATEGY + "        raise ValueError('bad')\n")
    backtest = account.start(project, account.compiled(project))
    account.wait(10)
    assert account.read(project, backtest)["error"]


def test_a_build_that_fails(account: CheckedAccount) -> None:
    """A failed build is a successful reply."""
    project = account.project("def")
    compile_id = account.compiled(project)
    assert account.ask("compile/read", projectId=project, compileId=compile_id)["state"] == "BuildError"


def test_an_optimization_at_every_stage(account: CheckedAccount) -> None:
    """New, running, completed, aborted."""
    project = account.project()
    ready = {**GRID, "projectId": project, "compileId": account.compiled(project)}
    account.ask("optimizations/estimate", **ready)
    paid = {**ready, "estimatedCost": 1, "nodeType": "O2-8", "parallelNodes": 2}
    first, second = (
        account.ask("optimizations/create", **paid)["optimizations"][0]["optimizationId"] for _ in range(2)
    )
    for _ in range(4):
        account.ask("optimizations/read", optimizationId=first)
        account.ask("optimizations/list", projectId=project)
        account.wait(6)
    account.ask("optimizations/update", optimizationId=first, name="renamed")
    third = account.ask("optimizations/create", **paid)["optimizations"][0]["optimizationId"]
    account.ask("optimizations/abort", optimizationId=third)
    account.ask("optimizations/read", optimizationId=third)
    account.ask("optimizations/delete", optimizationId=second)
