"""How many backtests may run at once: the nodes, as QuantConnect says or as set by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from orchestrator.runtime import Runtime
from quantconnect import AuthenticationError, QuantConnectError
from quantconnect.models.ids import ProjectId
from quantconnect.models.nodes import ProjectNodes

FRESH_FOR: Final = timedelta(minutes=10)
"""Nodes are bought and cancelled by people; reading them more often would only cost requests."""

WHILE_UNKNOWN: Final = 1
"""Every account has at least one. The first step of the first job reads the true number."""

log = structlog.get_logger(__name__)


def slots(runtime: Runtime) -> int:
    """How many backtests may run at once."""
    if runtime.settings.dispatch.backtest_nodes is not None:
        return runtime.settings.dispatch.backtest_nodes
    with runtime.ledger.reading() as tables:
        nodes, _ = tables.accounts.nodes(runtime.account)
    return nodes or WHILE_UNKNOWN


def refresh(runtime: Runtime, project_id: ProjectId) -> None:
    """Read the number of nodes if nobody has for a while. A failure leaves the number as it is."""
    if runtime.settings.dispatch.backtest_nodes is not None:
        return
    lease = f"nodes:{runtime.account}"
    with runtime.ledger.writing() as tables:
        _, read_at = tables.accounts.nodes(runtime.account)
        is_fresh = read_at is not None and runtime.clock() - read_at < FRESH_FOR
        if is_fresh or not tables.projects.lease(lease, "reader", timedelta(seconds=30)):
            return
    try:
        count = usable(runtime.api.projects.nodes.read(project_id))
    except AuthenticationError:
        raise
    except QuantConnectError as error:
        log.warning("the nodes could not be read", error=str(error))
        return
    with runtime.ledger.writing() as tables:
        tables.accounts.write_nodes(runtime.account, count)
        tables.projects.release(lease, "reader")


def usable(nodes: ProjectNodes) -> int:
    """How many backtest nodes a project may use.

    With automatic selection all of them, though each is then shown as inactive; otherwise those that are pinned.
    Source: the tests of QuantConnect's MCP server, `test_project_nodes.py`.
    """
    backtest = nodes.nodes.backtest
    return len(backtest) if nodes.auto_select_node else sum(1 for node in backtest if node.active) or len(backtest)
