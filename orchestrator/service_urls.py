"""URLs of the services, and the passwords that may come beside them.

A password that stands in a file of its own (a container's secret) is put into the URL here, so that everybody else
handles one text. Pure.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit


def with_password(url: str, password: str) -> str:
    """The same URL with a password, unless it has one. `redis://host/0` → `redis://:password@host/0`."""
    scheme, netloc, path, query, fragment = urlsplit(url)
    login, at, where = netloc.rpartition("@")
    user, colon, _ = login.partition(":")
    if colon or (not at and not where):
        return url
    return urlunsplit((scheme, f"{user}:{quote(password, safe='')}@{where}", path, query, fragment))


def password_of(url: str) -> list[str]:
    """The passwords of a URL in every spelling in which it could be written; empty where there is none."""
    try:
        parts = urlsplit(url)
        found = [parts.password, dict(parse_qsl(parts.query)).get("sentinel_password")]
    except ValueError:
        return []
    return sorted({spelling for password in found if password for spelling in (password, unquote(password))})
