"""What a Redis URL may say, in the three forms of a server: plain, TLS, and behind Sentinel. Pure.

    redis://[[user]:password@]host[:6379][/db]
    rediss://…                     TLS; `?ssl_ca_certs=…`, `ssl_certfile`, `ssl_keyfile`, `ssl_check_hostname`, …
    sentinel://[[user]:password@]host[:26379][,host…]/MASTER[/db]
    sentinels://…                  TLS, to the sentinels as well as to the server; the same options

User and password are those of the server behind the sentinels; `?sentinel_password=…` is the sentinels' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

TLS_SCHEMES: Final = ("rediss", "sentinels")
SENTINEL_SCHEMES: Final = ("sentinel", "sentinels")
SENTINEL_PORT: Final = 26379
_TLS_OPTIONS: Final = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs")


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Where the sentinels are, and what they are asked for."""

    sentinels: tuple[tuple[str, int], ...]
    master: str  #: the name under which the sentinels know the server
    db: int
    username: str | None
    password: str | None = field(repr=False)
    sentinel_password: str | None = field(repr=False)
    tls: Mapping[str, Any] | None  #: options of TLS, as redis-py names them; None: no TLS

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL.

        Raises:
            ValueError: It is none of a sentinel. The message quotes nothing of it.
        """
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        master, _, db = parts.path.strip("/").partition("/")
        options = dict(parse_qsl(parts.query))
        if parts.scheme not in SENTINEL_SCHEMES or not hosts or not master or not (db or "0").isdigit():
            raise ValueError("a sentinel's URL is sentinel://[:password@]host:port[,host:port]/MASTER[/db]")
        return cls(
            sentinels=tuple(_host_and_port(host) for host in hosts.split(",")),
            master=unquote(master),
            db=int(db or 0),
            username=unquote(user) or None,
            password=unquote(password) or None,
            sentinel_password=options.get("sentinel_password"),
            tls=tls_options(options) if parts.scheme in TLS_SCHEMES else None,
        )


def is_sentinel(url: str) -> bool:
    """Whether a URL names sentinels."""
    return urlsplit(url).scheme in SENTINEL_SCHEMES


def tls_options(options: Mapping[str, str]) -> dict[str, Any]:
    """The options of TLS among those of a URL. The server's certificate is always checked unless they say otherwise."""
    told: dict[str, Any] = {name: options[name] for name in _TLS_OPTIONS if name in options}
    told.setdefault("ssl_cert_reqs", "required")
    told["ssl_check_hostname"] = options.get("ssl_check_hostname", "true").lower() not in {"false", "0", "no"}
    return told


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):  # an IPv6 address without a port
        host, port = text, str(SENTINEL_PORT)
    if not host or not port.isdigit():
        raise ValueError("a sentinel is host or host:port")
    return host.strip("[]"), int(port)
