"""`/emulator/*`: the emulator's own endpoints, for tests and curious people. Unsigned; they bind to loopback.

GET journal · POST reset · GET, POST, DELETE faults · GET state · POST live · POST nodes.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.deployment import Status
from emulator.faults import parse
from emulator.passage import Emulator
from emulator.routes import ENDPOINTS
from emulator.world import World

ENDINGS: Final = (Status.STOPPED, Status.LIQUIDATED, Status.RUNTIME_ERROR, Status.DEPLOY_ERROR)
"""How POST live can end a deployment."""


def routes(emulator: Emulator) -> list[Route]:
    """The routes that look into this emulator and steer it."""

    async def journal(_request: Request) -> Response:
        return JSONResponse({"requests": emulator.journal.payload()})

    async def reset(_request: Request) -> Response:
        emulator.reset()
        return JSONResponse({"success": True})

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            emulator.faults.clear()
        if request.method == "POST":
            try:
                values = json.loads(await request.body())
                emulator.faults.add(parse(values if isinstance(values, dict) else {}, ENDPOINTS))
            except ValueError as error:
                return JSONResponse({"success": False, "error": str(error)}, 400)
        return JSONResponse({"success": True, "faults": emulator.faults.payload()})

    async def state(_request: Request) -> Response:
        return JSONResponse(_counts(emulator.world))

    return [
        Route("/emulator/journal", journal, methods=["GET"]),
        Route("/emulator/reset", reset, methods=["POST"]),
        Route("/emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/emulator/state", state, methods=["GET"]),
        Route("/emulator/live", _steering(emulator, _end_deployment), methods=["POST"]),
        Route("/emulator/nodes", _steering(emulator, _change_nodes), methods=["POST"]),
    ]


def _steering(emulator: Emulator, change: Callable[[World, Any], None]) -> Callable[[Request], Awaitable[Response]]:
    """A handler that changes the world as a request says, or answers 400 with what is wrong."""

    async def steer(request: Request) -> Response:
        try:
            change(emulator.world, json.loads(await request.body()))
        except ValueError as error:
            return JSONResponse({"success": False, "error": str(error)}, 400)
        return JSONResponse({"success": True})

    return steer


def _change_nodes(world: World, values: Any) -> None:
    """`{"count": 3}`: so many backtest nodes; `{"taken": 2, "seconds": 30}`: people run something on two free ones.

    Raises:
        ValueError: Something else was asked; the text says what may be.
    """
    known = values if isinstance(values, dict) else {}
    count, taken, seconds = known.get("count"), known.get("taken", 0), known.get("seconds", 60)
    counts = (0 if count is None else count, taken)
    whole = all(type(value) is int and 0 <= value <= 1000 for value in counts)
    if not known or set(known) - {"count", "taken", "seconds"} or not whole or not isinstance(seconds, int | float):
        raise ValueError("give count, or taken and seconds: whole numbers from 0 to 1000")
    if count is not None:
        world.set_backtest_nodes(count)
    world.take_nodes(taken, float(seconds))


def _counts(world: World) -> dict[str, int]:
    return {
        "nodes": len(world.backtest_nodes),
        "busy_nodes": sum(map(world.is_busy, world.backtest_nodes)),
        "running_backtests": world.running_backtests(),
        "projects": len(world.projects),
        "compiles": sum(len(project.compiles) for project in world.projects.values()),
        "backtests": sum(len(project.backtests) for project in world.projects.values()),
        "live_nodes": len(world.live_nodes),
        "busy_live_nodes": sum(map(world.is_busy, world.live_nodes)),
        "deployments": len(world.deployments),
        "stored_objects": len(world.store.objects),
    }


def _end_deployment(world: World, values: Any) -> None:
    """End a deployment as if from outside: a crash, a refused login, somebody who stops it on the web page.

    Raises:
        ValueError: An unknown deployment, or a status that is no ending; the text says which.
    """
    known = values if isinstance(values, dict) else {}
    deployment = world.deployments.get(str(known.get("deployId")))
    if deployment is None:
        raise ValueError("give the deployId of a deployment")
    if known.get("status") not in ENDINGS:
        raise ValueError(f"status must be one of {', '.join(ENDINGS)}")
    world.end_deployment(deployment, Status(known["status"]), str(known.get("message", "")))
