"""Backtests: how far they are, and what came out.

Sources: QuantConnect API reference, "Backtest Management"; LEAN's converters; community reports for `error: ""` on
healthy backtests, `charts` as a list of names and statistics that come later than `completed`.
"""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from quantconnect.models.base import Listing, Map, Model, Request, Scalar, Texts, UtcDatetime
from quantconnect.models.ids import BacktestId, CompileId, OrganizationId, ProjectId
from quantconnect.models.numbers import Number

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
        return [item.get("name", "") if isinstance(item, dict) else item for item in value]
    return value


def _absent_when_empty(value: Any) -> Any:
    return value or None


class PortfolioStatistics(Model):
    """The numbers of a finished backtest. Rates, returns and drawdown are fractions (0.15 is 15 %)."""

    start_equity: Number = None  # account currency
    end_equity: Number = None  # account currency
    total_net_profit: Number = None
    compounding_annual_return: Number = None
    drawdown: Number = None
    sharpe_ratio: Number = None
    sortino_ratio: Number = None
    probabilistic_sharpe_ratio: Number = None
    win_rate: Number = None
    loss_rate: Number = None
    average_win_rate: Number = None
    average_loss_rate: Number = None
    profit_loss_ratio: Number = None
    expectancy: Number = None
    alpha: Number = None
    beta: Number = None
    annual_standard_deviation: Number = None
    annual_variance: Number = None
    information_ratio: Number = None
    tracking_error: Number = None
    treynor_ratio: Number = None
    portfolio_turnover: Number = None
    value_at_risk99: Number = None
    value_at_risk95: Number = None


class AlgorithmPerformance(Model):
    """`totalPerformance`: comes after the statistics, sometimes seconds later."""

    portfolio_statistics: Annotated[PortfolioStatistics | None, BeforeValidator(_absent_when_empty)] = None
    trade_statistics: Map[Any] = Field(default_factory=dict, repr=False)
    closed_trades: Listing[Any] = Field(default_factory=list, repr=False)


class Backtest(Model):
    """One backtest in full, as `backtests/read` answers it."""

    backtest_id: BacktestId = Field(min_length=1)
    name: str = ""
    project_id: ProjectId | None = None
    organization_id: OrganizationId | None = None
    optimization_id: str | None = None
    status: str | None = None
    #: From 0 to 1. Can be 1 before the end, and stays below 1 after a runtime error.
    progress: Number = None
    completed: bool | None = None
    error: str | None = None
    stacktrace: str | None = None
    has_initialize_error: bool | None = None
    note: str | None = None
    node_name: str | None = None
    created: UtcDatetime = None  # wall clock
    backtest_start: UtcDatetime = None  # simulated time
    backtest_end: UtcDatetime = None  # simulated time
    tradeable_dates: int | None = None
    snapshot_id: int | None = None
    parameter_set: Texts = Field(default_factory=dict)
    #: Names only; the points are another request.
    charts: Annotated[list[str], BeforeValidator(_names)] = Field(default_factory=list)
    #: Texts with units, a custom one may be long. Here "Net Profit" is a percentage.
    statistics: Texts = Field(default_factory=dict)
    #: Texts with units. Here "Net Profit" is money.
    runtime_statistics: Texts = Field(default_factory=dict)
    total_performance: Annotated[AlgorithmPerformance | None, BeforeValidator(_absent_when_empty)] = None

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
    The numbers are null unless statistics were asked for.
    """

    backtest_id: BacktestId = Field(min_length=1)
    name: str = ""
    status: str | None = None
    progress: Number = None
    created: UtcDatetime = None
    optimization_id: str | None = None
    tradeable_dates: int | None = None
    snapshot_id: int | None = None
    parameter_set: Texts = Field(default_factory=dict)
    tags: Listing[str] = Field(default_factory=list)
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
    trades: int | None = None

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
    debugging: bool | None = None


class Backtests(Model):
    """The answer to `backtests/list`, newest first as far as seen; no order is promised."""

    backtests: Listing[BacktestSummary] = Field(default_factory=list)
    count: int | None = None


class CreateBacktest(Request):
    """Occupies a node from now until the backtest ends. Without `parameters`, those of the project apply."""

    project_id: ProjectId
    compile_id: CompileId
    backtest_name: str = Field(min_length=1)
    parameters: dict[str, Scalar] | None = None


class ReadBacktest(Request):
    """One backtest in full."""

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


class DeleteBacktest(Request):
    """Also the only way to stop a running one."""

    project_id: ProjectId
    backtest_id: BacktestId
