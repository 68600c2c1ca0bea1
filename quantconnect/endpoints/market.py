"""The data market."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.base import NoFields
from quantconnect.models.market import DataSets

LIST_DATA_SETS = Endpoint("market/data/list", NoFields, DataSets, repeatable=True, source="LEAN CLI, market client")
