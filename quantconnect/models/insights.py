"""Insights: what an alpha model predicted. Sources: API reference, "Read Insights"; LEAN's `Insight`."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Model, Request, Text
from quantconnect.models.ids import BacktestId, ProjectId
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import UtcDatetime


class Insight(Model):
    """One prediction."""

    id: Text = None
    group_id: Text = None
    source_model: Text = None
    generated_time: UtcDatetime = None
    close_time: UtcDatetime = None
    symbol: Text = None
    ticker: Text = None
    type: Text = None  # "price" or "volatility"
    direction: Text = None  # "down", "flat" or "up"
    period: Number = None  # seconds
    reference: Number = None
    reference_final: Number = None
    magnitude: Number = None  # fraction
    confidence: Number = None  # fraction
    weight: Number = None  # fraction of the portfolio
    score_final: Flag = None
    score_direction: Number = None
    score_magnitude: Number = None
    estimated_value: Number = None
    tag: Text = None


class Insights(Model):
    """A window of insights, or how far they are being loaded. `length` is the number of all insights."""

    insights: Listing[Insight] = Field(default_factory=list)
    length: Whole = None
    status: Text = None  # "loading"
    progress: Number = None


class ReadBacktestInsights(Request):
    """Insights `start` to `end` (exclusive), counted from 0; at most 100."""

    project_id: ProjectId
    backtest_id: BacktestId
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class ReadLiveInsights(Request):
    """The same of a live algorithm; the API calls the deployment `algorithmId`."""

    project_id: ProjectId
    algorithm_id: str | None = None
    start: int | None = Field(default=None, ge=0)
    end: int = Field(ge=0)
