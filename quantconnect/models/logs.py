"""What an algorithm printed. Sources: API reference, "Read Logs"; LEAN's log tests."""

from pydantic import Field

from quantconnect.models.base import Lines, Model, Request
from quantconnect.models.ids import BacktestId, DeployId, ProjectId
from quantconnect.models.numbers import Whole


class Logs(Model):
    """A window of lines. `length` is the number of all lines that match; of a live algorithm, the lines from
    `deployment_offset` on belong to the present deployment.
    """

    logs: Lines = Field(default_factory=list, repr=False)
    length: Whole = None
    deployment_offset: Whole = None


class ReadBacktestLogs(Request):
    """Lines `start` to `end` (exclusive), counted from 0 among those that hold `query`; at most 200."""

    project_id: ProjectId
    backtest_id: BacktestId
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    #: Must be sent: blank means all lines.
    query: str = ""


class ReadLiveLogs(Request):
    """Lines `start_line` to `end_line` (exclusive); at most 250."""

    project_id: ProjectId
    algorithm_id: DeployId
    start_line: int = Field(ge=0)
    end_line: int = Field(ge=0)
    format: str = "json"
    deployment_logs: bool | None = None
    query: str | None = None
