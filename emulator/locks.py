"""The lock that keeps two editors from writing to one project at once.

An editor names itself with a `codeSourceId`. Whoever acquires the lock takes it over from whoever had it. A write that
names another source is refused; a write that names none passes, which the LEAN CLI uses for `--force`.
Source: QuantConnect API definition; the official MCP server; the LEAN CLI, which looks for "write permission".
"""

from emulator.call import Call
from emulator.envelope import ApiFailure
from emulator.world import Project

REFUSED = "You do not have write permission: another code source holds the lock of this project."
"""Own words but for the two that clients look for."""


def writable_project(call: Call) -> Project:
    """The project that a call names, if its code source may write there."""
    project = call.project()
    source = call.arguments.optional_text("codeSourceId")
    if source and project.lock not in {None, source}:
        raise ApiFailure(REFUSED)
    return project
