"""Looks at what a deployment needs before anybody is asked. Finds, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.brokerages import PAPER, Deploy, environment_of, resolve
from orchestrator.errors import WrongUse
from orchestrator.jobs import bundle_hash
from orchestrator.runtime import Runtime
from orchestrator.sources import Source
from orchestrator.submission import checked_project, source_of
from quantconnect import InvalidSettings, QuantConnectError
from quantconnect.models.compiles import Compile
from quantconnect.models.ids import ProjectId
from quantconnect.models.nodes import Node


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    ok: bool
    what: str  #: in words; what to do where it is not


def good(what: str) -> Check:
    """It is as it should be."""
    return Check(ok=True, what=what)


def bad(what: str) -> Check:
    """It is not."""
    return Check(ok=False, what=what)


def examine(runtime: Runtime, source: str, project_id: int | None, wanted: Deploy) -> list[Check]:
    """Look at source, brokerage, credentials, project and node. Never raises for what it finds.

    Costs two requests where the project is known, one where it is not.
    """
    brokerage = _brokerage(runtime, wanted)
    try:
        found = source_of(runtime.settings, source)
        project = found.project_id if project_id is None else checked_project(project_id)
    except WrongUse as error:
        return [bad(f"source: {error}"), brokerage]
    checks = [good(f"source: {found.label} ({_size(found)})"), brokerage]
    try:
        checks += _in_the_cloud(runtime, found, project, wanted)
    except QuantConnectError as error:
        checks.append(bad(f"QuantConnect: {error}"))
    return checks


def _size(source: Source) -> str:
    count = None if source.files is None else len(source.files)
    return "as it stands" if count is None else f"{count} file{'' if count == 1 else 's'}"


def _brokerage(runtime: Runtime, wanted: Deploy) -> Check:
    try:
        resolve(runtime.settings, wanted)
        money = "paper money" if environment_of(runtime.settings, wanted.brokerage) == PAPER else "real money"
    except InvalidSettings as error:
        return bad(f"brokerage: {error.message}")
    return good(f"brokerage: {wanted.brokerage}, {money}, every key is there")


def _in_the_cloud(runtime: Runtime, source: Source, project: ProjectId | None, wanted: Deploy) -> Iterator[Check]:
    if project is None:
        if not runtime.api.authenticate():
            yield bad("credentials: QuantConnect refuses them")
            return
        yield good("credentials: QuantConnect accepts them")
        yield good("project: one is made for it; its code is compiled first")
        return
    trading = next((one for one in runtime.api.live.list(project) if not one.ended), None)
    yield good("credentials: QuantConnect accepts them")
    if trading is not None:
        what = f"project {project} runs live already ({trading.deploy_id}, {trading.status}): stop it first"
        yield bad(f"project: {what}")
    else:
        yield good(f"project: {project}, nothing of it trades")
    yield good(f"compile: {_compile(runtime, source, project)}")
    nodes = runtime.api.projects.nodes.read(project).nodes.live
    free = [node for node in nodes if not node.busy]
    if wanted.node_id is not None and wanted.node_id not in {node.id for node in free}:
        yield bad(f"node: {wanted.node_id} is not among the free live nodes ({_names(free)})")
    elif not free:
        yield bad(f"node: none of the {len(nodes)} live nodes is free: stop an algorithm, or add a node")
    else:
        yield good(f"node: {wanted.node_id or f'any of {len(free)} that are free'}")


def _names(nodes: Sequence[Node]) -> str:
    return ", ".join(str(node.id) for node in nodes) or "there are none"


def _compile(runtime: Runtime, source: Source, project: ProjectId) -> str:
    if source.files is not None:
        with runtime.ledger.reading() as tables:
            known = tables.projects.compile_of(runtime.account, project, bundle_hash(source.files))
        if known is not None and Compile(state=known.state).succeeded:
            return "a good one of this code is known"
    return "the code is compiled first"
