"""`backtests/*`: run a compile on a free node, watch it, rename it, delete it.

When all nodes are busy a create is refused, not queued. `completed` comes before the statistics. Deleting is the only
way to stop a run. Source: QuantConnect API definition; LEAN's and the official MCP server's tests; the LEAN CLI's
cloud runner (late statistics); community reports (refusal texts).
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.charts import CHARTS
from emulator.envelope import ApiFailure, php_map
from emulator.journal import Created
from emulator.results import NOTE, SUMMARY_FIELDS
from emulator.routes.compiles import finished_build
from emulator.synthetic import span
from emulator.transitions import Phase, backtest_phase, failing_share, timeline
from emulator.world import Backtest, Project, World


def create(call: Call) -> dict[str, Any]:
    """Start a backtest. Without parameters of its own it gets the project's."""
    project, world, options = call.project(), call.world, call.options
    build = finished_build(call)
    name = call.arguments.text("backtestName")
    parameters = call.arguments.mapping("parameters") or dict(project.parameters)
    node = world.spare_node(project)
    line = timeline(
        call.clock.now(),
        duration=options.backtest_seconds,
        statistics_lag=options.statistics_lag,
        list_lag=options.list_lag,
        fails_after=failing_share(build.strategy.failure),
    )
    backtest = Backtest(world.hex_id(), name, NOTE, call.clock.text(), parameters, build, node, line)
    world.occupy(node, project, line.ends)
    project.backtests[backtest.id] = backtest
    call.created = Created("backtest", backtest.id, name)
    return {"backtest": _backtest(world, project, backtest), "debugging": False}


def read(call: Call) -> dict[str, Any]:
    """Everything about one backtest, except chart points and orders, which have endpoints of their own."""
    project = call.project()
    backtest = project.backtest(call.arguments.text("backtestId"))
    return {"backtest": _backtest(call.world, project, backtest), "debugging": False}


def list_(call: Call) -> dict[str, Any]:
    """All backtests of a project, newest first; their numbers only on request."""
    project, now = call.project(), call.clock.now()
    with_statistics = call.arguments.flag("includeStatistics")
    visible = [backtest for backtest in project.backtests.values() if now >= backtest.timeline.listed_from]
    items = [_item(call.world, backtest, with_statistics=with_statistics) for backtest in reversed(visible)]
    return {"backtests": items, "count": len(items)}


def update(call: Call) -> dict[str, Any]:
    """Rename, or replace the note."""
    backtest = call.project().backtest(call.arguments.text("backtestId"))
    if "name" in call.arguments:
        backtest.name = call.arguments.text("name")
    note = call.arguments.optional_text("note")
    if note is not None:
        backtest.note = note
    return {}


def update_tags(call: Call) -> dict[str, Any]:
    """Replace all tags; an empty list removes them."""
    backtest = call.project().backtest(call.arguments.text("backtestId"))
    tags = call.arguments.items("tags")
    if not all(isinstance(tag, str) for tag in tags):
        raise ApiFailure("Invalid or missing parameter: tags")
    backtest.tags = list(dict.fromkeys(tags))
    return {}


def delete(call: Call) -> dict[str, Any]:
    """Delete, and stop if it runs. An unknown id is no error: the backtest is gone, as wanted (LEAN's API tests)."""
    project = call.project()
    backtest = project.backtests.pop(call.arguments.text("backtestId"), None)
    if backtest is not None:
        call.world.release(backtest)
    return {}


def _backtest(world: World, project: Project, backtest: Backtest) -> dict[str, Any]:
    phase = backtest_phase(backtest.timeline, world.clock.now())
    strategy = backtest.compile.strategy
    failure = strategy.failure if phase.completed else None
    result = world.result(backtest) if phase.has_statistics else None
    start, end = span(strategy)
    return {
        "backtestId": backtest.id,
        "projectId": project.id,
        "organizationId": world.options.organization_id,
        "name": backtest.name,
        "note": backtest.note,
        "synthetic": True,
        "created": backtest.created,
        "status": phase.status,
        "progress": phase.progress,
        "completed": phase.completed,
        "error": failure.message if failure else None,
        "stacktrace": failure.trace if failure else None,
        "hasInitializeError": bool(failure and failure.in_initialize),
        "optimizationId": backtest.optimization,
        "snapshotId": None,
        "nodeName": backtest.node.name,
        "backtestStart": f"{start} 00:00:00",
        "backtestEnd": f"{end} 23:59:59",
        "tradeableDates": result.tradeable_dates if result else 0,
        "researchGuide": {
            "minutes": 0,
            "backtestCount": len(project.backtests),
            "parameters": len(backtest.parameters),
        },
        "outOfSampleMaxEndDate": None,
        "outOfSampleDays": 0,
        "parameterSet": php_map(backtest.parameters),
        "charts": php_map({name: {"name": name} for name in CHARTS} if result else {}),
        "rollingWindow": php_map({}),
        "statistics": php_map(result.statistics if result else {}),
        "runtimeStatistics": result.runtime_statistics if result else None,
        "totalPerformance": result.total_performance if result else None,
        "serverStatistics": None,
        "analysis": [],
    }


def _item(world: World, backtest: Backtest, *, with_statistics: bool) -> dict[str, Any]:
    phase = backtest_phase(backtest.timeline, world.clock.now())
    return {
        "backtestId": backtest.id,
        "name": backtest.name,
        "created": backtest.created,
        "status": phase.status,
        "progress": phase.progress,
        "optimizationId": backtest.optimization,
        "snapshotId": None,
        "tradeableDates": world.result(backtest).tradeable_dates if phase.has_statistics else 0,
        "parameterSet": php_map(backtest.parameters),
        "parameters": len(backtest.parameters),
        "tags": list(backtest.tags),
        "securityTypes": "Equity",
        **_numbers(world, backtest, phase, wanted=with_statistics),
    }


def _numbers(world: World, backtest: Backtest, phase: Phase, *, wanted: bool) -> dict[str, Any]:
    if wanted and phase.has_statistics:
        return dict(world.result(backtest).summary)
    return dict.fromkeys(SUMMARY_FIELDS)


HANDLERS: dict[str, Handler] = {
    "backtests/create": create,
    "backtests/read": read,
    "backtests/list": list_,
    "backtests/update": update,
    "backtests/tags/update": update_tags,
    "backtests/delete": delete,
}
