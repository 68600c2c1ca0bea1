"""When to look at a running backtest next. Pure.

(`quantconnect.polling` is the same question for a program that waits for one backtest.) A look serves every backtest of
a project, so it is aimed at the end of the one that is expected to end first: by how
long such backtests took before, and by the progress of each. Without experience, looks begin early and grow apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(seconds=30)

TELLING: Final = 0.05
"""Below this share the progress says nothing yet about how long the rest takes."""

A_LITTLE_EARLY: Final = 0.97
"""Of the shortest run so far. A look that always came after the end would never learn that runs became shorter."""

MARGIN: Final = 0.02
"""Of the whole run: how far behind the expected end the last look is aimed, so that it needs no other after it."""


def next_look(elapsed: timedelta, progress: float | None, past: Sequence[timedelta] = ()) -> timedelta:
    """How long until the next look.

    Args:
        elapsed: Since the backtest began.
        progress: From 0 to 1; it may stall, or be 1 before the end.
        past: How long such backtests kept their nodes, the shortest first.
    """
    # Progress is for people, too: on long runs they see it five times at least.
    longest = max(LONGEST, past[len(past) // 2] / 5) if past else LONGEST
    if past and (until_first := past[0] * A_LITTLE_EARLY - elapsed) > SHORTEST:
        return min(until_first, longest)
    done = min(max(progress or 0.0, 0.0), 1.0)
    if done < TELLING:
        wait = elapsed * 0.1
    else:
        whole = elapsed / done
        wait = (whole - elapsed) * 0.9 + whole * MARGIN
        if not past:
            wait = min(wait, elapsed)  # early progress says little; this bounds the harm, at the price of a few looks
    return min(max(wait, SHORTEST), longest)


def ended_about(
    created: datetime, last: datetime | None, progress: float | None, seen: datetime, past: Sequence[timedelta] = ()
) -> datetime:
    """When a backtest ended, as nearly as the looks tell: after the last that showed it running, until the one that
    showed its end; in between by its progress then, or else by experience.

    Args:
        created: When it began.
        last: The last look that showed it running.
        progress: At that look.
        seen: The look that showed its end.
        past: How long such backtests kept their nodes, the shortest first.
    """
    earliest = last or created
    if last is not None and progress is not None and TELLING <= progress <= 1:
        guess = created + (last - created) / progress
    elif past:
        guess = created + past[len(past) // 2]
    else:
        return seen
    return min(max(guess, earliest), seen)
