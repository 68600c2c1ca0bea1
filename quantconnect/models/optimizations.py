"""Optimizations: one backtest for each point of a grid of parameters. They cost credit.

Sources: API reference, "Optimization Management"; LEAN's converter for the statistics of its backtests, which come by
position: an array, or a map with the positions as names and custom statistics beside.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from quantconnect.models.base import Label, Listing, Map, Maybe, Model, Request, Text, Texts
from quantconnect.models.charts import Candle, Point, read_points
from quantconnect.models.enums import AnyOptimizationStatus, OptimizationStatus
from quantconnect.models.ids import CompileId, OptimizationId, ProjectId, SomeNumber
from quantconnect.models.numbers import Number, Whole, parse_number, percentage
from quantconnect.models.times import UtcDatetime

GRID_SEARCH: Final = "QuantConnect.Optimizer.Strategies.GridSearchOptimizationStrategy"

#: What can be optimized and constrained.
Target = Literal[
    "TotalPerformance.PortfolioStatistics.SharpeRatio",
    "TotalPerformance.PortfolioStatistics.CompoundingAnnualReturn",
    "TotalPerformance.PortfolioStatistics.ProbabilisticSharpeRatio",
    "TotalPerformance.PortfolioStatistics.Drawdown",
]
SHARPE_RATIO: Final = "TotalPerformance.PortfolioStatistics.SharpeRatio"

#: The statistics by position, and whether the wire counts them in percent.
_POSITIONS: Final = (
    ("alpha", False),
    ("annual_standard_deviation", False),
    ("annual_variance", False),
    ("average_loss", True),
    ("average_win", True),
    ("beta", False),
    ("compounding_annual_return", True),
    ("drawdown", True),
    ("estimated_strategy_capacity", False),
    ("expectancy", False),
    ("information_ratio", False),
    ("loss_rate", True),
    ("net_profit", True),
    ("probabilistic_sharpe_ratio", True),
    ("profit_loss_ratio", False),
    ("sharpe_ratio", False),
    ("total_fees", False),
    ("total_orders", False),
    ("tracking_error", False),
    ("treynor_ratio", False),
    ("win_rate", True),
    ("sortino_ratio", False),
    ("start_equity", False),
    ("end_equity", False),
    ("drawdown_recovery", False),
)


def _by_name(value: Any) -> Any:
    if isinstance(value, list):
        value = {str(position): number for position, number in enumerate(value)}
    if not isinstance(value, dict):
        return {} if value is None else value
    named: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, number in value.items():
        if name.isdecimal() and len(name) < 3 and int(name) < len(_POSITIONS):
            field, in_percent = _POSITIONS[int(name)]
            named[field] = percentage(number) if in_percent else parse_number(number)
        else:
            custom[name] = parse_number(number)
    return named | {"custom": custom}


class OptimizationStatistics(Model):
    """The numbers of one backtest. Rates, returns and drawdown are fractions, money is in the account's currency."""

    alpha: Number = None
    annual_standard_deviation: Number = None
    annual_variance: Number = None
    average_loss: Number = None  # fraction, negative
    average_win: Number = None  # fraction
    beta: Number = None
    compounding_annual_return: Number = None  # fraction per year
    drawdown: Number = None  # fraction
    estimated_strategy_capacity: Number = None  # money
    expectancy: Number = None
    information_ratio: Number = None
    loss_rate: Number = None  # fraction
    net_profit: Number = None  # fraction
    probabilistic_sharpe_ratio: Number = None  # fraction
    profit_loss_ratio: Number = None
    sharpe_ratio: Number = None
    total_fees: Number = None  # money
    total_orders: Whole = None
    tracking_error: Number = None
    treynor_ratio: Number = None
    win_rate: Number = None  # fraction
    sortino_ratio: Number = None
    start_equity: Number = None  # money
    end_equity: Number = None  # money
    drawdown_recovery: Number = None  # days
    #: Those that the algorithm set itself.
    custom: dict[str, float | None] = Field(default_factory=dict)


def _points(value: Any) -> Any:
    return tuple(read_points(value)) if isinstance(value, list) else ()


class OptimizationBacktest(Model):
    """One backtest of an optimization."""

    id: Text = None
    name: Text = None
    progress: Number = None  # 0 to 1
    exit_code: Whole = None
    parameter_set: Texts = Field(default_factory=dict)
    statistics: Annotated[OptimizationStatistics, BeforeValidator(_by_name)] = Field(
        default_factory=OptimizationStatistics
    )
    equity: Annotated[tuple[Point | Candle, ...], PlainValidator(_points)] = Field(default=(), repr=False)
    start_date: UtcDatetime = None
    end_date: UtcDatetime = None
    out_of_sample_max_end_date: UtcDatetime = None
    out_of_sample_days: Whole = None
    host_name: Text = None


class Criterion(Model):
    """What is to become as small or as large as possible, or reach a value."""

    target: Text = None
    extremum: Text = None  # "min" or "max"
    target_value: Number = None


class ParameterRange(Model):
    """A parameter that is varied, or with a fixed `value`."""

    name: Text = None
    min: Number = None
    max: Number = None
    step: Number = None
    min_step: Number = None
    value: Text = None


class Constraint(Model):
    """What a backtest must fulfil to count."""

    target: Text = None
    operator: Text = None
    target_value: Number = None


class OptimizationSummary(Model):
    """One line of the list, and the answer to a create."""

    optimization_id: OptimizationId
    project_id: SomeNumber[ProjectId] = None
    name: Label = ""
    status: AnyOptimizationStatus = None
    node_type: Text = None
    criterion: Maybe[Criterion] = None
    created: UtcDatetime = None
    psr: Number = None
    sharpe_ratio: Number = None
    trades: Whole = None
    clone_id: Whole = None
    out_of_sample_days: Whole = None
    out_of_sample_max_end_date: UtcDatetime = None
    parameters: Listing[ParameterRange] = Field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether no backtest of it runs any more."""
        return self.status in _ENDED


_ENDED: Final = (OptimizationStatus.COMPLETED, OptimizationStatus.ENDED, OptimizationStatus.ABORTED)


class Optimization(Model):
    """An optimization with all its backtests."""

    optimization_id: OptimizationId
    project_id: SomeNumber[ProjectId] = None
    snapshot_id: Whole = None
    name: Label = ""
    status: AnyOptimizationStatus = None
    node_type: Text = None
    parallel_nodes: Whole = None
    criterion: Maybe[Criterion] = None
    constraints: Listing[Constraint] = Field(default_factory=list)
    parameters: Listing[ParameterRange] = Field(default_factory=list)
    strategy: Text = None
    optimization_target: Text = None
    target_value: Number = None
    requested: UtcDatetime = None
    #: Texts: Completed, Failed, Running, In Queue, Average Length, Total Runtime, Total, Consumed.
    runtime_statistics: Texts = Field(default_factory=dict)
    backtests: Map[OptimizationBacktest] = Field(default_factory=dict, repr=False)
    out_of_sample_days: Whole = None
    out_of_sample_max_end_date: UtcDatetime = None

    @property
    def ended(self) -> bool:
        """Whether no backtest of it runs any more."""
        return self.status in _ENDED


class OptimizationReply(Model):
    """The answer to `optimizations/read`."""

    optimization: Optimization


class Optimizations(Model):
    """The answer to `optimizations/list`."""

    optimizations: Listing[OptimizationSummary] = Field(default_factory=list)


class CreatedOptimization(Model):
    """The answer to `optimizations/create`. Without one in it, nobody knows whether one was made."""

    optimizations: list[OptimizationSummary] = Field(min_length=1)


class Estimate(Model):
    """What an optimization would take."""

    estimate_id: Text = None
    time: Number = None  # seconds
    balance: Number = None  # QCC


class EstimateReply(Model):
    """The answer to `optimizations/estimate`."""

    estimate: Maybe[Estimate] = None


class Vary(Request):
    """In a request: a parameter to try from `min` to `max`."""

    name: str = Field(min_length=1)
    min: float
    max: float
    step: float = Field(gt=0)
    min_step: float | None = None


class Fix(Request):
    """In a request: a parameter that has the same value in every backtest."""

    name: str = Field(min_length=1)
    value: str | float


class Require(Request):
    """In a request: what a backtest must fulfil to count."""

    target: Target
    operator: Literal["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equals", "NotEqual"]
    target_value: float


class EstimateOptimization(Request):
    """What is to be tried, and what for."""

    project_id: ProjectId
    name: str = Field(min_length=1)
    target: Target
    target_to: Literal["min", "max"]
    target_value: float | None = None
    strategy: str = GRID_SEARCH
    compile_id: CompileId | None = None
    parameters: list[Vary | Fix] = Field(min_length=1)
    constraints: list[Require] | None = None


class CreateOptimization(EstimateOptimization):
    """The same, paid and carried out."""

    compile_id: CompileId
    estimated_cost: float = Field(ge=0)
    node_type: Literal["O2-8", "O4-12", "O8-16"]
    parallel_nodes: int = Field(ge=1, le=24)


class OfOptimization(Request):
    """One optimization."""

    optimization_id: OptimizationId


class RenameOptimization(Request):
    """One optimization, and its new name."""

    optimization_id: OptimizationId
    name: str = Field(min_length=1)


class ListOptimizations(Request):
    """All optimizations of a project."""

    project_id: ProjectId
