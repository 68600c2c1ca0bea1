"""The port for a request budget. The real limit of the API is not published, and it is shared by all programs of an
account: whoever runs several brings a limiter that they share. This package only asks.
"""

from typing import Protocol


class Limiter(Protocol):
    """Says when a request may go. Called from many threads; an answer that takes long delays the request."""

    def admit(self, endpoint_path: str) -> float:
        """Seconds to wait before asking again; 0 means go, and the request has been counted."""

    def slow_down(self, endpoint_path: str, seconds: float | None) -> None:
        """The API wants silence: let no request go for so long. None: it did not say how long."""


class Unlimited:
    """Lets everything go. Fine for one program that asks little."""

    def admit(self, endpoint_path: str) -> float:  # noqa: ARG002 — the port names it
        """Go."""
        return 0.0

    def slow_down(self, endpoint_path: str, seconds: float | None) -> None:
        """There is nobody to tell."""
