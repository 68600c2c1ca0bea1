"""Signs requests as the QuantConnect documentation says, independently of the library that the emulator will test."""

import base64
import hashlib
import time
from collections.abc import Generator

import httpx


class Signed(httpx.Auth):
    """A timestamped hash on every request."""

    def __init__(self, user_id: int = 1, api_token: str = "emulator") -> None:
        self._user_id = user_id
        self._api_token = api_token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        timestamp = str(int(time.time()))
        digest = hashlib.sha256(f"{self._api_token}:{timestamp}".encode()).hexdigest()
        credentials = base64.b64encode(f"{self._user_id}:{digest}".encode()).decode()
        request.headers["Authorization"] = f"Basic {credentials}"
        request.headers["Timestamp"] = timestamp
        yield request
