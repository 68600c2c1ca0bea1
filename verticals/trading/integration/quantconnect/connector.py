"""Re-exports of the connector and of what it returns."""

from quantconnect import AlgorithmDeployment, BacktestProgress, BacktestResult, QuantConnectConnector

__all__ = ["AlgorithmDeployment", "BacktestProgress", "BacktestResult", "QuantConnectConnector"]
