"""`data/*`, `market/data/list`, `modules/*` and `services/terminal-news`: what the cloud has on its shelves.

A data file costs credit each time it is read. Source: the LEAN CLI's data, market, module and service clients, among
them that `data/list` answers HTTP 500 without a body when there is nothing under a prefix.
"""

from typing import Any

from emulator.call import Call, Handler
from emulator.catalogue import AGREEMENT, DATA_FILES, MARKET, MODULES, NEWS, data_file, price_of, prices
from emulator.downloads import Download
from emulator.envelope import ApiFailure
from emulator.routes.projects import check_organization


def list_data(call: Call) -> dict[str, Any]:
    """Paths of the data files under a prefix."""
    prefix = call.arguments.text("filePath").strip("/")
    found = [path for path in DATA_FILES if path.startswith(prefix)]
    if not found:
        call.status, call.enveloped = 500, False
        return {}
    return {"objects": found}


def read_data(call: Call) -> dict[str, Any]:
    """A link to a data file, paid from the organization's credit (own words if there is no such file)."""
    check_organization(call)
    if call.arguments.text("format") != "link":
        raise ApiFailure("Invalid or missing parameter: format")
    path = call.arguments.text("filePath").strip("/")
    if path not in DATA_FILES:
        raise ApiFailure(f"Data file not found: {path[:200]}")
    cost = price_of(path)
    if call.world.credit < cost:
        raise ApiFailure("The organization does not have enough credit")
    call.world.credit -= cost
    link = call.world.downloads.offer(Download(path, data_file(path), "application/zip"))
    return {"link": link, "cost": cost, "balance": call.world.credit}


def read_prices(call: Call) -> dict[str, Any]:
    """What data files cost, by a pattern of their paths, and what a buyer agrees to."""
    check_organization(call)
    return {"prices": prices(), "agreement": AGREEMENT, "datasources": {}}


def list_market(_call: Call) -> dict[str, Any]:
    """The data sets on sale."""
    return {"list": list(MARKET)}


def list_modules(call: Call) -> dict[str, Any]:
    """Files of a product's module; none for an unknown product."""
    check_organization(call)
    return {"files": list(MODULES.get(call.arguments.integer("productId"), ()))}


def read_module(call: Call) -> dict[str, Any]:
    """A link to a file of a module (own words if there is no such file)."""
    check_organization(call)
    name = call.arguments.text("fileName")
    if name not in MODULES.get(call.arguments.integer("productId"), ()):
        raise ApiFailure(f"Module file not found: {name[:200]}")
    content = f"Module {name} of the qcjobs emulator: nothing in here runs.\n".encode()
    return {"url": call.world.downloads.offer(Download(name, content, "application/octet-stream"))}


def read_news(_call: Call) -> dict[str, Any]:
    """The news that the terminal shows."""
    return {"news": list(NEWS)}


HANDLERS: dict[str, Handler] = {
    "data/list": list_data,
    "data/read": read_data,
    "data/prices": read_prices,
    "market/data/list": list_market,
    "modules/list": list_modules,
    "modules/read": read_module,
    "services/terminal-news": read_news,
}
