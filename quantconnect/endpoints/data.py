"""Data sets."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.data import DataFiles, DataLink, DataPrices, ListData, ReadDataLink, ReadDataPrices

LIST_DATA = Endpoint(
    "data/list", ListData, DataFiles, repeatable=True, source="LEAN CLI, data client; LEAN, Api.cs", empty_500=True
)
READ_DATA_PRICES = Endpoint(
    "data/prices", ReadDataPrices, DataPrices, repeatable=True, source="LEAN CLI, data client; LEAN, Api.cs"
)
# Twice pays twice.
READ_DATA_LINK = Endpoint(
    "data/read", ReadDataLink, DataLink, repeatable=False, source="LEAN CLI, data client; LEAN, Api.cs"
)
