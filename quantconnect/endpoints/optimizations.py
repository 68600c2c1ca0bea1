"""Optimizations."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.optimizations import (
    CreatedOptimization,
    CreateOptimization,
    EstimateOptimization,
    EstimateReply,
    ListOptimizations,
    OfOptimization,
    OptimizationReply,
    Optimizations,
    RenameOptimization,
)

_PAGES = REFERENCE + "optimization-management/"

ESTIMATE_OPTIMIZATION = Endpoint(
    "optimizations/estimate",
    EstimateOptimization,
    EstimateReply,
    repeatable=True,
    source=_PAGES + "estimate-optimization-cost",
)
# Twice pays twice.
CREATE_OPTIMIZATION = Endpoint(
    "optimizations/create",
    CreateOptimization,
    CreatedOptimization,
    repeatable=False,
    source=_PAGES + "create-optimization",
)
READ_OPTIMIZATION = Endpoint(
    "optimizations/read", OfOptimization, OptimizationReply, repeatable=True, source=_PAGES + "read-optimization"
)
LIST_OPTIMIZATIONS = Endpoint(
    "optimizations/list", ListOptimizations, Optimizations, repeatable=True, source=_PAGES + "list-optimization"
)
RENAME_OPTIMIZATION = Endpoint(
    "optimizations/update", RenameOptimization, Done, repeatable=True, source=_PAGES + "update-optimization"
)
ABORT_OPTIMIZATION = Endpoint(
    "optimizations/abort", OfOptimization, Done, repeatable=True, source=_PAGES + "abort-optimization"
)
# The second time there is nothing to delete.
DELETE_OPTIMIZATION = Endpoint(
    "optimizations/delete", OfOptimization, Done, repeatable=False, source=_PAGES + "delete-optimization"
)
