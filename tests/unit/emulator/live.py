"""Deploying in a test: short ways to a live algorithm of an emulated account."""

from typing import Any

from emulator.options import EmulatorOptions
from tests.unit.emulator.account import STRATEGY, Account

PAPER: dict[str, Any] = {"id": "QuantConnectBrokerage"}
PROVIDERS: dict[str, Any] = {"QuantConnectBrokerage": {"id": "QuantConnectBrokerage"}}

OPTIONS = EmulatorOptions(deploy_seconds=10, live_refresh_seconds=600, loading_seconds=0)
"""What the helpers below count on: ten seconds to Running, ten prices between two snapshots."""


def live_node(account: Account, number: int = 0) -> str:
    """Id of a live node."""
    return str(account.ask("nodes/read", organizationId=account.world.options.organization_id)["live"][number]["id"])


def create(account: Account, project: int, *, node: int = 0, **changes: Any) -> dict[str, Any]:
    """The reply of live/create."""
    arguments = {
        "versionId": "-1",
        "projectId": project,
        "compileId": account.compiled(project),
        "nodeId": live_node(account, node),
        "brokerage": PAPER,
        "dataProviders": PROVIDERS,
    }
    return account.ask("live/create", **arguments | changes)


def deployed(account: Account, source: str = STRATEGY, *, node: int = 0, **changes: Any) -> int:
    """Id of a project that has just begun to trade."""
    project = account.project(source, name=f"Live {node}")
    create(account, project, node=node, **changes)
    account.wait(10)
    return project


def read(account: Account, project: int) -> dict[str, Any]:
    """What live/read says."""
    return account.ask("live/read", projectId=project)


def listed(account: Account, project: int) -> dict[str, Any]:
    """The newest deployment of a project as live/list shows it."""
    return dict(account.ask("live/list", projectId=project)["live"][0])


def portfolio(account: Account, project: int) -> dict[str, Any]:
    """Holdings and cash."""
    return dict(account.ask("live/portfolio/read", projectId=project)["portfolio"])


def orders(account: Account, project: int) -> list[dict[str, Any]]:
    """The first thousand orders."""
    return list(account.ask("live/orders/read", projectId=project, start=0, end=1000)["orders"])


def log(account: Account, project: int, **more: Any) -> list[str]:
    """The first lines of the latest deployment's log."""
    deployment = listed(account, project)["deployId"]
    bounds = {"startLine": 0, "endLine": 250, "format": "json"}
    return list(account.ask("live/logs/read", projectId=project, algorithmId=deployment, **bounds, **more)["logs"])
