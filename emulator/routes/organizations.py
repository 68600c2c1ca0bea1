"""`organizations/*`: the one organization of the account, its nodes as products, and its encryption keys.

Source: the LEAN CLI, which alone uses these endpoints; LEAN's API tests (`organizations/read`).
"""

from collections import Counter
from typing import Any

from emulator.call import Call, Handler
from emulator.routes.account import USER_NAME
from emulator.routes.projects import check_organization
from emulator.world import Node

NAME = "Emulated organization"
TYPE = "Quant Researcher"


def list_(call: Call) -> dict[str, Any]:
    """All organizations of the user."""
    organization = {
        "id": call.options.organization_id,
        "name": NAME,
        "type": TYPE,
        "ownerName": USER_NAME,
        "members": 1,
        "preferred": True,
    }
    return {"organizations": [organization]}


def read(call: Call) -> dict[str, Any]:
    """One organization; without an id the user's own."""
    check_organization(call)
    world, options = call.world, call.options
    nodes = (("Backtest Nodes", world.backtest_nodes), ("Research Nodes", world.research_nodes))
    organization = {
        "id": options.organization_id,
        "name": NAME,
        "seats": 1,
        "type": TYPE,
        "credit": {"movements": [], "balance": round(world.credit, 2)},
        "products": [_product(*kind) for kind in (*nodes, ("Live Trading Nodes", world.live_nodes))],
        "data": {"signedTime": None, "current": False},
        "members": [{"id": options.user_id, "name": USER_NAME, "isAdmin": True, "email": "emulator@localhost"}],
        "objectStoreExportDerivative": options.object_downloads,
    }
    return {"organization": organization}


def list_encryption_keys(call: Call) -> dict[str, Any]:
    """The keys that projects are encrypted with. A project names a key by its hash; the key stays with the user."""
    check_organization(call)
    keys = dict.fromkeys(project.encryption_key for project in call.world.projects.values() if project.encryption_key)
    return {"keys": [{"name": key, "hash": key} for key in keys]}


def _product(name: str, nodes: list[Node]) -> dict[str, Any]:
    """Nodes are free here. The LEAN CLI looks up products by their names, modules by their numbers."""
    skus = Counter(node.sku for node in nodes)
    return {
        "name": name,
        "items": [
            {"productId": number, "name": sku, "quantity": quantity, "unitPrice": 0, "total": 0}
            for number, (sku, quantity) in enumerate(skus.items(), start=1)
        ],
    }


HANDLERS: dict[str, Handler] = {
    "organizations/list": list_,
    "organizations/read": read,
    "organizations/encryption/keys/list": list_encryption_keys,
}
