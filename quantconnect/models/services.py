"""Other services. Source: LEAN CLI, service client."""

from typing import Any

from pydantic import Field

from quantconnect.models.base import Listing, Map, Model


class TerminalNews(Model):
    """News for the terminal; nobody describes the form of an item."""

    news: Listing[Map[Any]] = Field(default_factory=list)
