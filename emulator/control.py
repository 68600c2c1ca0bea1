"""`/emulator/*`: the emulator's own endpoints, for tests and curious people. Unsigned; they bind to loopback.

GET journal · POST reset · GET, POST, DELETE faults · GET state.
"""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.faults import parse
from emulator.passage import Emulator
from emulator.routes import ENDPOINTS


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
        world = emulator.world
        return JSONResponse(
            {
                "nodes": len(world.backtest_nodes),
                "busy_nodes": sum(map(world.is_busy, world.backtest_nodes)),
                "running_backtests": world.running_backtests(),
                "projects": len(world.projects),
                "compiles": sum(len(project.compiles) for project in world.projects.values()),
                "backtests": sum(len(project.backtests) for project in world.projects.values()),
            }
        )

    return [
        Route("/emulator/journal", journal, methods=["GET"]),
        Route("/emulator/reset", reset, methods=["POST"]),
        Route("/emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/emulator/state", state, methods=["GET"]),
    ]
