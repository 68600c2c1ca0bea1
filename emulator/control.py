"""`/emulator/*`: the emulator's own endpoints, for tests and curious people. Unsigned; they bind to loopback.

GET journal · POST reset · GET, POST, DELETE faults · GET state · POST live.
"""

import json
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

    async def live(request: Request) -> Response:
        try:
            _end_deployment(emulator.world, json.loads(await request.body()))
        except ValueError as error:
            return JSONResponse({"success": False, "error": str(error)}, 400)
        return JSONResponse({"success": True})

    return [
        Route("/emulator/journal", journal, methods=["GET"]),
        Route("/emulator/reset", reset, methods=["POST"]),
        Route("/emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/emulator/state", state, methods=["GET"]),
        Route("/emulator/live", live, methods=["POST"]),
    ]


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
