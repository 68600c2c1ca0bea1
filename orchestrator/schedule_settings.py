"""The schema of `schedules:` in the configuration: what is to be done, and when."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, field_validator, model_validator

from orchestrator.errors import BadParameter
from orchestrator.jobs import Scalar, checked_parameters
from orchestrator.timetable import Cron, Every, Misfire, Timetable, duration_text, parse_duration

SHORTEST: Final = timedelta(seconds=1)  # between two looks at the timetable
LONGEST: Final = timedelta(days=31)


def _speakable(name: str) -> str:
    """A name is typed on the command line and is a key of the ledger."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name):
        raise ValueError("a schedule's name has up to 100 letters, digits, '-', '_' and '.'")
    return name


def _moderate(duration: timedelta) -> timedelta:
    if not SHORTEST <= duration <= LONGEST:
        raise ValueError(f"it lies between {duration_text(SHORTEST)} and {duration_text(LONGEST)}")
    return duration


def _scalars(parameters: object) -> object:
    """Refused when the file is read, not in the night when the time comes."""
    try:
        return checked_parameters(parameters) if isinstance(parameters, dict) else parameters
    except BadParameter as error:
        raise ValueError(str(error).rstrip(".")) from None


_cron = cache(Cron)  # to check one costs a search for its first occurrence, and every look at the clock needs it

ScheduleName = Annotated[str, AfterValidator(_speakable)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_moderate)]
Parameters = Annotated[dict[str, Scalar], BeforeValidator(_scalars)]
ProjectNumber = Annotated[int, Field(strict=True, gt=0, lt=10**18)]


class BacktestRequest(BaseModel, frozen=True, extra="forbid"):
    """`backtest`: what `qcjobs submit` would be told."""

    source: str | ProjectNumber  #: a folder on the workers' machine, or the id of a cloud project as it stands
    project: ProjectNumber | None = None  #: to run in; none: the cloud-id of its config.json, or one of its name
    name: str | None = None  #: of the backtest; none: the folder's and the parameters
    parameters: Parameters = Field(default_factory=dict)  #: of the algorithm
    priority: int = Field(0, ge=-1_000_000, le=1_000_000)  #: higher ones run first
    replace: bool = False  #: True: files in the cloud project that are not ours may be replaced

    @field_validator("source")
    @classmethod
    def _same_everywhere(cls, source: str | int) -> str | int:
        """Workers run in a folder of their own."""
        if isinstance(source, str) and not source.isdigit() and not Path(source).expanduser().is_absolute():
            raise ValueError("it must be an absolute path (or begin with ~), or the id of a cloud project")
        return source


class LiveRequest(BaseModel, frozen=True, extra="forbid"):
    """`stop`, `liquidate`: whose deployment."""

    project: ProjectNumber  #: in which it trades


class ScheduleSettings(BaseModel, frozen=True, extra="forbid"):
    """One entry of `schedules`."""

    cron: str | None = None  #: five fields, such as `30 22 * * 1-5`; this or `every`
    every: Duration | None = None  #: an interval, counted from midnight UTC
    timezone: str = "UTC"  #: of `cron`; a name such as America/New_York
    misfire: Misfire = Misfire.ONCE  #: what becomes of occurrences missed while nothing ran
    misfire_window: Duration = timedelta(hours=12)  #: older ones are let go
    backtest: BacktestRequest | None = None
    stop: LiveRequest | None = None
    liquidate: LiveRequest | None = None

    @field_validator("timezone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):
            raise ValueError("there is no such time zone; examples: America/New_York, Europe/Berlin, UTC") from None
        return name

    @model_validator(mode="after")
    def _one_time_and_one_action(self) -> ScheduleSettings:
        if (self.cron is None) == (self.every is None):
            raise ValueError("give either cron or every")
        if sum(action is not None for action in (self.backtest, self.stop, self.liquidate)) != 1:
            raise ValueError("give one of backtest, stop and liquidate")
        try:
            _ = self.timetable
        except ValueError as error:
            raise ValueError(f"cron: {error}") from None
        return self

    @property
    def timetable(self) -> Timetable:
        """When it comes."""
        return (
            Every(self.every) if self.every is not None else _cron(" ".join((self.cron or "").split()), self.timezone)
        )

    @property
    def action(self) -> str:
        """`backtest`, `stop` or `liquidate`."""
        return next(name for name in ("backtest", "stop", "liquidate") if getattr(self, name) is not None)

    @property
    def in_words(self) -> str:
        """What is done, for people."""
        if self.backtest is not None:
            source = str(self.backtest.source)
            said = "".join(f" {name}={value}" for name, value in self.backtest.parameters.items())
            return f"backtest of {f'project {source}' if source.isdigit() else source}{said}"
        request = self.stop or self.liquidate
        return f"{self.action} project {request.project}" if request else ""
