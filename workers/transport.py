"""Redis as Celery's carrier: plain, with TLS or behind Sentinel, and with three defects mended.

When the connection breaks while messages are unacknowledged, kombu (5.7) closes the connection and then tries to give
them back over it: an AttributeError that Celery does not take for a connection error, so the whole worker ends with
"Unrecoverable error". Here it is the connection error that it is; the worker reconnects, and what could not be given
back is the reconciler's. Shown by `tests/acceptance/test_faults.py` (Redis restarted in the middle of jobs).

And something in a queue that is no message ends the worker the same way, and the next one after it. Here it is thrown
away with a line in the log. Shown by `tests/acceptance/test_foreign_messages.py`.

And for each message kombu makes a client anew; here a channel keeps one.
"""

from __future__ import annotations

import base64
import ssl
from queue import Empty
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

import redis
import structlog
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel, SentinelChannel, Transport

from orchestrator.redis_address import SentinelAddress, is_sentinel, tls_options

log = structlog.get_logger(__name__)


class MendedChannel(Channel):
    """A channel that knows when its connection is closed, and keeps its client."""

    _kept: redis.Redis | None = None

    def _create_client(self, asynchronous: bool = False) -> redis.Redis:
        """Otherwise kombu makes one for each message, over the same pool, which takes as long as to send it."""
        if asynchronous:
            made: redis.Redis = super()._create_client(asynchronous=True)  # type: ignore[misc] # not in the stubs
            return made
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()  # type: ignore[misc] # not in the stubs
        return self._kept

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection.client is None:
            raise redis.ConnectionError("the connection is closed")
        parameters: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc] # not in the stubs
        return parameters

    def _brpop_read(self, **options: Any) -> bool:
        try:
            read: bool = super()._brpop_read(**options)  # type: ignore[misc] # not in the stubs
        except ValueError as error:
            log.error("what stood in a queue is no message; it was thrown away", error=str(error)[:200])  # noqa: TRY400 (the traceback is kombu's own way)
            raise Empty from error
        return read


class MendedSentinelChannel(MendedChannel, SentinelChannel):
    """The same, for a server that sentinels tell of."""


class MendedTransport(Transport):
    """kombu's transport with that channel."""

    Channel = MendedChannel

    def _deliver(self, message: Any, queue: str | None) -> None:
        if not is_message(message):
            log.error("what stood in a queue is no message; it was thrown away", queue=queue)
            return
        super()._deliver(message, queue)


class MendedSentinelTransport(MendedTransport):
    """The same, for a server that sentinels tell of."""

    Channel = MendedSentinelChannel


TRANSPORTS: Final = {"redis": MendedTransport, "rediss": MendedTransport, "sentinel": MendedSentinelTransport}


def is_message(found: Any) -> bool:
    """Whether it has what kombu takes for granted. What is in the body is Celery's business, which minds itself."""
    try:
        properties = found["properties"]
        named = str(properties["delivery_tag"]) and isinstance(properties["delivery_info"], dict)
        body = base64.b64decode(found["body"]) if properties.get("body_encoding") == "base64" else found["body"]
    except (KeyError, TypeError, AttributeError, ValueError):
        return False
    return bool(named) and bool(body) and isinstance(found.get("headers") or {}, dict)


def install() -> None:
    """Let these schemes mean the mended transports in this process."""
    for scheme, transport in TRANSPORTS.items():
        TRANSPORT_ALIASES[scheme] = f"{transport.__module__}:{transport.__name__}"


def broker(url: str) -> dict[str, Any]:
    """Celery's settings for a Redis URL: `broker_url`, `broker_use_ssl`, and what its transport has to know besides.

    Raises:
        ValueError: It is no Redis URL.
    """
    if is_sentinel(url):
        address = SentinelAddress.parse(url)
        login = f"{quote(address.username or '')}:{quote(address.password, safe='')}@" if address.password else ""
        tls = None if address.tls is None else _for_kombu(dict(address.tls))
        sentinel: dict[str, Any] = {} if tls is None else {"ssl": True, **tls}
        if address.sentinel_password:
            sentinel["password"] = address.sentinel_password
        hosts = [f"sentinel://{login}{host}:{port}/{address.db}" for host, port in address.sentinels]
        return {
            "broker_url": ";".join(hosts),
            "broker_use_ssl": tls,
            "broker_transport_options": {"master_name": address.master, "sentinel_kwargs": sentinel},
        }
    parts = urlsplit(url)
    if parts.scheme == "rediss":
        tls = _for_kombu(tls_options(dict(parse_qsl(parts.query))))
        return {"broker_url": parts._replace(query="").geturl(), "broker_use_ssl": tls, "broker_transport_options": {}}
    return {"broker_url": url, "broker_use_ssl": None, "broker_transport_options": {}}


def _for_kombu(tls: dict[str, Any]) -> dict[str, Any]:
    """The same options with Python's own constants, as kombu wants them."""
    words = {"required": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "none": ssl.CERT_NONE}
    return {**tls, "ssl_cert_reqs": words.get(str(tls["ssl_cert_reqs"]), ssl.CERT_REQUIRED)}
