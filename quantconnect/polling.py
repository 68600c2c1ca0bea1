"""When to look at a running backtest again. Pure: from what is known about its progress to a time.

Aim: look soon after the end, and seldom before. If the estimate of the remaining time is right, the end is noticed
at most 5 % of the run time late; without an estimate, at most 10 %; never more than 30 s (and one second is nothing).
"""

from datetime import timedelta
from typing import Final

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(seconds=30)

#: Below this share the progress says nothing yet about how long the rest takes.
_TELLING: Final = 0.05


def next_poll(elapsed: timedelta, progress: float | None, expected: timedelta | None = None) -> timedelta:
    """How long to wait before looking again, from 1 s to 30 s.

    Args:
        elapsed: Since the backtest began.
        progress: From 0 to 1 as the API tells it; it may stall, or be 1 before the end.
        expected: How long such backtests took before, in all.
    """
    passed = max(elapsed.total_seconds(), 0.0)
    remaining = _remaining(passed, min(max(progress or 0.0, 0.0), 1.0), expected)
    # Most of the way in one go, so that an estimate that was too long does little harm; the last look is then aimed a
    # little behind the expected end.
    wait = 0.1 * passed if remaining is None else 0.75 * remaining + 0.05 * (passed + remaining)
    if expected is None:
        # Early progress says little; never waiting longer than has passed bounds the harm, at the price of a few looks.
        wait = min(wait, passed)
    return min(max(timedelta(seconds=wait), SHORTEST), LONGEST)


def _remaining(passed: float, progress: float, expected: timedelta | None) -> float | None:
    """Seconds until the end: by experience at first, more and more by the progress itself."""
    by_progress = passed * (1 - progress) / progress if progress >= _TELLING else None
    if expected is None:
        return by_progress
    by_experience = max(expected.total_seconds() - passed, 0.0)
    if by_progress is None:
        return by_experience
    return progress * by_progress + (1 - progress) * by_experience
