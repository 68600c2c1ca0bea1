"""When to look at a running backtest next. Pure.

(`quantconnect.polling` is the same question for a program that waits for one backtest.) A look serves every backtest of
a project, so it is aimed at the end of the one that is expected to end first: by how long such backtests took before,
and by the progress of each. Without experience, looks begin early and grow apart. With steady experience there is one
look, right after the end; one more before it, now and then, notices when backtests become shorter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orchestrator.experience import NEAR_ITS_END, Experience

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(seconds=30)

TELLING: Final = 0.05
"""Below this share the progress says nothing yet about how long the rest takes."""

A_LITTLE_EARLY: Final = 0.97
"""Of the shortest run so far, where they differ: no end is missed by much, and from there the progress tells."""

ALMOST: Final = 0.9
"""Of the usual run: where a look shows how long this one really takes."""

SPEAKING: Final = 0.25
"""From this share on, the progress may contradict experience; before, it counts the time in the queue as work."""

REFUTED: Final = 0.25
"""Of the usual run: by more than this the progress has to differ, to be believed more than experience."""

MARGIN: Final = 0.02
"""Of the whole run: how far behind the expected end the last look is aimed, so that it needs no other after it."""


def next_look(
    elapsed: timedelta,
    progress: float | None,
    past: Experience | None = None,
    settling: timedelta = timedelta(),
) -> timedelta:
    """How long until the next look.

    Args:
        elapsed: Since the backtest began.
        progress: From 0 to 1; it may stall, or be 1 before the end.
        past: How long such backtests kept their nodes; None: none has ended.
        settling: How long after the expected end to look, where that look is to show the statistics too.
    """
    # Progress is for people, too: on long runs they see it five times at least.
    longest = max(LONGEST, past.usual / 5) if past else LONGEST
    done = min(max(progress or 0.0, 0.0), 1.0)
    whole = elapsed / done if done >= TELLING else None
    if past is not None and (until := _by_experience(elapsed, whole, past, settling)) > SHORTEST:
        return until if until <= longest * 1.5 else longest  # no look shortly before the end
    if whole is None:
        wait = elapsed * 0.1
    else:
        wait = (whole - elapsed) * 0.9 + whole * MARGIN
        if past is None:
            # Early progress says little; this bounds the harm, at the price of a few looks.
            wait = min(wait, 2 * elapsed)
    return min(max(wait, SHORTEST), longest)


def _by_experience(elapsed: timedelta, whole: timedelta | None, past: Experience, settling: timedelta) -> timedelta:
    """Until the look that experience alone would plan; nothing or less: experience has no more to say."""
    if not past.steady:
        return past.shortest * A_LITTLE_EARLY - elapsed
    if not past.observed and (until := past.usual * ALMOST - elapsed) > SHORTEST:
        return until
    expected, done = past.usual, 0.0 if whole is None else elapsed / whole
    if whole is not None and done >= SPEAKING and abs(whole - expected) > REFUTED * expected:
        return timedelta()
    if whole is not None and done >= NEAR_ITS_END:
        expected = whole
    return expected + max(expected * MARGIN, settling) - elapsed


def ended_about(
    created: datetime, last: datetime | None, progress: float | None, seen: datetime, past: Experience | None = None
) -> datetime:
    """When a backtest ended, as nearly as the looks tell: after the last that showed it running, until the one that
    showed its end; in between by its progress then, or else by experience.

    Args:
        created: When it began.
        last: The last look that showed it running.
        progress: At that look.
        seen: The look that showed its end.
        past: How long such backtests kept their nodes; None: none has ended.
    """
    earliest = last or created
    if last is not None and progress is not None and TELLING <= progress <= 1:
        guess = created + (last - created) / progress
    elif past is not None:
        guess = created + past.usual
    else:
        return seen
    return min(max(guess, earliest), seen)
