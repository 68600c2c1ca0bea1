"""Posts events as JSON to an address, signed.

`Qcjobs-Signature: t=<unix seconds>,v1=<hex>` where v1 is HMAC-SHA256 of `<t>.<body>` with the receiver's key. A
receiver computes the same, compares in constant time, and refuses an old `t`. Any 2xx answer counts as heard.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import Final
from urllib.parse import urlsplit

import httpx

from orchestrator.events import Event

TIMEOUT: Final = 10.0  # seconds from the beginning to the status line; a receiver that hangs holds a thread for so long


class NotHeard(Exception):
    """The receiver did not say yes."""


class Webhook:
    """One receiver."""

    def __init__(self, url: str, key: str | None, types: frozenset[str] = frozenset()) -> None:
        self._url = url
        self._key = key
        self._types = types  # empty: all
        parts = urlsplit(url)
        # A path may carry the receiver's own secret; its digest tells two receivers of one host apart.
        self.name = f"webhook:{parts.hostname}:{hashlib.sha256(url.encode()).hexdigest()[:8]}"

    def __repr__(self) -> str:
        return f"Webhook({self.name})"

    def __call__(self, event: Event) -> None:
        """Post one event.

        Raises:
            NotHeard: No answer, or one that is not 2xx; the delivery is tried again.
        """
        if self._types and event.type not in self._types:
            return
        body = encode(event)
        headers = {"Content-Type": "application/json", "Qcjobs-Event": event.type, "Qcjobs-Event-Id": event.id}
        if self._key is not None:
            headers["Qcjobs-Signature"] = sign(body, self._key, int(time.time()))
        try:
            status = asyncio.run(_status(self._url, body, headers))
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotHeard(f"no answer ({type(error).__name__})") from None  # its text may hold the address
        if not httpx.codes.is_success(status):
            raise NotHeard(f"HTTP status {status}")


async def _status(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post, and read no more than the status of the answer: its body may be endless.

    Asynchronously, because only so the whole of it can be given a time; httpx's time-outs are for each piece.
    """
    async with (
        asyncio.timeout(TIMEOUT),
        httpx.AsyncClient(timeout=TIMEOUT) as client,
        client.stream("POST", url, content=body, headers=headers) as answer,
    ):
        return answer.status_code


def encode(event: Event) -> bytes:
    """An event as JSON."""
    told = {
        "id": event.id,
        "type": event.type,
        "account": event.account,
        "job_id": event.job_id,
        "run": event.run,
        "at": event.at.isoformat(),
        "data": event.data,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def sign(body: bytes, key: str, timestamp: int) -> str:
    """The value of the signature header."""
    digest = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
