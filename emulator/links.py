"""What lies behind links: a backtest's page, downloads that work once, and brokerages' login pages."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from emulator import downloads
from emulator.envelope import ApiFailure
from emulator.page import backtest_page
from emulator.passage import Emulator
from emulator.routes import authorizations
from emulator.transitions import backtest_phase

_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1></html>'


def routes(emulator: Emulator) -> list[Route]:
    """The routes behind this emulator's links. Unsigned, as a storage host's or a brokerage's are to us."""

    async def page(request: Request) -> Response:
        world = emulator.world
        try:
            project = world.project(request.path_params["project_id"])
            backtest = project.backtest(request.path_params["backtest_id"])
        except ApiFailure:
            return HTMLResponse(_PAGE.format("No such backtest"), 404)
        phase = backtest_phase(backtest.timeline, world.clock.now())
        result = world.result(backtest) if phase.has_statistics else None
        return HTMLResponse(backtest_page(project, backtest, phase, result))

    async def download(request: Request) -> Response:
        file = emulator.world.downloads.take(request.path_params["secret"])
        if file is None:
            return HTMLResponse(_PAGE.format("This link does not work, or no longer"), 404)
        return Response(file.content, media_type=file.mime)

    async def login(request: Request) -> Response:
        brokerage = request.path_params["brokerage"]
        if brokerage not in authorizations.BROKERAGES:
            return HTMLResponse(_PAGE.format("No such brokerage"), 404)
        emulator.world.authorized.add(brokerage)
        return HTMLResponse(_PAGE.format(f"Logged in at {escape(brokerage)}"))

    return [
        Route("/project/{project_id:int}/{backtest_id}", page, methods=["GET"]),
        Route(downloads.PATH + "/{secret}/{name}", download, methods=["GET"]),
        Route(authorizations.PATH + "/{brokerage}", login, methods=["GET"]),
    ]
