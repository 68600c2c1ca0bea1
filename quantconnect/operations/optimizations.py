"""Optimizations. They cost credit."""

from collections.abc import Sequence
from typing import Literal

from quantconnect.endpoints.optimizations import (
    ABORT_OPTIMIZATION,
    CREATE_OPTIMIZATION,
    DELETE_OPTIMIZATION,
    ESTIMATE_OPTIMIZATION,
    LIST_OPTIMIZATIONS,
    READ_OPTIMIZATION,
    RENAME_OPTIMIZATION,
)
from quantconnect.errors import UnexpectedResponse
from quantconnect.models.ids import CompileId, OptimizationId, ProjectId
from quantconnect.models.optimizations import (
    SHARPE_RATIO,
    CreateOptimization,
    Estimate,
    EstimateOptimization,
    EstimateReply,
    Fix,
    ListOptimizations,
    OfOptimization,
    Optimization,
    OptimizationSummary,
    RenameOptimization,
    Require,
    Target,
    Vary,
)
from quantconnect.operations.base import Call, call, nothing


def estimate(
    project_id: ProjectId,
    name: str,
    parameters: Sequence[Vary | Fix],
    *,
    compile_id: CompileId | None = None,
    target: Target = SHARPE_RATIO,
    target_to: Literal["min", "max"] = "max",
    target_value: float | None = None,
    constraints: Sequence[Require] = (),
) -> Call[Estimate]:
    """How long an optimization would take and what it would leave of the credit; see `create` for the arguments.

    Source: API reference, Estimate Optimization Cost.
    """
    query = EstimateOptimization(
        project_id=project_id,
        name=name,
        target=target,
        target_to=target_to,
        target_value=target_value,
        compile_id=compile_id,
        parameters=[*parameters],
        constraints=[*constraints],
    )
    return call(ESTIMATE_OPTIMIZATION, query, _estimate)


def _estimate(reply: EstimateReply) -> Estimate:
    if reply.estimate is None:
        raise UnexpectedResponse("QuantConnect answered without an estimate.", excerpt="no field `estimate`")
    return reply.estimate


def create(
    project_id: ProjectId,
    compile_id: CompileId,
    name: str,
    parameters: Sequence[Vary | Fix],
    *,
    estimated_cost: float,
    node_type: Literal["O2-8", "O4-12", "O8-16"],
    parallel_nodes: int,
    target: Target = SHARPE_RATIO,
    target_to: Literal["min", "max"] = "max",
    target_value: float | None = None,
    constraints: Sequence[Require] = (),
) -> Call[OptimizationSummary]:
    """Run a backtest for each point of the grid.

    Never repeated by itself once it may have been carried out (`error.maybe_carried_out`): look into `list` for
    the name before asking again.

    Args:
        project_id: Of a project with at least one successful backtest.
        compile_id: Of a compile of this project in state BuildSuccess.
        name: Unique, so that it can be found.
        parameters: What to try; the grid has every combination.
        estimated_cost: In QCC, as `estimate` told; the LEAN CLI sends 0.01 when it is not known.
        node_type: With 2, 4 or 8 cores.
        parallel_nodes: From 1 to 24.
        target: What is to become large or small.
        target_to: `max` or `min`.
        target_value: Stop when this is reached.
        constraints: What a backtest must fulfil to count.

    Raises:
        InvalidRequest: The credit or the tier does not suffice, or no backtest of the project has succeeded.
    Source: API reference, Create Optimization; LEAN CLI, optimization client.
    """
    query = CreateOptimization(
        project_id=project_id,
        name=name,
        target=target,
        target_to=target_to,
        target_value=target_value,
        compile_id=compile_id,
        parameters=[*parameters],
        constraints=[*constraints],
        estimated_cost=estimated_cost,
        node_type=node_type,
        parallel_nodes=parallel_nodes,
    )
    return call(CREATE_OPTIMIZATION, query, lambda reply: reply.optimizations[0])


def read(optimization_id: OptimizationId) -> Call[Optimization]:
    """An optimization with the numbers of all its backtests.

    Raises:
        NotFound: No such optimization.
    Source: API reference, Read Optimization.
    """
    return call(READ_OPTIMIZATION, OfOptimization(optimization_id=optimization_id), lambda r: r.optimization)


def list_(project_id: ProjectId) -> Call[list[OptimizationSummary]]:
    """All optimizations of a project.

    Source: API reference, List Optimization.
    """
    return call(LIST_OPTIMIZATIONS, ListOptimizations(project_id=project_id), lambda reply: reply.optimizations)


def update(optimization_id: OptimizationId, name: str) -> Call[None]:
    """Rename an optimization.

    Source: API reference, Update Optimization.
    """
    return call(RENAME_OPTIMIZATION, RenameOptimization(optimization_id=optimization_id, name=name), nothing)


def abort(optimization_id: OptimizationId) -> Call[None]:
    """Stop an optimization; what has finished stays.

    Source: API reference, Abort Optimization.
    """
    return call(ABORT_OPTIMIZATION, OfOptimization(optimization_id=optimization_id), nothing)


def delete(optimization_id: OptimizationId) -> Call[None]:
    """Delete an optimization.

    Source: API reference, Delete Optimization.
    """
    return call(DELETE_OPTIMIZATION, OfOptimization(optimization_id=optimization_id), nothing)
