"""The data market."""

from quantconnect.endpoints.market import LIST_DATA_SETS
from quantconnect.models.base import NoFields
from quantconnect.models.market import DataSet
from quantconnect.operations.base import Call, call


def list_() -> Call[list[DataSet]]:
    """The data sets on offer.

    Source: LEAN CLI, market client.
    """
    return call(LIST_DATA_SETS, NoFields(), lambda reply: reply.data_sets)
