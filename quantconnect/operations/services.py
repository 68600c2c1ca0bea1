"""Other services."""

from typing import Any

from quantconnect.endpoints.services import READ_TERMINAL_NEWS
from quantconnect.models.base import NoFields
from quantconnect.operations.base import Call, call


def read_news() -> Call[list[dict[str, Any]]]:
    """News for the terminal, as they come: nobody describes their form.

    Source: LEAN CLI, service client.
    """
    return call(READ_TERMINAL_NEWS, NoFields(), lambda reply: reply.news)
