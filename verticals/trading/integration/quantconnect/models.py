"""Re-exports of the models that the clients return."""

from quantconnect import (
    AlgorithmDeployment,
    Backtest,
    BacktestResult,
    BacktestSummary,
    Compile,
    Live,
    LiveSummary,
    Order,
    Portfolio,
    Project,
    ProjectFile,
    QCResponse,
)

__all__ = [
    "AlgorithmDeployment",
    "Backtest",
    "BacktestResult",
    "BacktestSummary",
    "Compile",
    "Live",
    "LiveSummary",
    "Order",
    "Portfolio",
    "Project",
    "ProjectFile",
    "QCResponse",
]
