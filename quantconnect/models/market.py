"""The data market: what data sets are offered. Source: LEAN CLI, market client."""

from pydantic import Field

from quantconnect.models.base import Flag, Listing, Model, Text
from quantconnect.models.numbers import Whole


class Tag(Model):
    """What a data set is about."""

    name: Text = None


class DataSet(Model):
    """One data set."""

    id: Whole = None
    name: Text = None
    vendor_name: Text = None
    delivery: Text = None  # "cloud only", "download only" or "cloud & download"
    tags: Listing[Tag] = Field(default_factory=list)
    pending: Flag = None  # announced, not there yet


class DataSets(Model):
    """All of them."""

    data_sets: Listing[DataSet] = Field(default_factory=list, alias="list")
