"""Re-exports of `quantconnect.auth`."""

from quantconnect.auth import Credentials, QuantConnectAuth

__all__ = ["Credentials", "QuantConnectAuth"]
