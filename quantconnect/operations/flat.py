"""The methods that stand on the client itself: one call, one `QCResponse` (or, for `list_…`, the models).

For scripts that look at `success` in the place of catching errors. Each is made of the operations of the resources,
which have the whole breadth of the API and raise.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from quantconnect.brokerages import settings_for
from quantconnect.errors import InvalidSettings, NotFound, QuantConnectError
from quantconnect.models.backtests import BacktestSummary
from quantconnect.models.base import Model, Scalar
from quantconnect.models.brokerages import BrokerageSettings
from quantconnect.models.files import ProjectFile
from quantconnect.models.ids import BacktestId, CompileId, DeployId, NodeId, ProjectId
from quantconnect.models.live import LiveSummary
from quantconnect.models.projects import Project
from quantconnect.operations import backtests, compiles, files, live, live_results, projects
from quantconnect.operations.base import Call, Items, Procedure, Stream
from quantconnect.response import QCResponse

T = TypeVar("T")


def list_projects() -> Call[list[Project]]:
    """All projects but those in the recycle bin.

    Raises:
        QuantConnectError: A list has no place for a failure.
    Source: API reference, Read Project.
    """
    return projects.list_()


def get_project(project_id: int) -> Procedure[QCResponse]:
    """One project: `data["projects"][0]`.

    Source: API reference, Read Project.
    """
    return _answered(projects.read(ProjectId(project_id)))


def create_project(name: str, language: str = "Python") -> Procedure[QCResponse]:
    """Make a project with the default files: `data["projects"][0]["projectId"]`. The server may change the name.

    Args:
        name: May hold folders, as `research/rsi`.
        language: `Python` (`Py`) or `CSharp` (`C#`).
    Source: API reference, Create Project.
    """
    return _answered(projects.create(name, language))


def delete_project(project_id: int) -> Procedure[QCResponse]:
    """Move the project to the recycle bin.

    Source: API reference, Delete Project.
    """
    return _answered(projects.delete(ProjectId(project_id)))


def list_files(project_id: int) -> Call[list[ProjectFile]]:
    """All files with their content, those of attached libraries too.

    Raises:
        QuantConnectError: A list has no place for a failure.
    Source: API reference, Read File.
    """
    return files.read(ProjectId(project_id))


def get_file(project_id: int, file_name: str) -> Procedure[QCResponse]:
    """One file: `data["files"][0]["content"]`.

    Source: API reference, Read File.
    """
    return _answered(files.read_one(ProjectId(project_id), file_name))


def create_file(project_id: int, name: str, content: str) -> Procedure[QCResponse]:
    """Give a file this content whether it exists or not: a new project has a `main.py` from the start.

    Source: API reference, Update File and Create File.
    """
    project = ProjectId(project_id)
    return _written(files.update(project, name, content), files.create(project, name, content))


def update_file(project_id: int, name: str, content: str) -> Procedure[QCResponse]:
    """Replace the content of a file that exists.

    Source: API reference, Update File.
    """
    return _answered(files.update(ProjectId(project_id), name, content))


def delete_file(project_id: int, name: str) -> Procedure[QCResponse]:
    """Delete a file.

    Source: API reference, Delete File.
    """
    return _answered(files.delete(ProjectId(project_id), name))


def compile_project(project_id: int) -> Procedure[QCResponse]:
    """Compile the project as it is now: `data["compileId"]`.

    Source: API reference, Create Compilation Job.
    """
    return _answered(compiles.create(ProjectId(project_id)))


def get_compile_status(project_id: int, compile_id: str) -> Procedure[QCResponse]:
    """How far a compile is: `data["state"]` is `InQueue`, `BuildSuccess` or `BuildError`, `data["logs"]` says why.

    Source: API reference, Read Compilation Result.
    """
    return _answered(compiles.read(ProjectId(project_id), CompileId(compile_id)))


def create_backtest(
    project_id: int, compile_id: str, name: str, parameters: Mapping[str, Scalar] | None = None
) -> Procedure[QCResponse]:
    """Start a backtest of a finished compile: `data["backtest"]["backtestId"]`. It occupies a node until it ends.

    `parameters` hold for this run only; without any, those of the project apply.

    Source: API reference, Create Backtest.
    """
    return _answered(backtests.create(ProjectId(project_id), CompileId(compile_id), name, parameters))


def get_backtest(project_id: int, backtest_id: str) -> Procedure[QCResponse]:
    """One backtest with what came out so far: `data["backtest"]`.

    Source: API reference, Read Backtest.
    """
    return _answered(backtests.read(ProjectId(project_id), BacktestId(backtest_id)))


def list_backtests(project_id: int) -> Call[list[BacktestSummary]]:
    """All backtests of a project with status, progress and the usual numbers.

    Raises:
        QuantConnectError: A list has no place for a failure.
    Source: API reference, List Backtests.
    """
    return backtests.list_(ProjectId(project_id), include_statistics=True)


def delete_backtest(project_id: int, backtest_id: str) -> Procedure[QCResponse]:
    """Delete a backtest. The only way to stop a running one; frees its node.

    Source: API reference, Delete Backtest.
    """
    return _answered(backtests.delete(ProjectId(project_id), BacktestId(backtest_id)))


def create_live_algorithm(
    project_id: int,
    compile_id: str,
    node_id: str,
    brokerage: str | BrokerageSettings,
    brokerage_data: Mapping[str, object] | None = None,
    *,
    data_providers: Sequence[BrokerageSettings] = (),
    version_id: str = "-1",
    automatic_redeploy: bool = False,
    parameters: Mapping[str, Scalar] | None = None,
) -> Procedure[QCResponse]:
    """Deploy a finished compile on a live node: `data["deployId"]`.

    Never repeated by itself once it may have been carried out: look into `list_live_algorithms` before asking again.

    Args:
        project_id: Of a project that does not trade yet.
        compile_id: Of a compile of this project in state BuildSuccess.
        node_id: Of a live node that is free.
        brokerage: And `brokerage_data`: see `settings_for`. A setting that is missing or wrong is named with status
            400, and nothing is sent.
        brokerage_data: What is missing is looked for in the environment.
        data_providers: In order of preference; QuantConnect's own data if none are given.
        version_id: Of LEAN; -1 is the newest.
        automatic_redeploy: Start again by itself after a crash.
        parameters: Instead of the project's.
    Source: API reference, Create Live Algorithm.
    """
    try:
        settings = settings_for(brokerage, brokerage_data)
    except InvalidSettings as error:
        return _refused(error)
    ask = live.create(
        ProjectId(project_id),
        CompileId(compile_id),
        NodeId(node_id),
        settings,
        data_providers=data_providers,
        version_id=version_id,
        automatic_redeploy=automatic_redeploy,
        parameters=parameters,
    )
    return _answered(ask)


def get_live_algorithm(project_id: int, deploy_id: str | None = None) -> Procedure[QCResponse]:
    """A deployment, the project's latest unless another is named: `data["status"]`.

    Source: API reference, Read Live Algorithm.
    """
    return _answered(live.read(ProjectId(project_id), None if deploy_id is None else DeployId(deploy_id)))


def list_live_algorithms(project_id: int | None = None) -> Call[list[LiveSummary]]:
    """All deployments of the account, or of one project.

    Raises:
        QuantConnectError: A list has no place for a failure.
    Source: API reference, List Live Algorithms.
    """
    return live.list_(None if project_id is None else ProjectId(project_id))


def stop_live_algorithm(project_id: int) -> Procedure[QCResponse]:
    """Stop the project's algorithm; what it holds stays at the brokerage.

    Source: API reference, Stop Live Algorithm.
    """
    return _answered(live.stop(ProjectId(project_id)))


def liquidate_live_algorithm(project_id: int) -> Procedure[QCResponse]:
    """Sell everything that the project's algorithm holds, and stop it.

    Source: API reference, Liquidate Live Portfolio.
    """
    return _answered(live.liquidate(ProjectId(project_id)))


def get_orders(project_id: int) -> Procedure[QCResponse]:
    """All orders of the project's live algorithm: `data["orders"]`, as of the last snapshot.

    Source: API reference, Read Live Orders.
    """
    return _listed("orders", live_results.iterate_orders(ProjectId(project_id)))


def get_holdings(project_id: int) -> Procedure[QCResponse]:
    """What the project's live algorithm holds: `data["portfolio"]["holdings"]` by the security's id, and `["cash"]`.

    Keys of a holding: `q` quantity, `a` average price, `p` price, `v` value, `u` unrealized profit, `up` the same in
    percent.

    Source: API reference, Read Live Portfolio.
    """
    return _answered(live.read_portfolio(ProjectId(project_id)))


def _reply(ask: Call[Any]) -> Procedure[Model]:
    """The reply itself, after the operation has found in it what it looks for."""

    def checked(reply: Model) -> Model:
        ask.result(reply)
        return reply

    return (yield from Call(ask.endpoint, ask.query, checked))


def _answered(ask: Call[Any]) -> Procedure[QCResponse]:
    try:
        return QCResponse.from_answer((yield from _reply(ask)))
    except QuantConnectError as error:
        return QCResponse.from_error(error)


def _written(update: Call[None], create: Call[None]) -> Procedure[QCResponse]:
    try:
        return QCResponse.from_answer((yield from _reply(update)))
    except NotFound:
        return (yield from _answered(create))
    except QuantConnectError as error:
        return QCResponse.from_error(error)


def _refused(error: QuantConnectError) -> Procedure[QCResponse]:
    """A no, for which nobody needs to be asked."""
    yield from ()
    return QCResponse.from_error(error)


def _listed(name: str, stream: Stream[Model]) -> Procedure[QCResponse]:
    """All pages as if they were one answer."""
    try:
        found = yield from _collected(stream)
    except QuantConnectError as error:
        return QCResponse.from_error(error)
    plain = [item.model_dump(mode="json", by_alias=True, exclude_unset=True) for item in found]
    return QCResponse(success=True, data={name: plain, "length": len(plain)})


def _collected(stream: Stream[T]) -> Procedure[list[T]]:
    """All results of a stream at once."""
    found: list[T] = []
    try:
        step = next(stream)
        while True:
            if isinstance(step, Items):
                found += step.items
                step = next(stream)
                continue
            try:
                answer = yield step
            except QuantConnectError as error:
                step = stream.throw(error)
            else:
                step = stream.send(answer)
    except StopIteration:
        return found
