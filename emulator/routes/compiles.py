"""`compile/*`: take the project's files as they are now, and say later whether they build.

A failed build is a successful request; the reasons are in `logs`. Ids stay valid when the project changes.
Source: QuantConnect API definition; LEAN's API tests; form of the log lines: documentation samples and community.
"""

from itertools import groupby
from typing import Any

from emulator.call import Call, Handler
from emulator.envelope import COMPILE_NOT_FOUND, ApiFailure
from emulator.inspection import inspect
from emulator.journal import Created
from emulator.lean import ENGINE
from emulator.strategy import Strategy
from emulator.transitions import compile_state
from emulator.world import Compile


def create(call: Call) -> dict[str, Any]:
    """Ask for a build of the project's files and those of its libraries.

    Every request makes a new one, even of the same files.
    """
    project, world = call.project(), call.world
    files = project.files | world.library_files(project)
    sources = {name: file.content for name, file in files.items()}
    compile_id = f"{world.hex_id()}-{world.hex_id()}"
    ready = call.clock.now() + call.options.compile_seconds
    build = Compile(compile_id, sources, inspect(project.language, sources), ready)
    project.compiles[build.id] = build
    call.created = Created("compile", build.id, project.name)
    return {
        "compileId": build.id,
        "state": _state(call, build),
        "projectId": project.id,
        "parameters": _parameters(build.strategy),
        "signature": build.signature,
        "signatureOrder": sorted(name for name in sources if name.endswith((".py", ".cs"))),
    }


def read(call: Call) -> dict[str, Any]:
    """State of a build, and its log as soon as there is a verdict."""
    project = call.project()
    build = project.compile(call.arguments.text("compileId"))
    state = _state(call, build)
    if state == "InQueue":
        logs: list[str] = []
    elif build.strategy.build_errors:
        logs = list(build.strategy.build_errors)
    else:
        numbers = f"Project ID: {project.id}, with CompileID: {build.id}, Lean Version: {ENGINE}"
        logs = [f"Build Request Successful for {numbers}"]
    return {"compileId": build.id, "projectId": project.id, "state": state, "logs": logs}


def finished_build(call: Call) -> Compile:
    """The compile that a call names, if it can run; unknown, unfinished and failed ones are refused alike."""
    build = call.project().compile(call.arguments.text("compileId"))
    if _state(call, build) != "BuildSuccess":
        raise ApiFailure(COMPILE_NOT_FOUND)
    return build


def _state(call: Call, build: Compile) -> str:
    return compile_state(build.ready, call.clock.now(), builds=not build.strategy.build_errors)


def _parameters(strategy: Strategy) -> list[dict[str, Any]]:
    """Where the code asks for parameters, file by file."""
    return [
        {"file": file, "parameters": [{"line": use.line, "type": use.name} for use in uses]}
        for file, uses in groupby(strategy.parameters, key=lambda use: use.file)
    ]


HANDLERS: dict[str, Handler] = {"compile/create": create, "compile/read": read}
