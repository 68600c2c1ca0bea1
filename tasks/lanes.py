"""The lanes: names of queues. A worker without `-Q` serves all of them."""

from __future__ import annotations

from typing import Final

CONTROL: Final = "control"  #: stop, liquidate, commands: a worker of its own serves it, and nothing else
UPKEEP: Final = "upkeep"  #: dispatcher, reconciler, deliveries, timetable: short, and never behind the steps
LIVE: Final = "live"  #: deployments, and the watch over them
BACKTESTS: Final = "backtests"  #: the links of their chains

ALL: Final = (CONTROL, UPKEEP, LIVE, BACKTESTS)
BUT_CONTROL: Final = (UPKEEP, LIVE, BACKTESTS)

ROUTES: Final = {
    **{f"live.{name}": {"queue": CONTROL} for name in ("stop", "liquidate", "command")},
    "control.*": {"queue": CONTROL},
    "live.*": {"queue": LIVE},
    "backtest.*": {"queue": BACKTESTS},
    "jobs.*": {"queue": UPKEEP},
    "events.*": {"queue": UPKEEP},
    "schedules.*": {"queue": UPKEEP},
}
"""By task name, the first that fits; the links of a chain do not inherit a lane from each other."""
