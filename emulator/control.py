"""`/emulator/*`: the emulator's own endpoints, for tests and curious people. Unsigned; they bind to loopback.

GET journal · POST reset · GET, POST, DELETE faults · GET state. And the page behind a backtest's link.
"""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from emulator.envelope import ApiFailure
from emulator.faults import parse
from emulator.page import backtest_page, finished_run
from emulator.passage import Emulator
from emulator.routes import ENDPOINTS
from emulator.transitions import backtest_phase


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

    async def page(request: Request) -> Response:
        world = emulator.world
        try:
            project = world.project(request.path_params["project_id"])
            backtest = project.backtest(request.path_params["backtest_id"])
        except ApiFailure:
            return HTMLResponse("<!doctype html><title>Not found</title><h1>No such backtest</h1>", 404)
        phase = backtest_phase(backtest.timeline, world.clock.now())
        finished = finished_run(world, backtest) if phase.has_statistics else (None, None)
        return HTMLResponse(backtest_page(project, backtest, phase, *finished))

    return [
        Route("/project/{project_id:int}/{backtest_id}", page, methods=["GET"]),
        Route("/emulator/journal", journal, methods=["GET"]),
        Route("/emulator/reset", reset, methods=["POST"]),
        Route("/emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/emulator/state", state, methods=["GET"]),
    ]
