"""Signatures, as an application makes them."""

import base64
import hashlib

from verticals.trading.integration.quantconnect import QuantConnectAuth

TOKEN = "your_token"


def test_the_headers_are_those_that_the_documentation_describes() -> None:
    """Basic, of the user's id and the hash of token and timestamp; computed here by hand."""
    auth = QuantConnectAuth(user_id=123456, api_token=TOKEN, clock=lambda: 1708700000.9)
    digest = hashlib.sha256(f"{TOKEN}:1708700000".encode()).hexdigest()
    assert auth.get_headers() == {
        "Authorization": "Basic " + base64.b64encode(f"123456:{digest}".encode()).decode(),
        "Timestamp": "1708700000",
    }


def test_the_token_itself_is_neither_sent_nor_shown() -> None:
    """Whoever reads along must not be able to log in."""
    auth = QuantConnectAuth(user_id=123456, api_token=TOKEN)
    basic = auth.get_headers()["Authorization"].removeprefix("Basic ")
    assert TOKEN not in base64.b64decode(basic).decode()
    assert TOKEN not in repr(auth)
