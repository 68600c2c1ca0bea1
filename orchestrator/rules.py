"""What must be true before a worker may start, one rule at a time: facts in, a problem or nothing out. Pure.

Workers refuse to start with a problem that would lose or double work; `qcjobs doctor` tells of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.leases import HOLD
from orchestrator.ledger.migrate import Age, Revision
from orchestrator.presence import Presence

OLDEST_REDIS: Final = (6, 2)
"""Celery 5.7 needs it."""

SKEW_TOLD: Final = 2.0  # seconds
SKEW_REFUSED: Final = HOLD.total_seconds() * 0.625  # seconds; a lease renewed every 2 s must not look run out elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found. None: it could not be asked, so no rule about it speaks."""

    redis: Mapping[str, Any] | None = None  #: Redis's INFO
    redis_ahead: float | None = None  #: seconds by which Redis's clock is ahead of this machine's
    ledger: Revision | None = None
    ledger_shared: bool = False  #: other machines may use it, too
    ledger_ahead: float | None = None  #: seconds by which the database's clock is ahead
    me: Presence | None = None
    others: Sequence[Presence] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, and what to do about it."""

    rule: str
    subject: str
    text: str
    advice: str
    refuses: bool  #: a worker does not start with it


Rule = Callable[[Facts], Problem | None]


def redis_is_old(facts: Facts) -> Problem | None:
    """Celery asks for commands that older servers do not know."""
    version = None if facts.redis is None else str(facts.redis.get("redis_version", "0"))
    if version is None or tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) >= OLDEST_REDIS:
        return None
    return Problem(
        "redis_is_old", "Redis", f"it is {version}; Celery needs 6.2 or newer.", "Update Redis.", refuses=True
    )


def redis_evicts(facts: Facts) -> Problem | None:
    """A message that was thrown away to save memory is a step that nobody does."""
    info = facts.redis or {}
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction" or not info.get("maxmemory"):
        return None
    text = f"it throws keys away when its memory is full (maxmemory-policy {policy}), and so messages and locks."
    return Problem("redis_evicts", "Redis", text, "Set maxmemory-policy noeviction.", refuses=True)


def redis_forgets(facts: Facts) -> Problem | None:
    """Jobs survive, but start later."""
    if facts.redis is None or facts.redis.get("aof_enabled"):
        return None
    text = "it keeps nothing over a restart; jobs survive that, but go on later."
    return Problem("redis_forgets", "Redis", text, "Set appendonly yes.", refuses=False)


def redis_clock_is_off(facts: Facts) -> Problem | None:
    """Redis's clock is the one that every machine can see."""
    return _clock("redis_clock_is_off", "Redis", facts.redis_ahead)


def ledger_clock_is_off(facts: Facts) -> Problem | None:
    """So is the database's."""
    return _clock("ledger_clock_is_off", "ledger", facts.ledger_ahead)


def ledger_is_older(facts: Facts) -> Problem | None:
    """This version's queries would meet tables that they do not know."""
    found = facts.ledger
    if found is None or found.age is not Age.OLDER or not facts.ledger_shared:  # this machine's own is upgraded at once
        return None
    text = f"it has schema {found.found}, this qcjobs works with {found.wanted}."
    return Problem("ledger_is_older", "ledger", text, "Run `qcjobs migrate` once.", refuses=True)


def ledger_is_newer(facts: Facts) -> Problem | None:
    """Its tables mean something that this version does not know."""
    found = facts.ledger
    if found is None or found.age is not Age.NEWER:
        return None
    text = f"a newer qcjobs has made it: it has schema {found.found}, which this one does not know."
    return Problem("ledger_is_newer", "ledger", text, "Update qcjobs here.", refuses=True)


def accounts_share_a_prefix(facts: Facts) -> Problem | None:
    """Messages of one account would reach the workers, and so the credentials and the budget, of the other."""
    if facts.me is None:
        return None
    strangers = sorted({other.account for other in facts.others if other.account != facts.me.account})
    if not strangers:
        return None
    text = f"workers of {', '.join(strangers)} use the same keys as those of {facts.me.account}."
    advice = "Give each account a prefix of its own (QCJOBS_REDIS_PREFIX), and start the workers again."
    return Problem("accounts_share_a_prefix", "account", text, advice, refuses=True)


def organizations_share_a_prefix(facts: Facts) -> Problem | None:
    """Jobs of one organization would be run, and paid for, by the other."""
    mine = None if facts.me is None else facts.me.organization
    if facts.me is None or mine is None:
        return None
    alike = [other.organization for other in facts.others if other.account == facts.me.account]
    strangers = sorted({other for other in alike if other is not None} - {mine})
    if not strangers:
        return None
    text = f"workers of {facts.me.account} work for other organizations: {mine} here, {', '.join(strangers)} elsewhere."
    advice = "Give each organization a ledger (QCJOBS_DATABASE_URL) and a prefix (QCJOBS_REDIS_PREFIX) of its own."
    return Problem("organizations_share_a_prefix", "account", text, advice, refuses=True)


def budgets_differ(facts: Facts) -> Problem | None:
    """The account has one budget; who counts by another one takes what the others believe to be free."""
    if facts.me is None:
        return None
    mine = facts.me.requests_per_minute
    alike = [other for other in facts.others if other.account == facts.me.account]
    theirs = sorted({other.requests_per_minute for other in alike} - {mine})
    if not theirs:
        return None
    told = ", ".join(map(str, theirs))
    text = (
        f"workers of {facts.me.account} count by different budgets: {mine} requests per minute here, {told} elsewhere."
    )
    return Problem(
        "budgets_differ", "account", text, "Set dispatch.requests_per_minute to the same everywhere.", refuses=False
    )


def sqlite_on_several_machines(facts: Facts) -> Problem | None:
    """Each would have a ledger of its own, and messages would meet workers that know nothing of their jobs."""
    if facts.me is None:
        return None
    elsewhere = [other for other in facts.others if other.machine != facts.me.machine]
    if not elsewhere or "sqlite" not in {facts.me.ledger, *(other.ledger for other in elsewhere)}:
        return None
    text = f"it is a file of one machine (SQLite), but workers run on others, too: {elsewhere[0].worker}."
    advice = "Use PostgreSQL (QCJOBS_DATABASE_URL); `qcjobs ledger export` and `import` move the jobs."
    return Problem("sqlite_on_several_machines", "ledger", text, advice, refuses=True)


RULES: Final[tuple[Rule, ...]] = (
    redis_is_old,
    redis_evicts,
    redis_forgets,
    redis_clock_is_off,
    ledger_clock_is_off,
    ledger_is_older,
    ledger_is_newer,
    accounts_share_a_prefix,
    organizations_share_a_prefix,
    budgets_differ,
    sqlite_on_several_machines,
)


def judge(facts: Facts) -> list[Problem]:
    """Every problem, in the order of the rules."""
    return [problem for rule in RULES if (problem := rule(facts)) is not None]


def _clock(rule: str, subject: str, ahead: float | None) -> Problem | None:
    if ahead is None or abs(ahead) <= SKEW_TOLD:
        return None
    text = (
        f"its clock and this machine's differ by {abs(ahead):.0f} s; leases are judged by the clocks of all machines."
    )
    return Problem(
        rule, subject, text, "Let the machines set their clocks by the network (NTP).", abs(ahead) > SKEW_REFUSED
    )
