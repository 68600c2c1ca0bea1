"""`live/*`: deploy a compile to a free live node, list and read deployments, stop, liquidate.

A project has one deployment at a time; stop and liquidate name the project. Asking again for what has already
happened succeeds and changes nothing. Source: QuantConnect API definition; LEAN's and the official MCP server's live
tests; LEAN's converter tests (what `live/read` leaves out before the algorithm runs). Refusal texts are own words.
"""

import math
from typing import Any

from emulator.brokerages import Account, check_data_providers, open_account
from emulator.call import Call, Handler
from emulator.deployment import FAULT_STEPS, LISTED, LOGIN_SHARE, PRICE_STEPS, Deployment, Ending, Status
from emulator.envelope import COMPILE_NOT_FOUND, ApiFailure, php_map
from emulator.journal import Created
from emulator.lean import MASTER_VERSION
from emulator.live_charts import LIVE_CHARTS
from emulator.results import NOTE
from emulator.synthetic import DEFAULT_SYMBOLS, MAX_SYMBOLS, fingerprint
from emulator.tape import Tape
from emulator.transitions import compile_state
from emulator.world import Compile, Node, World

LOGIN_REFUSED = "The brokerage refused the login; check the credentials."

_BEFORE_RUNNING = (Status.IN_QUEUE, Status.LOGGING_IN, Status.INITIALIZING, Status.DEPLOY_ERROR)


def create(call: Call) -> dict[str, Any]:
    """Deploy. Everything is checked before anything is changed."""
    project, world, options = call.project(), call.world, call.options
    build = project.compile(call.arguments.text("compileId"))
    now = call.clock.now()
    if compile_state(build.ready, now, builds=not build.strategy.build_errors) != "BuildSuccess":
        raise ApiFailure(COMPILE_NOT_FOUND)
    previous = world.latest_deployment(project)
    if previous and not previous.has_ended(now):
        raise ApiFailure("This project already runs live; stop it before it is deployed again.")
    node = _node(world, call.arguments.text("nodeId"))
    version = call.arguments.integer("versionId", -1)
    account = open_account(call.arguments.mapping("brokerage"))
    check_data_providers(call.arguments.mapping("dataProviders"))
    parameters = {key: str(value) for key, value in call.arguments.mapping("parameters").items()} or project.parameters
    deployment = Deployment(
        id=f"L-{world.hex_id()}",
        project_id=project.id,
        node_id=node.id,
        version=MASTER_VERSION if version == -1 else version,
        account=account,
        parameters=dict(parameters),
        launched=call.clock.moment().timestamp(),
        created=now,
        speed=options.speed,
        deploy_seconds=options.deploy_seconds,
        refresh_seconds=options.live_refresh_seconds,
        tape=_tape(build, account, parameters, world),
        automatic_redeploy=call.arguments.flag("automaticRedeploy"),
    )
    deployment.ending = _fate(deployment, build)
    world.occupy(node, project, deployment.ending.time if deployment.ending else math.inf)
    world.deployments[deployment.id] = deployment
    call.created = Created("deployment", deployment.id, project.name)
    return {
        "responseCode": "200",
        "source": "api-v2",
        "deployId": deployment.id,
        "versionId": deployment.version,
        "projectId": project.id,
        "live": _details(world, deployment),
    }


def list_(call: Call) -> dict[str, Any]:
    """All deployments of the account or of one project, newest first."""
    now = call.clock.now()
    deployments = list(reversed(call.world.deployments.values()))
    if "projectId" in call.arguments:
        project = call.project()
        deployments = [deployment for deployment in deployments if deployment.project_id == project.id]
    if wanted := call.arguments.optional_text("status"):
        if wanted not in LISTED:
            raise ApiFailure(f"Invalid status: {wanted}")
        deployments = [deployment for deployment in deployments if deployment.status(now) == wanted]
    return {"live": [_item(call.world, deployment) for deployment in deployments]}


def read(call: Call) -> dict[str, Any]:
    """One deployment, its fields beside `success`, not below a name of their own."""
    deployment = deployment_of(call, "deployId")
    return _details(call.world, deployment) | {"projectName": call.world.projects[deployment.project_id].name}


def stop(call: Call) -> dict[str, Any]:
    """Stop; positions stay at the brokerage."""
    call.world.end_deployment(deployment_of(call), Status.STOPPED)
    return {}


def liquidate(call: Call) -> dict[str, Any]:
    """Sell everything, and stop."""
    call.world.end_deployment(deployment_of(call), Status.LIQUIDATED)
    return {}


def deployment_of(call: Call, key: str = "") -> Deployment:
    """The deployment that the call is about: the one named under this key, or else the project's latest.

    Raises:
        ApiFailure: There is none.
    """
    project = call.project()
    if key and (wanted := call.arguments.optional_text(key)):
        deployment = call.world.deployments.get(wanted)
        if deployment is None or deployment.project_id != project.id:
            raise ApiFailure(f"Live deployment not found: {wanted[:60]}")
        return deployment
    latest = call.world.latest_deployment(project)
    if latest is None:
        raise ApiFailure("This project was never deployed live.")
    return latest


def _node(world: World, node_id: str) -> Node:
    node = next((node for node in world.live_nodes if node.id == node_id), None)
    if node is None:
        raise ApiFailure(f"Live node not found: {node_id[:60]}")
    if world.is_busy(node):
        raise ApiFailure("The selected live node is in use; stop its algorithm or select another node.")
    return node


def _tape(build: Compile, account: Account, parameters: dict[str, str], world: World) -> Tape:
    return Tape(
        fingerprint(build.sources, parameters, world.options.seed),
        (build.strategy.symbols or DEFAULT_SYMBOLS)[:MAX_SYMBOLS],
        step=world.options.live_refresh_seconds / PRICE_STEPS,
        cash=account.cash.get("USD", 0.0),
        positions=account.positions,
    )


def _fate(deployment: Deployment, build: Compile) -> Ending | None:
    """The ending that is certain from the start."""
    if deployment.account.login_fails:
        refused = deployment.created + LOGIN_SHARE * deployment.deploy_seconds
        return Ending(refused, Status.DEPLOY_ERROR, LOGIN_REFUSED)
    if (failure := build.strategy.failure) is None:
        return None
    steps = 0 if failure.in_initialize else FAULT_STEPS
    return Ending(deployment.runs_from + steps * deployment.tape.step, Status.RUNTIME_ERROR, failure.message)


def equity(deployment: Deployment, now: float) -> float:
    """What the last snapshot says, in dollars; before trading began, what the account started with."""
    time = deployment.snapshot(now)
    return round(deployment.tape.equity(time or 0.0) + deployment.account.foreign_dollars, 2)


def _times(deployment: Deployment, now: float) -> dict[str, str | None]:
    ended = deployment.ending.time if deployment.ending and deployment.has_ended(now) else None
    return {
        "launched": deployment.launched_text,
        "stopped": None if ended is None else f"{deployment.moment(ended):%Y-%m-%d %H:%M:%S}",
    }


def _item(world: World, deployment: Deployment) -> dict[str, Any]:
    now = world.clock.now()
    return {
        "projectId": deployment.project_id,
        "deployId": deployment.id,
        "status": deployment.status(now),
        **_times(deployment, now),
        "brokerage": deployment.account.brokerage,
        "subscription": "",
        "equity": equity(deployment, now),
        "environment": deployment.account.environment,
        "description": NOTE,
        "error": deployment.message(now),
        "leagues": [],
    }


def _details(world: World, deployment: Deployment) -> dict[str, Any]:
    """What `live/read` says; less of it while the algorithm has not begun to run."""
    now = world.clock.now()
    status = deployment.status(now)
    details: dict[str, Any] = {
        "deployId": deployment.id,
        "status": status,
        "message": deployment.message(now),
        **_times(deployment, now),
        "brokerage": deployment.account.brokerage,
        "synthetic": True,
    }
    if status in _BEFORE_RUNNING or deployment.snapshot(now) is None:
        return details
    return details | {
        "cloneId": deployment.project_id,
        "securityTypes": "Equity",
        "datacenter": "Emulator",
        "public": False,
        "isPublicStreaming": False,
        "files": [],
        "charts": {name: {"name": name} for name in LIVE_CHARTS},
        "runtimeStatistics": _runtime_statistics(deployment, now),
        "serverStatistics": {"CPU Usage": "1.0%", "Used RAM (MB)": "256", "Up Time": _up_time(deployment, now)},
        "deploymentDetails": {"environment": deployment.account.environment, "Node": deployment.node_id},
        "description": NOTE,
        "parameterSet": php_map(deployment.parameters),
        "automaticRedeploy": deployment.automatic_redeploy,
    }


def _runtime_statistics(deployment: Deployment, now: float) -> dict[str, str]:
    tape, time = deployment.tape, deployment.snapshot(now) or 0.0
    books, worth, begin = (
        tape.books(time),
        equity(deployment, now),
        tape.equity(0.0) + deployment.account.foreign_dollars,
    )
    paid = sum(held.quantity * held.average_price for held in books.positions.values())
    unrealized = tape.holdings(time) - paid
    return {
        "Equity": f"${worth:,.2f}",
        "Fees": f"-${books.fees:,.2f}",
        "Holdings": f"${tape.holdings(time):,.2f}",
        "Net Profit": f"${worth - begin - unrealized:,.2f}",
        "Probabilistic Sharpe Ratio": "0%",
        "Return": f"{100 * (worth - begin) / begin if begin else 0:.2f} %",
        "Unrealized": f"${unrealized:,.2f}",
        "Volume": f"${books.volume:,.2f}",
    }


def _up_time(deployment: Deployment, now: float) -> str:
    end = deployment.ending.time if deployment.ending and deployment.has_ended(now) else now
    seconds = int(max(0.0, end - deployment.runs_from))
    return f"{seconds // 86_400}d {seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


HANDLERS: dict[str, Handler] = {
    "live/create": create,
    "live/list": list_,
    "live/read": read,
    "live/update/stop": stop,
    "live/update/liquidate": liquidate,
}
