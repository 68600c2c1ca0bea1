"""QuantConnect, under the name by which applications import it. Re-exports of `quantconnect`, nothing else."""

from quantconnect import (
    AlgorithmDeployment,
    AsyncQuantConnectClient,
    BacktestResult,
    QCResponse,
    QuantConnectAuth,
    QuantConnectClient,
    QuantConnectConnector,
    QuantConnectError,
)

__all__ = [
    "AlgorithmDeployment",
    "AsyncQuantConnectClient",
    "BacktestResult",
    "QCResponse",
    "QuantConnectAuth",
    "QuantConnectClient",
    "QuantConnectConnector",
    "QuantConnectError",
]
