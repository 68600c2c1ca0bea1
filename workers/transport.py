"""Redis as Celery's carrier, with one defect mended.

When the connection breaks while messages are unacknowledged, kombu (5.7) closes the connection and then tries to give
them back over it: an AttributeError that Celery does not take for a connection error, so the whole worker ends with
"Unrecoverable error". Here it is the connection error that it is; the worker reconnects, and what could not be given
back is the reconciler's. Shown by `tests/acceptance/test_faults.py` (Redis restarted in the middle of jobs).
"""

from __future__ import annotations

from typing import Any, Final

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel, Transport


class MendedChannel(Channel):
    """A channel that knows when its connection is closed."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection.client is None:
            raise redis.ConnectionError("the connection is closed")
        parameters: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc] # not in the stubs
        return parameters


class MendedTransport(Transport):
    """kombu's transport with that channel."""

    Channel = MendedChannel


SCHEMES: Final = ("redis", "rediss")


def install() -> None:
    """Let `redis://` and `rediss://` mean the mended transport in this process."""
    for scheme in SCHEMES:
        TRANSPORT_ALIASES[scheme] = f"{MendedTransport.__module__}:{MendedTransport.__name__}"
