"""Backtests: how far they are, and what came out.

Sources: QuantConnect API reference, "Backtest Management"; LEAN's converters; community reports for `error: ""` on
healthy backtests, `charts` as a list of names and statistics that come later than `completed`.
"""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, field_serializer

from quantconnect.models.base import (
    Flag,
    Label,
    Lines,
    Listing,
    Map,
    Maybe,
    Model,
    Request,
    Scalar,
    Text,
    Texts,
    as_text,
    spelled,
)
from quantconnect.models.ids import BacktestId, CompileId, OrganizationId, ProjectId, SomeId, SomeNumber
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.performance import AlgorithmPerformance
from quantconnect.models.times import UtcDatetime

# A backtest's status is a text for people, with dots behind it: matched by its beginning, whatever the case.
IN_QUEUE: Final = "In Queue"
IN_PROGRESS: Final = "In Progress"
COMPLETED: Final = "Completed"
RUNTIME_ERROR: Final = "Runtime Error"


def _is(status: str | None, beginning: str) -> bool:
    return (status or "").strip().lower().startswith(beginning.lower())


def _names(value: Any) -> Any:
    """Charts come as a map from name to chart, as a list of names, or as a list of charts."""
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, list):
        return [as_text(item.get("name") if isinstance(item, dict) else item) or "" for item in value]
    return value


class ResearchGuide(Model):
    """How much research went into a project, as a warning against overfitting."""

    minutes: Whole = None
    backtest_count: Whole = None
    parameters: Whole = None


class Backtest(Model):
    """One backtest in full, as `backtests/read` answers it."""

    backtest_id: BacktestId = Field(min_length=1)
    name: Label = ""
    project_id: SomeNumber[ProjectId] = None
    organization_id: SomeId[OrganizationId] = None
    optimization_id: Text = None
    status: Text = None
    #: From 0 to 1. Can be 1 before the end, and stays below 1 after a runtime error.
    progress: Number = None
    completed: Flag = None
    error: Text = None
    stacktrace: Text = None
    has_initialize_error: Flag = None
    note: Text = None
    node_name: Text = None
    created: UtcDatetime = None  # wall clock
    backtest_start: UtcDatetime = None  # simulated time
    backtest_end: UtcDatetime = None  # simulated time
    out_of_sample_max_end_date: UtcDatetime = None
    out_of_sample_days: Whole = None
    tradeable_dates: Whole = None
    snapshot_id: Whole = None
    parameter_set: Texts = Field(default_factory=dict)
    research_guide: Maybe[ResearchGuide] = None
    #: Names only; the points are another request.
    charts: Annotated[list[str], BeforeValidator(_names)] = Field(default_factory=list)
    #: Texts with units, a custom one may be long. Here "Net Profit" is a percentage.
    statistics: Texts = Field(default_factory=dict)
    #: Texts with units. Here "Net Profit" is money.
    runtime_statistics: Texts = Field(default_factory=dict)
    server_statistics: Texts = Field(default_factory=dict)
    total_performance: Maybe[AlgorithmPerformance] = None
    #: The same by window, as `M12_20240131` for the twelve months up to that day.
    rolling_window: Map[AlgorithmPerformance] = Field(default_factory=dict, repr=False)

    @property
    def failed(self) -> bool:
        """Whether the algorithm broke. An empty `error` is a healthy one."""
        told = (self.error or "").strip() or (self.stacktrace or "").strip()
        return bool(told or self.has_initialize_error) or _is(self.status, RUNTIME_ERROR)

    @property
    def ended(self) -> bool:
        """Whether it will run no further. Its statistics may still be on their way: see `results.verdict`."""
        return bool(self.completed) or self.failed or _is(self.status, COMPLETED)


class BacktestSummary(Model):
    """One line of `backtests/list`. It has no `completed` and no `error`: the status is all there is to decide by.
    The numbers are null unless statistics were asked for; nobody says whether a rate is a fraction or in percent.
    """

    backtest_id: BacktestId = Field(min_length=1)
    name: Label = ""
    status: Text = None
    progress: Number = None
    created: UtcDatetime = None
    optimization_id: Text = None
    tradeable_dates: Whole = None
    snapshot_id: Whole = None
    parameter_set: Texts = Field(default_factory=dict)
    tags: Lines = Field(default_factory=list)
    parameters: Whole = None  # how many
    security_types: Text = None
    sharpe_ratio: Number = None
    sortino_ratio: Number = None
    treynor_ratio: Number = None
    alpha: Number = None
    beta: Number = None
    psr: Number = None
    compounding_annual_return: Number = None
    drawdown: Number = None
    net_profit: Number = None
    win_rate: Number = None
    loss_rate: Number = None
    trades: Whole = None

    @property
    def failed(self) -> bool:
        """Whether the algorithm broke."""
        return _is(self.status, RUNTIME_ERROR)

    @property
    def ended(self) -> bool:
        """Whether it will run no further; then `backtests/read` tells the rest."""
        return self.failed or _is(self.status, COMPLETED)


class BacktestReply(Model):
    """The answer to `backtests/create` and `backtests/read`. A create without a backtest may have made one."""

    backtest: Backtest
    debugging: Flag = None


class Backtests(Model):
    """The answer to `backtests/list`, newest first as far as seen; no order is promised."""

    backtests: Listing[BacktestSummary] = Field(default_factory=list)
    count: Whole = None


class Report(Model):
    """The report of a backtest as HTML, or that it is being made."""

    report: Text = Field(default=None, repr=False)
    generating: Flag = None


class CreateBacktest(Request):
    """Occupies a node from now until the backtest ends. Without `parameters`, those of the project apply."""

    project_id: ProjectId
    compile_id: CompileId
    backtest_name: str = Field(min_length=1)
    parameters: dict[str, Scalar] | None = None

    @field_serializer("parameters")
    def _parameters_on_the_wire(self, parameters: dict[str, Scalar] | None) -> object:
        # The documented values are texts and numbers.
        if parameters is None:
            return None
        return {name: spelled(value) if isinstance(value, bool) else value for name, value in parameters.items()}


class ReadBacktest(Request):
    """One backtest in full, or something that belongs to it."""

    project_id: ProjectId
    backtest_id: BacktestId


class ListBacktests(Request):
    """All backtests of a project in one answer."""

    project_id: ProjectId
    include_statistics: bool = False


class UpdateBacktest(Request):
    """`name` and `note`; each alone is allowed."""

    project_id: ProjectId
    backtest_id: BacktestId
    name: str | None = None
    note: str | None = None


class UpdateBacktestTags(Request):
    """Replaces all tags."""

    project_id: ProjectId
    backtest_id: BacktestId
    tags: list[str]


class DeleteBacktest(Request):
    """Also the only way to stop a running one."""

    project_id: ProjectId
    backtest_id: BacktestId
