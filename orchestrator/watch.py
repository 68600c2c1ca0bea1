"""The watch over what trades. Ticked by beat; each look is made by one process, however many tick.

Status and equity of all deployments come with one `live/list`; what a running one holds with one
`live/portfolio/read` each, spread over the interval. The source itself is a snapshot, up to ten minutes old, so looking
oftener shows nothing new. A look that fails is made again soon; that nobody could look for too long is told as well.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog

from orchestrator.events import EventType
from orchestrator.ledger import Tables
from orchestrator.ledger.deployments import Known
from orchestrator.limits import BudgetPause
from orchestrator.runtime import Runtime
from orchestrator.sightings import SILENT, UNSEEN, Sighting, exceeded, heartbeat_is_due, take_note, told, watch_lease
from orchestrator.workflow.failures import refuse
from quantconnect import AuthenticationError, Portfolio, QuantConnectError

AFTER_A_FAILURE: Final = timedelta(seconds=15)

IDLE_FACTOR: Final = 5
"""While nothing trades, looks are so many times rarer: the list may show what somebody has started on the web page."""

AT_ONCE: Final = 20
"""Portfolios read with one tick."""

READING: Final = timedelta(minutes=2)
"""So long after the reader has died another one goes on."""

VANISHES_AFTER: Final = timedelta(minutes=2)
"""So long a running deployment may be missing from the list before it counts as gone. (Lists lag.)"""

log = structlog.get_logger(__name__)


def watch(runtime: Runtime) -> str:
    """Look at whatever is due. Returns what was done, in words."""
    if not runtime.settings.live.watch or not _may_ask(runtime):
        return "nothing is watched"
    looked = look_at_status(runtime)
    read = look_at_holdings(runtime)
    return f"{'looked at all' if looked else 'not yet due'}, {read} portfolios read"


def _may_ask(runtime: Runtime) -> bool:
    """Only with credentials that were seen to work: a job, the doctor or a command tries new ones."""
    with runtime.ledger.reading() as tables:
        return tables.accounts.proven(runtime.account, runtime.fingerprint)


# ── status and equity ─────────────────────────────────────────────────────────────────────────────────────────────────


def look_at_status(runtime: Runtime, *, now_and_here: bool = False) -> bool:
    """Look at all deployments, if that is due. False: it is not, or it failed.

    Args:
        runtime: Of this process.
        now_and_here: Look whether it is due or not, and let what goes wrong be raised.

    Raises:
        QuantConnectError, BudgetPause: Only with `now_and_here`.
    """
    lease, holder = watch_lease(runtime.account), secrets.token_hex(8)
    live = runtime.settings.live
    with runtime.ledger.writing() as tables:
        known = tables.deployments.of(runtime.account)
        trades = any(not one.has_ended for one in known)
        interval = timedelta(seconds=live.status_seconds * (1 if trades else IDLE_FACTOR))
        # The lease is not given back: until it runs out, nobody needs to look again.
        if not tables.projects.lease(lease, holder, interval) and not now_and_here:
            return False
    try:
        listed = runtime.api.live.list()
    except (QuantConnectError, BudgetPause) as error:
        if now_and_here:
            raise
        _failed(runtime, error, lease, holder)
        return False
    with runtime.ledger.writing() as tables:
        tables.accounts.accept(runtime.account, runtime.fingerprint)
        sightings = [seen for summary in listed if (seen := Sighting.in_list(summary)) is not None]
        _note_all(runtime, tables, sightings)
        if not trades and any(seen.stopped_at is None for seen in sightings):
            tables.projects.renew(lease, holder, timedelta(seconds=live.status_seconds))
    return True


def _note_all(runtime: Runtime, tables: Tables, sightings: Iterable[Sighting]) -> None:
    now, live = runtime.clock(), runtime.settings.live
    known = {one.deploy_id: one for one in tables.deployments.of(runtime.account)}
    is_first_look = not known
    for seen in sightings:
        before = known.pop(seen.deploy_id, None)
        take_note(tables, runtime.account, seen, live, now, before=before, is_first_look=is_first_look)
    for missing in known.values():
        if not missing.has_ended and now - missing.seen_at > VANISHES_AFTER and UNSEEN not in missing.alarms:
            what = "the ledger believes that it trades, and QuantConnect does not show it"
            told(
                tables, runtime.account, EventType.LIVE_DISCREPANCY, missing, what=what, ledger=missing.status, api=None
            )
            _raise_alarm(tables, runtime.account, missing, UNSEEN)


def _failed(runtime: Runtime, error: QuantConnectError | BudgetPause, lease: str, holder: str) -> None:
    log.warning("the deployments could not be looked at", error=str(error))
    if isinstance(error, AuthenticationError):
        refuse(runtime, None, error)
    now = runtime.clock()
    with runtime.ledger.writing() as tables:
        tables.projects.renew(lease, holder, AFTER_A_FAILURE)
        for known in tables.deployments.of(runtime.account):
            limits = runtime.settings.live.projects.get(known.project_id, runtime.settings.live.limits)
            unseen = now - known.seen_at
            too_long = limits.unseen_minutes is not None and unseen > timedelta(minutes=limits.unseen_minutes)
            if not known.has_ended and too_long and UNSEEN not in known.alarms:
                minutes = round(unseen / timedelta(minutes=1))
                why = f"QuantConnect does not answer: {error}"
                told(tables, runtime.account, EventType.LIVE_SILENT, known, minutes=minutes, why=why)
                _raise_alarm(tables, runtime.account, known, UNSEEN)


def _raise_alarm(tables: Tables, account: str, known: Known, name: str) -> None:
    tables.deployments.write(account, known.deploy_id, alarms=sorted({*known.alarms, name}))


# ── holdings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def look_at_holdings(runtime: Runtime) -> int:
    """Read the portfolios that are due, unless another process does. Returns how many were read."""
    again_at = runtime.clock() + timedelta(seconds=runtime.settings.live.holdings_seconds)
    # One at a time: while QuantConnect hangs, tick after tick would take another of the worker's threads.
    lease, holder = f"holdings:{runtime.account}", secrets.token_hex(8)
    with runtime.ledger.writing() as tables:
        if not tables.projects.lease(lease, holder, READING):
            return 0
        due = tables.deployments.take_holdings_due(runtime.account, AT_ONCE, again_at)
    try:
        return _read_portfolios(runtime, due)
    finally:
        with runtime.ledger.writing() as tables:
            tables.projects.release(lease, holder)


def _read_portfolios(runtime: Runtime, due: Sequence[Known]) -> int:
    for read, known in enumerate(due):
        try:
            portfolio = runtime.api.live.portfolio.read(known.project_id)
        except (QuantConnectError, BudgetPause) as error:
            log.warning("holdings could not be read", deploy_id=known.deploy_id, error=str(error))
            if isinstance(error, AuthenticationError):
                refuse(runtime, None, error)
            with runtime.ledger.writing() as tables:
                for later in due[read:]:  # whatever was in the way, it is in the way of the others as well
                    soon = runtime.clock() + AFTER_A_FAILURE
                    tables.deployments.write(runtime.account, later.deploy_id, holdings_due_at=soon)
            return read
        with runtime.ledger.writing() as tables:
            _note_holdings(runtime, tables, known.deploy_id, portfolio)
    return len(due)


def _note_holdings(runtime: Runtime, tables: Tables, deploy_id: str, portfolio: Portfolio) -> None:
    known = tables.deployments.get(runtime.account, deploy_id)
    if known is None or not known.is_running:  # it has ended meanwhile, and an empty portfolio would be no news of it
        return
    now, live = runtime.clock(), runtime.settings.live
    holdings, cash = as_rows(portfolio)
    digest = hashlib.sha256(json.dumps([holdings, cash], sort_keys=True).encode()).hexdigest()
    is_news = digest != known.holdings_digest
    if is_news or heartbeat_is_due(known.holdings_kept_at, live, now):
        tables.deployments.keep_holdings(runtime.account, deploy_id, holdings, cash)
    alarms = set(known.alarms)
    limit = live.projects.get(known.project_id, live.limits).holding
    equity = known.equity or _worth(holdings, cash)
    if limit is not None and equity:
        _check_shares(tables, runtime.account, known, holdings, equity, limit, alarms)
    changes: dict[str, Any] = {"holdings_digest": digest}
    if is_news:
        changes["changed_at"] = now
        alarms.discard(SILENT)
    tables.deployments.write(runtime.account, deploy_id, alarms=sorted(alarms), **changes)


def as_rows(portfolio: Portfolio) -> tuple[dict[str, Any], dict[str, Any]]:
    """Holdings by security and cash by currency, under plain names."""
    holdings = {security: holding.model_dump(mode="json") for security, holding in sorted(portfolio.holdings.items())}
    cash = {
        currency: {"amount": one.amount, "value": one.value_in_account_currency}
        for currency, one in sorted(portfolio.cash.items())
    }
    return holdings, cash


def _worth(holdings: dict[str, Any], cash: dict[str, Any]) -> float:
    return sum(one["value"] or 0.0 for one in (*holdings.values(), *cash.values()))


def _check_shares(
    tables: Tables, account: str, known: Known, holdings: dict[str, Any], equity: float, limit: float, alarms: set[str]
) -> None:
    names = {f"holding:{security}" for security in holdings}
    alarms -= {alarm for alarm in alarms if alarm.startswith("holding:") and alarm not in names}
    for security, holding in holdings.items():
        share = abs(holding["value"] or 0.0) / abs(equity)
        if exceeded(alarms, f"holding:{security}", share, limit):
            told(
                tables,
                account,
                EventType.LIVE_HOLDING_EXCEEDED,
                known,
                security=security,
                share=round(share, 6),
                limit=limit,
                value=holding["value"],
            )


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def thin_history(runtime: Runtime) -> int:
    """Keep less of what is older. Returns how many rows went."""
    now, live = runtime.clock(), runtime.settings.live
    with runtime.ledger.writing() as tables:
        gone = tables.deployments.forget(runtime.account, now - timedelta(days=live.keep_days))
        daily, hourly = now - timedelta(days=live.keep_hourly_days), now - timedelta(days=live.keep_all_days)
        gone += tables.deployments.thin(runtime.account, daily, timedelta(days=1))
        return gone + tables.deployments.thin(runtime.account, hourly, timedelta(hours=1))
