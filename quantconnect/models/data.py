"""Data sets: what there is, what it costs, and links to download it.

Sources: LEAN CLI, data client; LEAN, Api.cs. A link costs credit each time it is asked for.
"""

from typing import Any

from pydantic import Field

from quantconnect.models.base import Flag, Lines, Listing, Map, Model, OrganizationRequest, Request, Text
from quantconnect.models.numbers import Number, Whole


class DataPrice(Model):
    """What a file costs whose path matches `regex`."""

    vendor_name: Text = None
    regex: Text = None
    price: Number = None  # QCC per file; None is not for sale
    type: Text = None
    subscribed: Flag = None
    product_id: Whole = None
    paths: Lines = Field(default_factory=list)


class DataPrices(Model):
    """All prices, and the agreement that must be signed first."""

    prices: Listing[DataPrice] = Field(default_factory=list)
    agreement: Text = None  # a link
    datasources: Map[Any] = Field(default_factory=dict, repr=False)


class DataLink(Model):
    """Where one file can be fetched; whoever has the link needs no signature."""

    link: str = Field(min_length=1, repr=False)
    cost: Number = None  # QCC
    balance: Number = None  # QCC, after it


class DataFiles(Model):
    """Paths of files."""

    objects: Lines = Field(default_factory=list)


class ReadDataPrices(OrganizationRequest):
    """What an organization pays."""


class ReadDataLink(OrganizationRequest):
    """Buys one file."""

    file_path: str = Field(min_length=1)
    format: str = "link"


class ListData(Request):
    """The files whose path begins with this."""

    file_path: str = Field(min_length=1)
