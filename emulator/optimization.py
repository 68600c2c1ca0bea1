"""What an optimization tries, in which order, and what counts as best. It knows no time and no account.

A grid search runs one backtest for every combination of values, several at a time, and compares one figure of each.
Source: QuantConnect API definition; LEAN, `Optimizer/` (constraints and target) and
`OptimizationBacktestJsonConverter` (statistics by position).
"""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from emulator.envelope import ApiFailure
from emulator.figures import Figures
from emulator.results import capacity
from emulator.wire import Arguments

_PORTFOLIO = "TotalPerformance.PortfolioStatistics."
TARGETS: Mapping[str, Callable[[Figures], float]] = {
    f"{_PORTFOLIO}SharpeRatio": lambda figures: figures.sharpe,
    f"{_PORTFOLIO}CompoundingAnnualReturn": lambda figures: figures.annual_return,
    f"{_PORTFOLIO}ProbabilisticSharpeRatio": lambda figures: figures.probabilistic_sharpe,
    f"{_PORTFOLIO}Drawdown": lambda figures: figures.drawdown,
}
"""What can be optimized and constrained, by its name in the API. Ratios are fractions."""

EXTREMA: Mapping[str, Callable[[Iterable[Figures], Callable[[Figures], float]], Figures]] = {
    "min": lambda figures, key: min(figures, key=key),
    "max": lambda figures, key: max(figures, key=key),
}
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "LessOrEqual": operator.le,
    "Less": operator.lt,
    "GreaterOrEqual": operator.ge,
    "Greater": operator.gt,
    "NotEqual": operator.ne,
    "Equals": operator.eq,
}

GRID_SEARCH = "QuantConnect.Optimizer.Strategies.GridSearchOptimizationStrategy"
"""The only strategy."""

MOST_BACKTESTS = 1000
"""A larger grid is refused: it would be computed while the client waits."""

MOST_NODES = 24
"""As many may run in parallel. Source: QuantConnect documentation."""

QCC_PER_HOUR: Mapping[str, float] = {"O2-8": 15.0, "O4-12": 30.0, "O8-16": 60.0}
"""Price of a node by its type; 100 QCC are a dollar. Source: QuantConnect documentation, optimization nodes."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and the values it takes. A fixed one has a text in place of a range."""

    name: str
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    fixed: str | None = None

    def count(self) -> int:
        """How many values there are; 0 if the range is none."""
        if self.fixed is not None:
            return 1
        return int((self.high - self.low) / self.step) + 1 if self.step > 0 and self.high >= self.low else 0

    def values(self) -> list[str]:
        """All values as texts, as they come back in `parameterSet`; the upper bound is among them if a step hits it."""
        if self.fixed is not None:
            return [self.fixed]
        return [f"{(self.low + index * self.step).normalize():f}" for index in range(self.count())]

    def payload(self) -> dict[str, str | float]:
        """The parameter as replies show it."""
        if self.fixed is not None:
            return {"name": self.name, "value": self.fixed}
        return {"name": self.name, "min": float(self.low), "max": float(self.high), "step": float(self.step)}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A demand on a figure, without which a backtest cannot be the best."""

    target: str  #: one of `TARGETS`
    operator: str  #: one of `OPERATORS`
    value: float

    def holds(self, figures: Figures) -> bool:
        """Whether a backtest meets it."""
        return OPERATORS[self.operator](TARGETS[self.target](figures), self.value)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that was asked for."""

    target: str  #: one of `TARGETS`
    extremum: str  #: "min" or "max"
    target_value: float | None
    strategy: str
    axes: tuple[Axis, ...]
    constraints: tuple[Constraint, ...]
    node_type: str  #: one of `QCC_PER_HOUR`
    parallel_nodes: int

    def size(self) -> int:
        """How many backtests it takes."""
        size = 1
        for axis in self.axes:
            size *= axis.count()
        return size

    def grid(self) -> list[dict[str, str]]:
        """The parameters of each backtest, in order; the last axis turns fastest."""
        names = [axis.name for axis in self.axes]
        return [dict(zip(names, values, strict=True)) for values in product(*(axis.values() for axis in self.axes))]

    def cost(self, backtests: int, seconds: float) -> float:
        """Price of so many backtests of this length, in QCC."""
        return backtests * seconds / 3600 * QCC_PER_HOUR[self.node_type]

    def best(self, results: Iterable[Figures]) -> Figures | None:
        """The best of those that meet all constraints."""
        fit = [figures for figures in results if all(constraint.holds(figures) for constraint in self.constraints)]
        return EXTREMA[self.extremum](fit, TARGETS[self.target]) if fit else None


def plan_of(arguments: Arguments, node_type: str, parallel_nodes: int) -> Plan:
    """The plan that a request describes. The LEAN CLI says `key` for `name` and `target-value` for `targetValue`.

    Raises:
        ApiFailure: Something is missing or unknown, or the grid is empty or too large. The texts are our own words.
    """
    target_value = None if arguments.raw("targetValue") in (None, "") else arguments.number("targetValue")
    arguments.text("name")
    plan = Plan(
        target=_one_of(TARGETS, arguments, "target"),
        extremum=_one_of(EXTREMA, arguments, "targetTo"),
        target_value=target_value,
        strategy=_one_of((GRID_SEARCH,), arguments, "strategy"),
        axes=tuple(_axis(item) for item in _items(arguments, "parameters")),
        constraints=tuple(_constraint(item) for item in _items(arguments, "constraints")),
        node_type=node_type,
        parallel_nodes=parallel_nodes,
    )
    if node_type not in QCC_PER_HOUR:
        raise ApiFailure(f"Invalid node type: {node_type}")
    if not 1 <= parallel_nodes <= MOST_NODES:
        raise ApiFailure(f"An optimization runs on 1 to {MOST_NODES} nodes")
    if not plan.axes or not 1 <= plan.size() <= MOST_BACKTESTS:
        raise ApiFailure(f"The parameters must span a grid of 1 to {MOST_BACKTESTS:,} backtests")
    return plan


def _items(arguments: Arguments, name: str) -> list[Arguments]:
    return [Arguments(item if isinstance(item, dict) else {}) for item in arguments.items(name)]


def _one_of(known: Collection[str], arguments: Arguments, name: str) -> str:
    value = arguments.text(name)
    if value not in known:
        raise ApiFailure(f"Invalid {name}: {value}")
    return value


def _axis(item: Arguments) -> Axis:
    name = item.text("name" if "name" in item else "key")
    if "value" in item:
        return Axis(name, fixed=item.optional_text("value"))
    low, high, step = (Decimal(str(item.number(key))) for key in ("min", "max", "step"))
    return Axis(name, low, high, step)


def _constraint(item: Arguments) -> Constraint:
    value = item.number("targetValue" if "targetValue" in item else "target-value")
    return Constraint(_one_of(TARGETS, item, "target"), _one_of(OPERATORS, item, "operator"), value)


def positional_statistics(figures: Figures) -> list[float]:
    """The statistics of a grid's backtest: 25 numbers known by their positions, shares in percent."""
    values = (
        figures.alpha,
        figures.annual_deviation,
        figures.annual_variance,
        100 * figures.average_loss,
        100 * figures.average_win,
        figures.beta,
        100 * figures.annual_return,
        100 * figures.drawdown,
        capacity(figures),
        figures.expectancy,
        figures.information_ratio,
        100 * figures.loss_rate,
        100 * figures.net_profit,
        100 * figures.probabilistic_sharpe,
        figures.profit_loss_ratio,
        figures.sharpe,
        figures.fees,
        float(figures.orders),
        figures.tracking_error,
        figures.treynor,
        100 * figures.win_rate,
        figures.sortino,
        figures.start_equity,
        figures.end_equity,
        float(figures.drawdown_recovery),
    )
    return [round(value, 3) for value in values]
