"""Links to files that a client fetches beside the API: the archive of the object store, a data file, a module.

A link holds a secret instead of a signature and works once. Whoever follows it should send no credentials.
Source: in the real service these are signed links to a storage host, which expire.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import quote

PATH = "/emulator/downloads"
"""Below this path the links are served."""

MOST_LINKS = 1000
"""Links that may wait to be followed; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file at the end of a link."""

    name: str
    content: bytes
    mime: str


class Downloads:
    """The links that still work."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, Download] = {}

    def offer(self, download: Download) -> str:
        """A link to this file."""
        secret = secrets.token_urlsafe(24)
        self._waiting[secret] = download
        while len(self._waiting) > MOST_LINKS:
            del self._waiting[next(iter(self._waiting))]
        return f"{self._url}{PATH}/{secret}/{quote(download.name.rpartition('/')[2])}"

    def take(self, secret: str) -> Download | None:
        """The file behind a link, which works no longer; None if it never did or does no longer."""
        return self._waiting.pop(secret, None)
