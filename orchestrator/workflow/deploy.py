"""The last two steps of a deployment: start the algorithm exactly once, and read until it runs or says why not.

`live/create` is not idempotent and may trade real money. Before the request an intent is committed, together with the
deployments that the project had; after any doubt the one that is new is adopted. Nothing is ever asked again while an
older request may be under way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from orchestrator.brokerages import Deploy, resolve
from orchestrator.jobs import Job
from orchestrator.outcomes import Advance, Cancel, Confirm, Fail, Outcome, Requeue, Wait
from orchestrator.runtime import Runtime
from orchestrator.sightings import Sighting, take_note, watch_lease
from orchestrator.workflow.asking import COMPILE_TO_APPEAR, intending, visible_soon
from orchestrator.workflow.doubt import CLOCKS_DIFFER, settled_after
from quantconnect import CompileNotFound, InvalidRequest, InvalidSettings, NotFound
from quantconnect.models.enums import LiveStatus
from quantconnect.models.ids import CompileId, DeployId, NodeId, ProjectId
from quantconnect.models.live import Live, LiveSummary
from quantconnect.polling import next_poll

WILL_NOT_RUN: Final = frozenset({LiveStatus.DEPLOY_ERROR, LiveStatus.RUNTIME_ERROR, LiveStatus.INVALID})

APPEARS_WITHIN: Final = timedelta(seconds=60)
"""A new deployment may be unknown to `live/read` for a moment. (Inferred.)"""


def deploy_live(runtime: Runtime, job: Job) -> Outcome:
    """Start the algorithm, or adopt the deployment that an earlier request of this job started."""
    if job.deploy_id is not None:
        return Advance("it is deployed")
    if job.project_id is None:
        return Requeue(timedelta(0), "its upload")
    if job.create_intent_at is not None:
        found = look_for_deployment(runtime, job, job.create_intent_at)
        if isinstance(found, Wait):
            return found
        if found is not None:
            return _adopt(runtime, job, found, "made by an earlier request")
    if job.compile_id is None:
        return Requeue(timedelta(0), "its compile")
    there = runtime.api.live.list(job.project_id)
    if trading := next((one for one in there if not one.ended), None):
        return Fail(
            "already_live",
            f"Project {job.project_id} runs live already ({trading.deploy_id}, {trading.status}). Stop it first.",
        )
    before = [one.deploy_id for one in there if one.deploy_id]
    return _ask(runtime, job, job.project_id, job.compile_id, before)


def _ask(runtime: Runtime, job: Job, project_id: ProjectId, compile_id: CompileId, before: list[DeployId]) -> Outcome:
    wanted = Deploy.of(job)
    try:
        settings = resolve(runtime.settings, wanted)
    except InvalidSettings as error:
        return Fail("brokerage_settings", str(error))
    node = _node(runtime, project_id, wanted.node_id)
    if isinstance(node, Fail):
        return node
    job = replace(job, details={**job.details, "before": before, "node_id": node})
    try:
        with intending(runtime, job, details=dict(job.details)):
            made = runtime.api.live.create(
                project_id,
                compile_id,
                node,
                settings.brokerage,
                data_providers=settings.data_providers,
                version_id=wanted.lean_version,
                automatic_redeploy=wanted.automatic_redeploy,
                parameters=dict(job.parameters) or None,
                notification=settings.notification,
            )
    except NotFound as error:
        if visible_soon(runtime, job):
            return COMPILE_TO_APPEAR
        raise CompileNotFound(str(error)) from error
    except InvalidRequest as error:
        # A refusal may leave a deployment behind all the same. (FACTS of the API: do not retry blindly.)
        new = _new(runtime.api.live.list(project_id), before)
        return Fail("refused", str(error)) if new is None else _adopt(runtime, job, new, f"although: {error}")
    return _adopt(runtime, job, made.deploy_id, f"on node {node}")


def _node(runtime: Runtime, project_id: ProjectId, chosen: NodeId | None) -> NodeId | Fail:
    """The node that was asked for, or a free one; one that the project is pinned to goes before others."""
    nodes = runtime.api.projects.nodes.read(project_id).nodes.live
    if chosen is not None:
        node = next((node for node in nodes if node.id == chosen), None)
        if node is None:
            return Fail("no_live_node", f"Project {project_id} has no live node {chosen}.")
        return Fail("no_live_node", f"The live node {chosen} is in use by {node.used_by}.") if node.busy else node.id
    free = sorted((node for node in nodes if not node.busy), key=lambda node: not node.active)
    if not free:
        # It does not wait for one: what trades must not begin at an hour that nobody has chosen.
        return Fail("no_live_node", f"None of the {len(nodes)} live nodes is free. Stop an algorithm, or add a node.")
    return free[0].id


def look_for_deployment(runtime: Runtime, job: Job, intent_at: datetime) -> DeployId | Wait | None:
    """The deployment that an earlier request of this job made, if it did.

    Returns:
        Its id; None when it is certain that there is none; Wait while that is uncertain.
    """
    assert job.project_id is not None  # noqa: S101 (an intent is written with the project known)
    found = _new(runtime.api.live.list(job.project_id), job.details.get("before", []), since=intent_at - CLOCKS_DIFFER)
    if found is not None:
        return found
    settled = settled_after(runtime, intent_at)
    if runtime.clock() < settled:
        return Wait(min(settled - runtime.clock(), timedelta(seconds=3)), "certainty that nothing was deployed")
    return None


def _new(listed: list[LiveSummary], before: list[DeployId], since: datetime | None = None) -> DeployId | None:
    """The latest deployment that was not there before. A project has one at a time, so it is ours."""
    for one in sorted(listed, key=lambda one: str(one.launched or ""), reverse=True):
        launched_late = since is None or one.launched is None or one.launched >= since
        if one.deploy_id is not None and one.deploy_id not in before and launched_late:
            return one.deploy_id
    return None


def _adopt(runtime: Runtime, job: Job, deploy_id: DeployId, how: str) -> Outcome:
    """From here on the deployment is the job's."""
    with runtime.ledger.writing() as tables:
        tables.jobs.write(job, deploy_id=deploy_id, details={**job.details, "deployed_at": runtime.clock().isoformat()})
    return Advance(f"deployment {deploy_id}, {how}")


def confirm_deployment(runtime: Runtime, job: Job) -> Outcome:
    """Read the deployment until it runs, or says why it does not."""
    if job.deploy_id is None or job.project_id is None:
        return Requeue(timedelta(0), "its deployment")
    elapsed = runtime.clock() - datetime.fromisoformat(job.details["deployed_at"])
    live = _read(runtime, job.project_id, job.deploy_id)
    if live is None:
        if elapsed < APPEARS_WITHIN:
            return Wait(timedelta(seconds=2), "the deployment to appear")
        return Fail("deploy_lost", f"QuantConnect accepted deployment {job.deploy_id}, and does not show it.")
    note_live(runtime, job, live)
    if live.running:
        return Confirm(f"deployment {job.deploy_id} runs", described(live))
    if live.status in WILL_NOT_RUN or live.ended:
        told = (live.message or "").strip() or "no reason was given; look at its live log"
        return Fail("deploy_error", f"Deployment {job.deploy_id} does not trade ({live.status}): {told}")
    minutes = runtime.settings.deadlines.deploy_minutes
    if elapsed > timedelta(minutes=minutes):
        message = (
            f"Deployment {job.deploy_id} did not run within {minutes:g} minutes (status {live.status}). It may still "
            f"begin to trade: look at `qcjobs live show {job.project_id}`, or stop it."
        )
        return Fail("deploy_timeout", message)
    return Wait(max(next_poll(elapsed, None), timedelta(seconds=1)), f"the algorithm to run (it is {live.status})")


def _read(runtime: Runtime, project_id: ProjectId, deploy_id: DeployId) -> Live | None:
    try:
        live = runtime.api.live.read(project_id, deploy_id)
    except NotFound:
        return None
    return live if live.deploy_id in {None, deploy_id} and live.status is not None else None


def note_live(runtime: Runtime, job: Job, live: Live) -> None:
    """Let the job and the watch know what was read."""
    assert job.project_id is not None  # noqa: S101 (something of it was read)
    with runtime.ledger.writing() as tables:
        tables.jobs.write(job, remote_status=live.status, looked_at=runtime.clock())
        if (seen := Sighting.read(job.project_id, live, job.details.get("environment"))) is not None:
            before = tables.deployments.get(job.account, seen.deploy_id)
            take_note(tables, job.account, seen, runtime.settings.live, runtime.clock(), before=before)
            if before is None:
                tables.projects.end_lease(watch_lease(job.account))  # it is looked at soon, and not when idle


def described(live: Live) -> dict[str, str | None]:
    """What reading has confirmed, for the ledger."""
    return {
        "deploy_id": live.deploy_id,
        "status": None if live.status is None else str(live.status),
        "message": live.message,
        "brokerage": live.brokerage,
        "launched": None if live.launched is None else live.launched.isoformat(),
        "stopped": None if live.stopped is None else live.stopped.isoformat(),
    }


def cancel_deployment(runtime: Runtime, job: Job) -> Outcome:
    """Make sure that nothing of the job trades."""
    deploy_id = job.deploy_id
    if deploy_id is None and job.create_intent_at is not None:
        found = look_for_deployment(runtime, job, job.create_intent_at)
        if isinstance(found, Wait):
            return found
        deploy_id = found
    if deploy_id is None or job.project_id is None:
        return Cancel("before anything was deployed")
    runtime.api.live.stop(job.project_id)
    live = _read(runtime, job.project_id, deploy_id)
    if live is not None and not live.ended:
        return Wait(timedelta(seconds=2), "the deployment to stop")
    return Cancel(f"deployment {deploy_id} stopped")
