"""`lean/*`: the engine versions and environments a project may choose.

Source: QuantConnect API definition (`versions`), the LEAN CLI (`environments`, read with GET).
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.lean import environments, versions


def read_versions(_call: Call) -> dict[str, Any]:
    """All LEAN versions."""
    return {"versions": versions()}


def read_environments(_call: Call) -> dict[str, Any]:
    """All environments."""
    return {"environments": environments()}


HANDLERS: dict[str, Handler] = {
    "lean/versions/read": read_versions,
    "lean/environments/read": read_environments,
}
