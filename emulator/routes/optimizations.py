"""`optimizations/*`: a grid of backtests over parameters, each computed like any other, several at a time.

They run on nodes of their own, which are paid for by the hour, so they never wait for the organization's. The whole
price is taken from the credit at the start; what an abort saves comes back.
Source: QuantConnect API definition; the LEAN CLI (what it reads from the replies). Texts of refusals are our own.
"""

import math
from typing import Any

from emulator.call import Call, Handler
from emulator.charts import CANDLE, equity_candles, thinned
from emulator.envelope import ApiFailure, php_map
from emulator.figures import Figures
from emulator.journal import Created
from emulator.optimization import Plan, plan_of, positional_statistics
from emulator.results import NOTE
from emulator.routes.compiles import finished_build
from emulator.synthetic import span
from emulator.transitions import Phase, backtest_phase, failing_share, timeline
from emulator.world import Backtest, Compile, Node, Optimization, World

EQUITY_POINTS = 50
"""Candles in a backtest's curve."""


def estimate(call: Call) -> dict[str, Any]:
    """How long a grid takes, in seconds on one node, and what it costs, in whole QCC."""
    project = call.project()
    if "compileId" in call.arguments:
        project.compile(call.arguments.text("compileId"))
    plan = plan_of(call.arguments, node_type="O2-8", parallel_nodes=1)
    seconds = plan.size() * call.options.backtest_seconds
    cost = plan.cost(plan.size(), call.options.backtest_seconds)
    return {"estimate": {"estimateId": call.world.hex_id(), "time": math.ceil(seconds), "balance": math.ceil(cost)}}


def create(call: Call) -> dict[str, Any]:
    """Start all backtests of a grid, as many at a time as there are nodes."""
    project, world, arguments = call.project(), call.world, call.arguments
    name = arguments.text("name")
    arguments.number("estimatedCost")
    plan = plan_of(arguments, arguments.text("nodeType"), arguments.integer("parallelNodes"))
    build = finished_build(call)
    cost = plan.cost(plan.size(), call.options.backtest_seconds)
    if world.credit < cost:
        raise ApiFailure("The organization does not have enough credit")
    optimization = Optimization(f"O-{world.hex_id()}", name, project, plan, call.clock.text(), [])
    optimization.backtests = _backtests(world, optimization, build)
    project.backtests |= {backtest.id: backtest for backtest in optimization.backtests}
    world.optimizations[optimization.id] = optimization
    world.credit -= cost
    call.created = Created("optimization", optimization.id, name)
    return {"optimizations": [_summary(world, optimization)]}


def list_(call: Call) -> dict[str, Any]:
    """All optimizations of a project, newest first."""
    project = call.project()
    found = [one for one in call.world.optimizations.values() if one.project is project]
    return {"optimizations": [_summary(call.world, one) for one in reversed(found)]}


def read(call: Call) -> dict[str, Any]:
    """One optimization with the results of its backtests."""
    world, optimization = call.world, _optimization(call)
    plan = optimization.plan
    begun = [(backtest, phase) for backtest, phase in _phases(world, optimization) if phase is not None]
    return {
        "optimization": {
            "optimizationId": optimization.id,
            "snapshotId": None,
            "projectId": optimization.project.id,
            "name": optimization.name,
            "status": _status(world, optimization),
            "nodeType": plan.node_type,
            "parallelNodes": plan.parallel_nodes,
            "criterion": _criterion(plan),
            "runtimeStatistics": _runtime_statistics(world, optimization),
            "constraints": [
                {"target": one.target, "operator": one.operator, "targetValue": one.value} for one in plan.constraints
            ],
            "parameters": [axis.payload() for axis in plan.axes],
            "backtests": php_map({backtest.id: _item(world, backtest, phase) for backtest, phase in begun}),
            "strategy": plan.strategy,
            "requested": optimization.created,
            "optimizationTarget": plan.target,
            "targetValue": plan.target_value,
            "gridLayout": [],
            "outOfSampleMaxEndDate": None,
            "outOfSampleDays": 0,
        }
    }


def update(call: Call) -> dict[str, Any]:
    """Rename."""
    _optimization(call).name = call.arguments.text("name")
    return {}


def abort(call: Call) -> dict[str, Any]:
    """Stop: what has ended stays, everything else is gone and paid back. What is over cannot be aborted."""
    world, optimization = call.world, _optimization(call)
    if _status(world, optimization) in {"completed", "aborted"}:
        raise ApiFailure("Optimization is not running")
    _stop(world, optimization)
    return {}


def delete(call: Call) -> dict[str, Any]:
    """Delete with all its backtests, and stop if it runs."""
    world, optimization = call.world, _optimization(call)
    _stop(world, optimization)
    for backtest in optimization.backtests:
        optimization.project.backtests.pop(backtest.id, None)
    del world.optimizations[optimization.id]
    return {}


def _backtests(world: World, optimization: Optimization, build: Compile) -> list[Backtest]:
    """One for each point of the grid; the n-th waits until a node has done those before it."""
    plan, options, now = optimization.plan, world.options, world.clock.now()
    nodes = [Node(f"LN-{world.hex_id()}", f"{plan.node_type} node", plan.node_type) for _ in range(plan.parallel_nodes)]
    backtests = []
    for number, parameters in enumerate(plan.grid()):
        line = timeline(
            now + number // len(nodes) * options.backtest_seconds,
            duration=options.backtest_seconds,
            statistics_lag=0,
            list_lag=options.list_lag,
            fails_after=failing_share(build.strategy.failure),
        )
        name = f"{optimization.name} {number + 1}"
        node = nodes[number % len(nodes)]
        backtest = Backtest(world.hex_id(), name, NOTE, optimization.created, parameters, build, node, line)
        backtest.optimization = optimization.id
        backtests.append(backtest)
    return backtests


def _optimization(call: Call) -> Optimization:
    number = call.arguments.text("optimizationId")
    if number not in call.world.optimizations:
        raise ApiFailure("Optimization not found")
    return call.world.optimizations[number]


def _stop(world: World, optimization: Optimization) -> None:
    before = _cost(world, optimization)
    phases = _phases(world, optimization)
    optimization.backtests = [backtest for backtest, phase in phases if phase is not None and phase.completed]
    for backtest, phase in phases:
        if phase is None or not phase.completed:
            optimization.project.backtests.pop(backtest.id, None)
            optimization.aborted = True
    world.credit += before - _cost(world, optimization)


def _phases(world: World, optimization: Optimization) -> list[tuple[Backtest, Phase | None]]:
    """Each backtest that nobody has deleted, and how far it is; None before a node was free for it."""
    now = world.clock.now()
    return [
        (backtest, backtest_phase(backtest.timeline, now) if now >= backtest.timeline.created else None)
        for backtest in optimization.backtests
        if backtest.id in optimization.project.backtests
    ]


def _status(world: World, optimization: Optimization) -> str:
    if optimization.aborted:
        return "aborted"
    phases = [phase for _, phase in _phases(world, optimization)]
    if all(phase is not None and phase.completed for phase in phases):
        return "completed"
    return "running" if any(phase is not None and phase.progress > 0 for phase in phases) else "new"


def _cost(world: World, optimization: Optimization) -> float:
    return optimization.plan.cost(len(optimization.backtests), world.options.backtest_seconds)


def _results(world: World, optimization: Optimization) -> list[Figures]:
    """Figures of the backtests that have some."""
    phases = _phases(world, optimization)
    return [world.result(backtest).figures for backtest, phase in phases if phase and phase.has_statistics]


def _criterion(plan: Plan) -> dict[str, Any]:
    return {"target": plan.target, "extremum": plan.extremum, "targetValue": plan.target_value}


def _summary(world: World, optimization: Optimization) -> dict[str, Any]:
    """What lists show; the figures are the best backtest's."""
    plan = optimization.plan
    best = plan.best(_results(world, optimization))
    return {
        "optimizationId": optimization.id,
        "projectId": optimization.project.id,
        "name": optimization.name,
        "status": _status(world, optimization),
        "nodeType": plan.node_type,
        "criterion": _criterion(plan),
        "created": optimization.created,
        "psr": round(best.probabilistic_sharpe, 6) if best else None,
        "sharpeRatio": round(best.sharpe, 6) if best else None,
        "trades": best.trades if best else None,
        "cloneId": None,
        "outOfSampleDays": 0,
        "outOfSampleMaxEndDate": None,
        "parameters": [axis.payload() for axis in plan.axes],
    }


def _item(world: World, backtest: Backtest, phase: Phase) -> dict[str, Any]:
    result = world.result(backtest) if phase.has_statistics else None
    start, end = span(backtest.compile.strategy)
    return {
        "id": backtest.id,
        "name": backtest.name,
        "progress": phase.progress,
        "exitCode": int(phase.completed and backtest.timeline.fails),
        "statistics": positional_statistics(result.figures) if result else [],
        "parameterSet": php_map(backtest.parameters),
        "equity": thinned(equity_candles(result.run), EQUITY_POINTS, CANDLE) if result else [],
        "startDate": f"{start} 00:00:00",
        "endDate": f"{end} 23:59:59",
        "outOfSampleDays": 0,
        "outOfSampleMaxEndDate": None,
    }


def _runtime_statistics(world: World, optimization: Optimization) -> dict[str, str]:
    """Counts and times as texts."""
    phases = _phases(world, optimization)
    ended = [backtest for backtest, phase in phases if phase is not None and phase.completed]
    begun = [backtest for backtest, phase in phases if phase is not None]
    failed = sum(backtest.timeline.fails for backtest in ended)
    seconds = sum(backtest.timeline.ends - backtest.timeline.created for backtest in ended)
    return {
        "Completed": str(len(ended) - failed),
        "Failed": str(failed),
        "Running": str(len(begun) - len(ended)),
        "In Queue": str(len(phases) - len(begun)),
        "Average Length": _duration(seconds / max(1, len(ended))),
        "Total Runtime": _duration(seconds),
        "Total": str(len(phases)),
        "Consumed": f"{optimization.plan.cost(1, seconds):.2f} QCC",
    }


def _duration(seconds: float) -> str:
    """hh:mm:ss."""
    whole = round(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


HANDLERS: dict[str, Handler] = {
    "optimizations/estimate": estimate,
    "optimizations/create": create,
    "optimizations/list": list_,
    "optimizations/read": read,
    "optimizations/update": update,
    "optimizations/abort": abort,
    "optimizations/delete": delete,
}
