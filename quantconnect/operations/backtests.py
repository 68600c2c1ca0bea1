"""Backtests: start, watch, keep, stop. What they leave behind is in `backtest_results`."""

from collections.abc import Mapping, Sequence

from quantconnect.endpoints.backtests import (
    CREATE_BACKTEST,
    DELETE_BACKTEST,
    LIST_BACKTESTS,
    READ_BACKTEST,
    UPDATE_BACKTEST,
    UPDATE_BACKTEST_TAGS,
)
from quantconnect.models.backtests import (
    Backtest,
    BacktestSummary,
    CreateBacktest,
    DeleteBacktest,
    ListBacktests,
    ReadBacktest,
    UpdateBacktest,
    UpdateBacktestTags,
)
from quantconnect.models.base import Scalar
from quantconnect.models.ids import BacktestId, CompileId, ProjectId
from quantconnect.operations.base import Call, call, nothing


def create(
    project_id: ProjectId,
    compile_id: CompileId,
    name: str,
    parameters: Mapping[str, Scalar] | None = None,
) -> Call[Backtest]:
    """Start a backtest of a finished compile. It occupies a node until it ends.

    Never repeated by itself once it may have been carried out (`error.maybe_carried_out`): look into `list` for
    the name before asking again, hence use names that are unique.

    `compile_id` is of a compile of this project in state BuildSuccess. `parameters` hold for this run only; without
    any, those of the project apply.

    Raises:
        NoSpareNodes: Nothing was started; wait until a backtest ends.
        CompileNotFound, BuildCacheMiss: Compile again.
        QuotaExceeded: Of backtests per day.
    Source: API reference, Create Backtest; community reports for the refusals.
    """
    query = CreateBacktest(
        project_id=project_id,
        compile_id=compile_id,
        backtest_name=name,
        parameters=dict(parameters) if parameters else None,
    )
    return call(CREATE_BACKTEST, query, lambda reply: reply.backtest)


def read(project_id: ProjectId, backtest_id: BacktestId) -> Call[Backtest]:
    """One backtest in full. Whether its statistics are complete says `results.verdict`.

    Raises:
        NotFound: Deleted, never made, or so new that it is not visible yet.
    Source: API reference, Read Backtest.
    """
    return call(READ_BACKTEST, ReadBacktest(project_id=project_id, backtest_id=backtest_id), lambda r: r.backtest)


def list_(project_id: ProjectId, *, include_statistics: bool = False) -> Call[list[BacktestSummary]]:
    """All backtests of a project with status and progress: one request looks after all that run.

    Source: API reference, List Backtests.
    """
    query = ListBacktests(project_id=project_id, include_statistics=include_statistics)
    return call(LIST_BACKTESTS, query, lambda reply: reply.backtests)


def update(
    project_id: ProjectId, backtest_id: BacktestId, *, name: str | None = None, note: str | None = None
) -> Call[None]:
    """Rename a backtest, or put a note to it.

    Source: API reference, Update Backtest.
    """
    query = UpdateBacktest(project_id=project_id, backtest_id=backtest_id, name=name, note=note)
    return call(UPDATE_BACKTEST, query, nothing)


def update_tags(project_id: ProjectId, backtest_id: BacktestId, tags: Sequence[str]) -> Call[None]:
    """Replace all tags of a backtest; `list` shows them.

    Source: LEAN, Api.cs, UpdateBacktestTags.
    """
    query = UpdateBacktestTags(project_id=project_id, backtest_id=backtest_id, tags=[*tags])
    return call(UPDATE_BACKTEST_TAGS, query, nothing)


def delete(project_id: ProjectId, backtest_id: BacktestId) -> Call[None]:
    """Delete a backtest. The only way to stop a running one; frees its node.

    Source: API reference, Delete Backtest; LEAN CLI for stopping.
    """
    return call(DELETE_BACKTEST, DeleteBacktest(project_id=project_id, backtest_id=backtest_id), nothing)
