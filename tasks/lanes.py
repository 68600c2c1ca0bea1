"""The lanes: names of queues. A worker without `-Q` serves all of them."""

from __future__ import annotations

from typing import Final

UPKEEP: Final = "upkeep"  #: dispatcher, reconciler, deliveries: short, and never behind the steps
BACKTESTS: Final = "backtests"  #: the links of the chains

ALL: Final = (UPKEEP, BACKTESTS)

ROUTES: Final = {"backtest.*": {"queue": BACKTESTS}, "jobs.*": {"queue": UPKEEP}, "events.*": {"queue": UPKEEP}}
"""By task name; the links of a chain do not inherit a lane from each other."""
