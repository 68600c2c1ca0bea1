"""Who is asking: the timestamped hash of the API token, checked as the real service does.

`Authorization: Basic base64("<userId>:<sha256 of "token:timestamp", lower-case hex>")` and `Timestamp: <unix seconds>`.
A link says the same in its query: `authorization=<base64>` and `timestamp=<unix seconds>`.
Source: the QuantConnect documentation, "Authentication", and LEAN's links for live commands; the failure texts are
community reports.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from emulator.clock import Clock
from emulator.envelope import LOCKED_OUT, ApiFailure
from emulator.options import EmulatorOptions

VALID_SECONDS = 7200
"""How old a timestamp may be (QuantConnect documentation). How far ahead it may be is not published: as far."""


class Gatekeeper:
    """Lets signed requests pass and counts the failed ones, per claimed user."""

    def __init__(self, options: EmulatorOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, int] = {}

    def admit(self, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> None:
        """Return if the request is signed by the emulated user, in its headers or else in its query.

        Raises:
            ApiFailure: Unsigned, signed with another token, signed too long ago, or the user is locked out.
        """
        if query and "authorization" in query and "authorization" not in headers:
            headers = {"authorization": f"Basic {query['authorization']}", "timestamp": query.get("timestamp", "")}
        user, digest = _credentials(headers.get("authorization", ""))
        now = self._clock.unix()
        if self._locked_until.get(user, 0) > now:
            raise ApiFailure(LOCKED_OUT)
        try:
            self._verify(user, digest, headers.get("timestamp", ""), now)
        except ApiFailure:
            self._count_failure(user, now)
            raise
        self._failures.pop(user, None)

    def _verify(self, user: str, digest: str, timestamp: str, now: int) -> None:
        if user != str(self._options.user_id):
            raise ApiFailure("UserID not valid")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise ApiFailure("Invalid timestamp")
        expected = hashlib.sha256(f"{self._options.api_token}:{timestamp}".encode()).hexdigest()
        fresh = abs(now - int(timestamp)) <= VALID_SECONDS
        if not (fresh and hmac.compare_digest(expected.encode(), digest.encode())):
            raise ApiFailure(f"Hash doesn't match. Server Time: {now}")

    def _count_failure(self, user: str, now: int) -> None:
        self._failures[user] = self._failures.get(user, 0) + 1
        if self._failures[user] >= self._options.login_attempts:
            self._failures.pop(user)
            self._locked_until[user] = now + int(self._options.lockout_seconds)


def _credentials(header: str) -> tuple[str, str]:
    """User id and hash of a Basic header; both empty when it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, digest = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, digest
