"""Other services."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.base import NoFields
from quantconnect.models.services import TerminalNews

READ_TERMINAL_NEWS = Endpoint(
    "services/terminal-news", NoFields, TerminalNews, repeatable=True, source="LEAN CLI, service client"
)
