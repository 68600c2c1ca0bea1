"""After a request whose answer was lost: when can it no longer be under way?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orchestrator.runtime import Runtime

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far QuantConnect's clock may be behind ours when `created` is compared with the moment of the intent."""

LISTS_LAG: Final = timedelta(seconds=10)
"""How long something new may be missing from a list. (Inferred; the service says nothing about it.)"""


LEAVES_WITHIN: Final = timedelta(seconds=10)
"""So soon after its intent a request leaves, or not at all (`orchestrator.limits.leaving_within`)."""


def settled_after(runtime: Runtime, intent_at: datetime) -> datetime:
    """From then on, what the lists do not show does not exist.

    The request leaves soon after the intent or not at all; it takes at most a connect and a read time-out, and lists
    may lag.
    """
    return intent_at + LEAVES_WITHIN + 2 * timedelta(seconds=runtime.settings.quantconnect.timeout) + LISTS_LAG
