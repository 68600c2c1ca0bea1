"""Every endpoint around live trading, stored objects, data and tools answers in the shape of the contract."""

import pytest

from emulator.options import EmulatorOptions
from emulator.routes import ROUTES
from tests.support.reference import needs_contract
from tests.unit.emulator import contract
from tests.unit.emulator.account import STRATEGY, Account
from tests.unit.emulator.contract import CheckedAccount
from tests.unit.emulator.live import PAPER, PROVIDERS, live_node

pytestmark = needs_contract

FILES = [{"name": "main.py", "content": STRATEGY}]
NOTIFICATION = {"events": ["orderEvent"], "targets": [{"type": "email", "address": "a@b.c", "subject": "s"}]}


@pytest.fixture
def account() -> CheckedAccount:
    """Each reply is checked as it comes."""
    return CheckedAccount(EmulatorOptions(loading_seconds=0))


def deploy(account: Account, project: int) -> str:
    reply = account.ask(
        "live/create",
        versionId="-1",
        projectId=project,
        compileId=account.compiled(project),
        nodeId=live_node(account),
        brokerage=PAPER,
        dataProviders=PROVIDERS,
        automaticRedeploy=True,
        parameters={"fast": "3"},
        notification=NOTIFICATION,
    )
    return str(reply["deployId"])


def test_a_deployment_at_every_stage(account: CheckedAccount) -> None:
    """Running with orders and holdings, and liquidated."""
    project = account.project()
    deployment = deploy(account, project)
    account.wait(6010)
    for _ in ("running", "liquidated"):
        account.ask("live/list", projectId=project)
        account.ask("live/read", projectId=project, deployId=deployment)
        account.ask("live/portfolio/read", projectId=project)
        assert account.ask("live/orders/read", projectId=project, start=0, end=1000)["orders"]
        assert account.ask("live/trades/read", projectId=project, start=0, end=1000)["trades"]
        assert account.ask("live/insights/read", projectId=project, start=0, end=100)["insights"]
        account.ask(
            "live/logs/read", format="json", projectId=project, algorithmId=deployment, startLine=0, endLine=250
        )
        for name in account.ask("live/read", projectId=project)["charts"]:
            account.ask("live/chart/read", projectId=project, name=name, count=50, start=0, end=2_000_000_000)
        if account.ask("live/list", status="Running")["live"]:
            account.ask("live/commands/create", projectId=project, command={"$type": "Buy"})
            organization = account.world.options.organization_id
            account.ask("live/commands/broadcast", organizationId=organization, command={"text": "x"})
        account.ask("live/update/liquidate", projectId=project)
    account.ask("live/update/stop", projectId=project)
    account.ask("projects/read", projectId=project)


def test_a_deployment_that_still_starts() -> None:
    """A part of the fields only, but those as published."""
    account = Account(EmulatorOptions())
    project = account.project()
    deploy(account, project)
    part = account.ask("live/read", projectId=project)
    assert "runtimeStatistics" not in part
    contract.validator('{"$ref": "#/$defs/LiveAlgorithmResults"}').validate(part)
    loading = account.ask("live/orders/read", projectId=project, start=0, end=10)
    contract.answers("live/orders/read", {**loading, "success": True})


def test_a_login_at_a_brokerage(account: CheckedAccount) -> None:
    """Before and after."""
    account.ask("live/auth0/read", brokerage="alpaca")
    account.world.authorized.add("alpaca")
    account.ask("live/auth0/read", brokerage="alpaca", projectId=1)


def test_the_object_store(account: CheckedAccount) -> None:
    """From upload to deletion."""
    organization = account.world.options.organization_id
    for key in ("a/b.txt", "c.txt"):
        account.ask("object/set", organizationId=organization, key=key, objectData="content")
    job = account.ask("object/get", organizationId=organization, keys=["c.txt"])["jobId"]
    account.wait(2)
    assert account.ask("object/get", organizationId=organization, jobId=job)["url"]
    account.ask("object/list", organizationId=organization, path="")
    account.ask("object/properties", organizationId=organization, key="c.txt")
    account.ask("object/delete", organizationId=organization, key="c.txt")


def test_data_modules_and_news(account: CheckedAccount) -> None:
    """Everything on the shelves."""
    organization = account.world.options.organization_id
    (path, *_) = account.ask("data/list", filePath="equity")["objects"]
    account.ask("data/prices", organizationId=organization)
    account.ask("data/read", format="link", filePath=path, organizationId=organization)
    account.ask("market/data/list")
    (name,) = account.ask("modules/list", productId=1, organizationId=organization)["files"]
    account.ask("modules/read", productId=1, organizationId=organization, fileName=name)
    account.ask("services/terminal-news")


def test_the_tools(account: CheckedAccount) -> None:
    """They have an envelope of their own."""
    account.ask("ai/tools/syntax-check", language="Py", files=[{"name": "main.py", "content": "def"}])
    account.ask("ai/tools/backtest-init", language="Py", files=FILES)
    account.ask("ai/tools/complete", language="Py", sentence="self.set_", responseSizeLimit=5)
    account.ask("ai/tools/error-enhance", language="Py", error={"message": "boom", "stacktrace": "line 1"})
    account.ask("ai/tools/pep8-convert", files=FILES)
    criteria = [{"input": "orders", "type": "Docs", "count": 3}]
    assert account.ask("ai/tools/search", language="Py", criteria=criteria)["retrivals"]


def test_there_is_a_route_for_every_endpoint_of_the_contract() -> None:
    """And none besides."""
    assert contract.endpoints() == set(ROUTES)
