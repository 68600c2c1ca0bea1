"""How a compile and a backtest advance: as functions of emulated time, computed when somebody looks.

Nothing runs in the background. A thing is created with its timeline, and what it is at any moment follows from it.
Texts as in the QuantConnect API definition; the dots belong to them.
"""

from dataclasses import dataclass

from emulator.strategy import Failure

IN_QUEUE = "In Queue..."
IN_PROGRESS = "In Progress..."
COMPLETED = "Completed."
RUNTIME_ERROR = "Runtime Error"

QUEUED_SHARE = 0.1
"""Part of a backtest's duration that it spends in the queue, where it has no progress."""

INITIALIZE_SHARE = 0.1
"""A fault in initialize ends a backtest as soon as it leaves the queue …"""

FIRST_DATA_SHARE = 0.2
"""… and a fault in on_data shortly after."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The fate of one backtest, in emulated seconds."""

    created: float
    runs_from: float
    ends: float
    statistics_from: float
    listed_from: float
    final_progress: float  #: 1 unless it fails
    fails: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """What a backtest is at one moment."""

    status: str
    progress: float  #: 0 to 1
    completed: bool  #: also true of a failed one
    has_statistics: bool


def compile_state(ready: float, now: float, *, builds: bool) -> str:
    """State of a compile whose verdict is due at `ready`."""
    if now < ready:
        return "InQueue"
    return "BuildSuccess" if builds else "BuildError"


def failing_share(failure: Failure | None) -> float | None:
    """The share of its duration after which a backtest with this fault ends; None if it is healthy."""
    if failure is None:
        return None
    return INITIALIZE_SHARE if failure.in_initialize else FIRST_DATA_SHARE


def timeline(
    created: float, *, duration: float, statistics_lag: float, list_lag: float, fails_after: float | None
) -> Timeline:
    """Lay out a backtest; all times in emulated seconds.

    Args:
        created: Now.
        duration: From creation to the end of a healthy run.
        statistics_lag: From the end to the appearance of the statistics.
        list_lag: How long the list does not show it.
        fails_after: Share of the duration after which it ends with a runtime error; None for a healthy one.
    """
    share = 1.0 if fails_after is None else fails_after
    ends = created + duration * share
    return Timeline(
        created=created,
        runs_from=created + duration * QUEUED_SHARE,
        ends=ends,
        statistics_from=ends + statistics_lag,
        listed_from=created + list_lag,
        final_progress=round((share - QUEUED_SHARE) / (1 - QUEUED_SHARE), 4),
        fails=fails_after is not None,
    )


def backtest_phase(line: Timeline, now: float) -> Phase:
    """Where on its timeline a backtest is."""
    if now >= line.ends:
        status = RUNTIME_ERROR if line.fails else COMPLETED
        has_statistics = not line.fails and now >= line.statistics_from
        return Phase(status, line.final_progress, completed=True, has_statistics=has_statistics)
    if now < line.runs_from:
        return Phase(IN_QUEUE, 0.0, completed=False, has_statistics=False)
    share = (now - line.runs_from) / (line.ends - line.runs_from)
    progress = min(0.99, round(share * line.final_progress, 4))
    return Phase(IN_PROGRESS, progress, completed=False, has_statistics=False)
