"""What a failed request means for its job: the one place where errors become waits or ends.

Capacity answers are not failures. Transport errors are borne for hours. Bad credentials stop the whole account after
one try, because repeated bad logins lock it. A request-level repetition (`quantconnect.retry`, seconds) has already
happened when an error arrives here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog

from orchestrator import capacity
from orchestrator.events import EventType
from orchestrator.jobs import Job
from orchestrator.limits import BudgetPause
from orchestrator.outcomes import Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from quantconnect import (
    AnswerTooLarge,
    AuthenticationError,
    BuildCacheMiss,
    CompileNotFound,
    InvalidSettings,
    MissingCredentials,
    NoSpareNodes,
    NotFound,
    QuantConnectError,
    QuotaExceeded,
    RateLimitExceeded,
)

NODE: Final = Requeue(timedelta(0), "a free node")
"""When the next try may be made is `capacity`'s business, for all jobs of the account at once."""

QUOTA: Final = Requeue(timedelta(minutes=15), "a new quota (QuantConnect's limit for now is used up)")
CREDENTIALS: Final = Requeue(timedelta(0), "credentials that QuantConnect accepts")
LONGEST_BACKOFF: Final = timedelta(seconds=30)

URGENT_WAIT: Final = timedelta(seconds=2)
"""Whoever wants out asks again so soon, whatever was in the way."""

LONGEST_WAIT: Final = timedelta(minutes=5)
"""A message that waits longer than the broker's visibility time-out (15 min) would be handed out twice. Whoever has to
wait longer looks again in between; the shared pause lets no request go."""

WHOLE_BACKTEST: Final = ("compile/read", "backtests/read")
"""Answers about one backtest alone. One of them that is too large to be read is so the next time, too."""

log = structlog.get_logger(__name__)

Changes = dict[str, Any]


def outcome_of(runtime: Runtime, job: Job, error: QuantConnectError | BudgetPause) -> tuple[Outcome, Changes]:
    """What the error means, and what it changes of the job's record of failures."""
    outcome, changes = _judged(runtime, job, error)
    if job.kind.is_urgent and isinstance(outcome, Wait):
        outcome = replace(outcome, delay=min(outcome.delay, URGENT_WAIT))
    return outcome, changes


def _judged(runtime: Runtime, job: Job, error: QuantConnectError | BudgetPause) -> tuple[Outcome, Changes]:
    match error:
        case BudgetPause():
            return Wait(min(error.pause, LONGEST_WAIT), error.waiting_for), {}
        case AuthenticationError():
            refuse(runtime, job, error)
            return CREDENTIALS, {}
        case RateLimitExceeded(status=status):
            # With status 0 nobody but our own budget said no; otherwise every process of the account knows already.
            asked = (
                "its share of the request budget" if status == 0 else "QuantConnect, which asked everyone to slow down"
            )
            return Wait(min(error.silence, LONGEST_WAIT), asked), {}
        case NoSpareNodes():
            capacity.note_refusal(runtime, job)
            return NODE, {}
        case QuotaExceeded():
            return QUOTA, {}
        case BuildCacheMiss() | CompileNotFound():
            return compile_again(runtime, job), {"compile_id": None, "compile_retries": job.compile_retries + 1}
        case NotFound():
            return Fail("not_found", str(error)), {}
        case MissingCredentials() | InvalidSettings():  # nothing was asked, and nothing will be
            return Fail("not_configured", str(error)), {}
    if error.maybe_carried_out or not hasattr(error, "messages"):
        return _unreachable(runtime, job, error)
    return Fail("refused", str(error)), {}


def compile_again(runtime: Runtime, job: Job) -> Outcome:
    """Forget the compile, so that the next run looks at the project's files and compiles anew; three times at most."""
    if job.compile_retries >= 3:
        return Fail("compile_lost", "QuantConnect does not find the compile of this code, although it was made anew.")
    if job.project_id is not None and job.bundle is not None:
        with runtime.ledger.writing() as tables:
            tables.projects.forget_compile(runtime.account, job.project_id, job.bundle)
    return Requeue(timedelta(seconds=2), "another compile")


def refuse(runtime: Runtime, job: Job | None, error: AuthenticationError) -> None:
    """Stop the account: these credentials are not used again."""
    log.error("QuantConnect refused the credentials; nothing more is sent until they change", error=str(error))
    with runtime.ledger.writing() as tables:
        tables.accounts.refuse(runtime.account, runtime.fingerprint, str(error))
        tables.outbox.record(
            EventType.CREDENTIALS_REFUSED, job or runtime.account, account=runtime.account, error=str(error)
        )


def _unreachable(runtime: Runtime, job: Job, error: QuantConnectError) -> tuple[Outcome, Changes]:
    if isinstance(error, AnswerTooLarge) and error.endpoint in WHOLE_BACKTEST:
        return Fail("too_large", f"{error} `largest_answer_mb` in the settings says how much is read."), {}
    now = runtime.clock()
    since = job.failing_since or now
    patience = timedelta(hours=runtime.settings.deadlines.unreachable_hours)
    if now - since > patience:
        return Fail("unreachable", f"QuantConnect did not answer for {patience}. The last error: {error}"), {}
    delay = min(timedelta(seconds=2.0 ** min(job.failures, 5)), LONGEST_BACKOFF)
    log.warning("QuantConnect does not answer properly", error=str(error), again_in=delay.total_seconds())
    return Wait(delay, f"QuantConnect to answer ({error})"), {"failures": job.failures + 1, "failing_since": since}
