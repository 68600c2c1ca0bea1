"""How many backtests may run at once: the nodes, as QuantConnect says or as set by hand, less those left to people.

People take nodes by hand, too. QuantConnect then refuses a backtest although a node was counted as free; from there on
no more are tried at once than ran at that moment, with one more try after 5, 10, 20, 40, 60 s. What is known of this is
in the ledger, so all processes keep to it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from orchestrator.jobs import Job
from orchestrator.ledger import Tables
from orchestrator.runtime import Runtime
from orchestrator.settings import Settings
from quantconnect import AuthenticationError, QuantConnectError
from quantconnect.models.ids import ProjectId
from quantconnect.models.nodes import ProjectNodes

FRESH_FOR: Final = timedelta(minutes=10)
"""Nodes are bought and cancelled by people; reading them more often would only cost requests."""

FRESH_WHEN_REFUSED: Final = timedelta(minutes=1)
"""A node that is refused may be one that there is no more."""

WHILE_UNKNOWN: Final = 1
"""Every account has at least one. The first step of the first job reads the true number."""

FIRST_RETRY: Final = timedelta(seconds=5)
LAST_RETRY: Final = timedelta(seconds=60)
"""A node stays busy for some seconds after its backtest ended (community reports: 5-15 s); people hold it longer."""

log = structlog.get_logger(__name__)


def nodes(runtime: Runtime) -> int:
    """How many nodes there are for us, busy or not."""
    with runtime.ledger.reading() as tables:
        return nodes_in(tables, runtime.settings, runtime.account)


def slots(runtime: Runtime) -> int:
    """How many backtests may run at once now."""
    with runtime.ledger.reading() as tables:
        return slots_in(tables, runtime)


def slots_in(tables: Tables, runtime: Runtime) -> int:
    """The same within a transaction."""
    there_are = nodes_in(tables, runtime.settings, runtime.account)
    crowd = tables.accounts.crowd(runtime.account)
    if crowd is None:
        return there_are
    one_more_try = 1 if runtime.clock() >= crowd.until else 0
    return min(there_are, crowd.slots + one_more_try)


def nodes_in(tables: Tables, settings: Settings, account: str) -> int:
    """How many nodes there are for us, within a transaction."""
    chosen = settings.dispatch
    count = chosen.backtest_nodes
    if count is None:
        count = tables.accounts.nodes(account)[0] or WHILE_UNKNOWN
    return max(count - chosen.leave_nodes, 1)  # whoever submits work wants it done


def note_refusal(runtime: Runtime, job: Job) -> None:
    """QuantConnect had no node for this job, though one was counted."""
    with runtime.ledger.writing() as tables:
        tables.alone(f"dispatch {runtime.account}")  # of several refused at the same moment, each counts the others
        tables.jobs.write(job, has_slot=False)
        ours = sum(1 for other in tables.jobs.running(runtime.account) if other.has_slot)
        crowd, now = tables.accounts.crowd(runtime.account), runtime.clock()
        if crowd is None or now >= crowd.until:
            times = 1 if crowd is None else crowd.times + 1
            retry_at = now + min(FIRST_RETRY * 2 ** min(times - 1, 10), LAST_RETRY)
        else:
            times, retry_at = crowd.times, crowd.until
        tables.accounts.note_crowd(runtime.account, ours, retry_at, times)
        tables.accounts.doubt_nodes(runtime.account, FRESH_WHEN_REFUSED)
    log.info("no spare node: people or other programs hold some", ours=ours, again_at=retry_at)


def note_success(tables: Tables, runtime: Runtime) -> None:
    """A backtest got a node: if that is more than ran when one was refused, the next may be tried at once."""
    crowd = tables.accounts.crowd(runtime.account)
    if crowd is None:
        return
    ours = sum(1 for job in tables.jobs.running(runtime.account) if job.has_slot and job.backtest_id is not None)
    if ours >= nodes_in(tables, runtime.settings, runtime.account):
        tables.accounts.forget_crowd(runtime.account)
    elif ours > crowd.slots:
        tables.accounts.note_crowd(runtime.account, ours, runtime.clock(), 0)


def refresh(runtime: Runtime, project_id: ProjectId) -> None:
    """Read the number of nodes if nobody has for a while. A failure leaves the number as it is."""
    if runtime.settings.dispatch.backtest_nodes is not None:
        return
    with runtime.ledger.reading() as tables:
        if _is_fresh(tables, runtime):
            return
    lease = f"nodes:{runtime.account}"
    with runtime.ledger.writing() as tables:
        if _is_fresh(tables, runtime) or not tables.projects.lease(lease, "reader", timedelta(seconds=30)):
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


def _is_fresh(tables: Tables, runtime: Runtime) -> bool:
    _, read_at = tables.accounts.nodes(runtime.account)
    return read_at is not None and runtime.clock() - read_at < FRESH_FOR


def usable(nodes: ProjectNodes) -> int:
    """How many backtest nodes a project may use.

    With automatic selection all of them, though each is then shown as inactive; otherwise those that are pinned.
    Source: the tests of QuantConnect's MCP server, `test_project_nodes.py`.
    """
    backtest = nodes.nodes.backtest
    return len(backtest) if nodes.auto_select_node else sum(1 for node in backtest if node.active) or len(backtest)
