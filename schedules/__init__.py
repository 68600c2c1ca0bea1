"""FLOOR 3: when. Beat's table; no logic."""

from __future__ import annotations

from typing import Any, Final

from tasks.wake import PATIENCE

CONTROL_EVERY: Final = 1.0  # seconds; whoever asks for something urgent wakes it as well
DISPATCH_EVERY: Final = 1.0  # seconds
LOOK_EVERY: Final = 0.5  # seconds; by so much the end of a backtest may be noticed late
RECONCILE_EVERY: Final = 2.0  # seconds; part of the 15 s within which a lost job goes on
ANNOUNCE_EVERY: Final = 2.0  # seconds
TIMETABLE_EVERY: Final = 1.0  # seconds; `schedules:` of the configuration is no finer than that

WATCH_EVERY: Final = 2.0  # seconds; what is due then is looked at, by the intervals in the settings
THIN_EVERY: Final = 3600.0  # seconds
PRUNE_EVERY: Final = 3600.0  # seconds


def _tick(task: str, seconds: float) -> dict[str, Any]:
    # A tick that nobody took in time is worthless: without an expiry, ticks would pile up while no worker runs.
    # And one that cannot leave is not worth holding up the others.
    options = {"expires": min(seconds, 60.0), "retry_policy": dict(PATIENCE)}
    return {"task": task, "schedule": seconds, "options": options}


BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "control": _tick("control.dispatch", CONTROL_EVERY),
    "dispatch": _tick("jobs.dispatch", DISPATCH_EVERY),
    "look": _tick("jobs.look", LOOK_EVERY),
    "watch": _tick("live.watch", WATCH_EVERY),
    "thin": _tick("live.thin", THIN_EVERY),
    "prune": _tick("jobs.prune", PRUNE_EVERY),
    "reconcile": _tick("jobs.reconcile", RECONCILE_EVERY),
    "announce": _tick("events.announce", ANNOUNCE_EVERY),
    "timetable": _tick("schedules.run", TIMETABLE_EVERY),
}
