"""One live algorithm: deployed exactly once, and confirmed by reading.

`live/create` is not idempotent and may trade real money. After a doubt whether it was carried out, the project's list
is looked through; what is found is adopted, and nothing is asked again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.deployments import AlgorithmDeployment
from quantconnect.errors import (
    DeploymentFailed,
    NoSpareNodes,
    NotFound,
    QuantConnectError,
    ServerError,
    StillRunning,
    TransportError,
    UnexpectedResponse,
)
from quantconnect.models.base import Scalar
from quantconnect.models.brokerages import BrokerageSettings
from quantconnect.models.enums import LiveStatus
from quantconnect.models.ids import CompileId, DeployId, NodeId, ProjectId
from quantconnect.models.live import Live
from quantconnect.patience import Patience
from quantconnect.polling import next_poll

log: Final = logging.getLogger(__name__)

#: From creation to `Running` (LEAN's tests wait for three minutes).
UNTIL_IT_RUNS: Final = timedelta(minutes=5)

_BROKEN: Final = frozenset({LiveStatus.DEPLOY_ERROR, LiveStatus.RUNTIME_ERROR, LiveStatus.INVALID})


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What one deployment is about."""

    client: AsyncQuantConnectClient
    project_id: ProjectId
    patience: Patience
    settles: timedelta  #: after which a request that got no answer can no longer be under way

    async def free_node(self) -> NodeId:
        """A live node that nobody uses; one that the project is pinned to before others.

        Raises:
            NoSpareNodes: There is none.
        """
        nodes = (await self.client.projects.nodes.read(self.project_id)).nodes.live
        free = sorted((node for node in nodes if not node.busy), key=lambda node: not node.active)
        if not free:
            raise NoSpareNodes(
                f"None of the {len(nodes)} live nodes is free; nothing was started: stop an algorithm, or add a node.",
                endpoint="projects/nodes/read",
            )
        return free[0].id

    async def create(
        self,
        compile_id: CompileId,
        node_id: NodeId,
        brokerage: BrokerageSettings,
        *,
        data_providers: Sequence[BrokerageSettings],
        version_id: str,
        automatic_redeploy: bool,
        parameters: Mapping[str, Scalar] | None,
    ) -> DeployId:
        """Deploy.

        Raises:
            QuantConnectError: Refused, or nobody can tell whether it was deployed (`maybe_carried_out`).
        """
        before = await self._present()
        try:
            made = await self.client.live.create(
                self.project_id,
                compile_id,
                node_id,
                brokerage,
                data_providers=data_providers,
                version_id=version_id,
                automatic_redeploy=automatic_redeploy,
                parameters=parameters,
            )
        except QuantConnectError as error:
            found = await self._look_for(before) if error.maybe_carried_out else None
            if found is None:
                raise
            return found
        return made.deploy_id

    async def confirm(self, deploy_id: DeployId, asked_at: datetime) -> AlgorithmDeployment:
        """Read it until it trades, or for as long as patience lasts.

        Raises:
            DeploymentFailed: It will not trade.
        """
        live: Live | None = None
        while True:
            read = await self._read(deploy_id)
            if read is not None and read.deploy_id in {None, deploy_id}:
                live = read
            if live is not None and live.status in _BROKEN:
                raise _failure(live, deploy_id)
            over = live is not None and (live.running or live.ended)
            if over or not await self.patience.wait(next_poll(self.patience.elapsed, None)):
                return described(self.project_id, live or Live(deploy_id=deploy_id), asked_at)

    async def end(self, *, liquidate: bool) -> AlgorithmDeployment:
        """Stop it, selling everything before if asked to, and read until it has ended.

        Raises:
            StillRunning: Not within the time given; it was asked to.
        """
        doubt: QuantConnectError | None = None
        try:
            if liquidate:
                await self.client.live.liquidate(self.project_id)
            else:
                await self.client.live.stop(self.project_id)
        except QuantConnectError as error:
            if not error.maybe_carried_out:
                raise
            doubt = error
        while True:
            live = await self._read()
            if live is not None and live.ended:
                return described(self.project_id, live, datetime.now(UTC))
            if not await self.patience.wait(next_poll(self.patience.elapsed, None)):
                if doubt is not None:
                    raise doubt
                raise StillRunning(endpoint="live/read", id=(live and live.deploy_id) or "")

    async def _read(self, deploy_id: DeployId | None = None) -> Live | None:
        """How it is, or None when nobody can say: it is too new to be visible, or the network is down for a while."""
        try:
            return await self.client.live.read(self.project_id, deploy_id)
        except NotFound:
            return None
        except (TransportError, ServerError, UnexpectedResponse) as error:
            log.warning("The live algorithm of project %s could not be read: %s", self.project_id, error)
            return None

    async def _present(self) -> frozenset[DeployId | None]:
        return frozenset(summary.deploy_id for summary in await self.client.live.list(self.project_id))

    async def _look_for(self, before: frozenset[DeployId | None]) -> DeployId | None:
        """The deployment that the request without an answer made; None when it is certain that there is none."""
        patience = self.patience.apart(self.settles)
        while True:
            for summary in await self.client.live.list(self.project_id):
                if summary.deploy_id is not None and summary.deploy_id not in before:
                    return summary.deploy_id
            if not await patience.wait(timedelta(seconds=3)):
                return None


def described(project_id: ProjectId, live: Live, asked_at: datetime) -> AlgorithmDeployment:
    """As far as the answer tells; it was launched when we asked, as long as it does not."""
    return AlgorithmDeployment(
        project_id=project_id,
        deploy_id=live.deploy_id or "",
        name=live.project_name or "",
        status=str(live.status or ""),
        launched=live.launched or asked_at,
        brokerage=live.brokerage or "",
    )


def _failure(live: Live, deploy_id: DeployId) -> DeploymentFailed:
    told = (live.message or "").strip()
    return DeploymentFailed(
        f"The algorithm was deployed and does not trade ({live.status}): {told[:500] or 'look at its live log'}",
        deploy_id=deploy_id,
        status=str(live.status),
        error=told,
    )
