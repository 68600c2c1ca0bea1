"""A deployment was seen: what that changes in the ledger, and who has to hear of it.

Whoever has read something of a deployment comes here: the watch, and the steps that deploy, stop and liquidate. So the
ledger says the same whoever looked, and every change is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from orchestrator.events import EventType
from orchestrator.ledger import Tables
from orchestrator.ledger.deployments import Known
from orchestrator.settings import AlarmLimits, LiveSettings
from quantconnect.models.ids import DeployId, ProjectId
from quantconnect.models.live import Live, LiveSummary

CALM_AGAIN: Final = 0.9
"""A limit that was exceeded is told again only after the value has fallen below so much of it."""

BROKE: Final = frozenset({"RuntimeError", "DeployError"})

DRAWDOWN: Final = "drawdown"
UNSEEN: Final = "unseen"
SILENT: Final = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of one deployment. None: it was not told."""

    deploy_id: DeployId
    project_id: ProjectId
    status: str | None
    brokerage: str | None = None
    environment: str | None = None
    launched_at: datetime | None = None
    stopped_at: datetime | None = None
    error: str | None = None
    equity: float | None = None  #: account currency

    @staticmethod
    def in_list(summary: LiveSummary) -> Sighting | None:
        """As a line of `live/list` shows it; None: the line names no deployment."""
        if summary.deploy_id is None:
            return None
        return Sighting(
            deploy_id=summary.deploy_id,
            project_id=summary.project_id,
            status=None if summary.status is None else str(summary.status),
            brokerage=summary.brokerage,
            environment=summary.environment,
            launched_at=summary.launched,
            stopped_at=summary.stopped,
            error=(summary.error or "").strip() or None,
            equity=summary.equity,
        )

    @staticmethod
    def read(project_id: ProjectId, live: Live, environment: str | None = None) -> Sighting | None:
        """As `live/read` shows it, which does not tell the environment."""
        if live.deploy_id is None:
            return None
        return Sighting(
            deploy_id=live.deploy_id,
            project_id=project_id,
            status=None if live.status is None else str(live.status),
            brokerage=live.brokerage,
            environment=environment,
            launched_at=live.launched,
            stopped_at=live.stopped,
            error=(live.message or "").strip() or None,
        )


_MAY_BE_UNTOLD: Final = ("brokerage", "environment", "launched_at", "stopped_at", "error", "equity")


def watch_lease(account: str) -> str:
    """The lease that says when all deployments are to be looked at next."""
    return f"watch:{account}"


def take_note(
    tables: Tables,
    account: str,
    seen: Sighting,
    settings: LiveSettings,
    now: datetime,
    *,
    before: Known | None,
    is_first_look: bool = False,
) -> None:
    """Write down what was seen, and record an event for everything that somebody has to hear.

    Args:
        tables: Of a writing transaction.
        account: Whose deployment it is.
        seen: What was seen.
        settings: The limits.
        now: When.
        before: What the ledger knew.
        is_first_look: Nothing was known of the whole account; then what is found is no news.
    """
    if before is not None and before.has_ended and seen.status == before.status:
        return  # an account may have hundreds of these, and nothing will change any more
    changes = _changes(seen, before, now)
    if before is None:
        changes |= {"first_seen_at": now, "changed_at": now, "alarms": []}
        if not is_first_look:
            _tell_new(tables, account, seen)
    elif _is_news(seen, before):
        changes["changed_at"] = now
    if before is not None and seen.status != before.status:
        _tell_status(tables, account, seen, before)
    alarms = _alarms(tables, account, seen, before, settings.projects.get(seen.project_id, settings.limits), now)
    if before is None or alarms != set(before.alarms):
        changes["alarms"] = sorted(alarms)
    changes["holdings_due_at"] = _holdings_due(seen, before, settings, now)
    tables.deployments.write(account, seen.deploy_id, **changes)
    beats = before is not None and before.is_running and heartbeat_is_due(before.status_kept_at, settings, now)
    if before is None or beats or _is_news(seen, before):
        tables.deployments.keep_status(account, seen.deploy_id, seen.status, changes["equity"])


def heartbeat_is_due(kept_at: datetime | None, settings: LiveSettings, now: datetime) -> bool:
    """Whether a row of history is to be written although nothing has changed."""
    return kept_at is None or now - kept_at >= timedelta(minutes=settings.heartbeat_minutes)


def _changes(seen: Sighting, before: Known | None, now: datetime) -> dict[str, Any]:
    facts = {name: getattr(seen, name) for name in _MAY_BE_UNTOLD}
    if before is not None:
        facts = {name: getattr(before, name) if value is None else value for name, value in facts.items()}
    equities = (facts["equity"], before.highest_equity if before else None)
    highest = max((equity for equity in equities if equity is not None), default=None)
    return {
        **facts,
        "project_id": seen.project_id,
        "status": seen.status,
        "highest_equity": highest,
        "seen_at": now,
    }


def _is_news(seen: Sighting, before: Known) -> bool:
    return seen.status != before.status or (seen.equity is not None and seen.equity != before.equity)


def _holdings_due(seen: Sighting, before: Known | None, settings: LiveSettings, now: datetime) -> datetime | None:
    if seen.status != "Running":
        return None
    if before is not None and before.holdings_due_at is not None:
        return before.holdings_due_at
    # Spread over the interval, by the deployment's own id: two hundred of them must not ask at the same moment.
    share = int(seen.deploy_id[-4:].encode().hex(), 16) % 1000 / 1000
    return now + timedelta(seconds=share * settings.holdings_seconds)


# ── who has to hear ───────────────────────────────────────────────────────────────────────────────────────────────────


def told(tables: Tables, account: str, event: EventType, seen: Sighting | Known, **data: Any) -> None:
    """Record an event of a deployment that is no job's."""
    tables.outbox.record(event, account, deploy_id=seen.deploy_id, project_id=seen.project_id, **data)


def _tell_new(tables: Tables, account: str, seen: Sighting) -> None:
    told(tables, account, EventType.LIVE_STATUS_CHANGED, seen, before=None, status=seen.status)
    if seen.stopped_at is None and not tables.jobs.has_deployed(account, seen.project_id, seen.deploy_id):
        what = "it runs, and nobody here has asked for it"
        told(tables, account, EventType.LIVE_DISCREPANCY, seen, what=what, ledger=None, api=seen.status)


def _tell_status(tables: Tables, account: str, seen: Sighting, before: Known) -> None:
    told(tables, account, EventType.LIVE_STATUS_CHANGED, seen, before=before.status, status=seen.status)
    if seen.status in BROKE:
        told(
            tables,
            account,
            EventType.LIVE_RUNTIME_ERROR,
            seen,
            status=seen.status,
            error=seen.error or "no reason was given",
        )
    elif seen.status in ENDED_BY_SOMEBODY and not tables.jobs.has_ended_live(
        account, seen.project_id, before.first_seen_at
    ):
        told(tables, account, EventType.LIVE_STOPPED_OUTSIDE, seen, status=seen.status)


ENDED_BY_SOMEBODY: Final = frozenset({"Stopped", "Liquidated", "Deleted", "Completed"})


def _alarms(
    tables: Tables, account: str, seen: Sighting, before: Known | None, limits: AlarmLimits, now: datetime
) -> set[str]:
    """The limits that are exceeded now; those that were not before are told."""
    alarms = set(before.alarms if before else ()) - {UNSEEN}
    if seen.status != "Running" or before is None:
        return alarms if seen.status == "Running" else set()
    if _is_news(seen, before):
        alarms.discard(SILENT)
    elif limits.silent_minutes is not None and SILENT not in alarms:
        quiet = now - before.changed_at
        if quiet > timedelta(minutes=limits.silent_minutes):
            alarms.add(SILENT)
            minutes = round(quiet / timedelta(minutes=1))
            told(
                tables,
                account,
                EventType.LIVE_SILENT,
                seen,
                minutes=minutes,
                why="neither equity nor holdings have changed",
            )
    if limits.drawdown is not None and seen.equity is not None and before.highest_equity:
        drawdown = 1 - seen.equity / max(before.highest_equity, seen.equity)
        if exceeded(alarms, DRAWDOWN, drawdown, limits.drawdown):
            told(
                tables,
                account,
                EventType.LIVE_DRAWDOWN_EXCEEDED,
                seen,
                drawdown=round(drawdown, 6),
                limit=limits.drawdown,
                equity=seen.equity,
                highest_equity=before.highest_equity,
            )
    return alarms


def exceeded(alarms: set[str], name: str, value: float, limit: float) -> bool:
    """Whether a limit is exceeded that was not before; `alarms` is brought up to date."""
    if value > limit and name not in alarms:
        alarms.add(name)
        return True
    if value < limit * CALM_AGAIN:
        alarms.discard(name)
    return False
