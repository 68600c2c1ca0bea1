"""A live deployment in six facts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AlgorithmDeployment:
    """An algorithm that trades, or did."""

    project_id: int
    deploy_id: str
    name: str  #: of the project
    status: str  #: the server's word, as `Running` or `Stopped`
    launched: datetime  #: UTC; when we asked for it, as long as the server does not tell
    brokerage: str  #: the server's name for it; `PaperBrokerage` is QuantConnect's own paper account
