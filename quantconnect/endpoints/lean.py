"""Versions of LEAN, and its environments."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import NoFields
from quantconnect.models.lean import LeanEnvironments, LeanVersions

READ_LEAN_VERSIONS = Endpoint(
    "lean/versions/read", NoFields, LeanVersions, repeatable=True, source=REFERENCE + "lean-version"
)
READ_LEAN_ENVIRONMENTS = Endpoint(
    "lean/environments/read", NoFields, LeanEnvironments, repeatable=True, source="LEAN CLI, LEAN client"
)
