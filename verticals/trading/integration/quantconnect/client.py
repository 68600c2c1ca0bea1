"""Re-exports of the clients."""

from quantconnect import AsyncQuantConnectClient, QCResponse, QuantConnectClient

__all__ = ["AsyncQuantConnectClient", "QCResponse", "QuantConnectClient"]
