"""How well an algorithm did, in numbers with all digits.

Rates, returns and drawdown are fractions (0.15 is 15 %), money is in the account's currency.
Sources: API reference, "Read Backtest"; LEAN's `PortfolioStatistics` and `TradeStatistics`.
"""

from pydantic import Field

from quantconnect.models.base import Listing, Maybe, Model
from quantconnect.models.numbers import Number, Whole
from quantconnect.models.times import Span, UtcDatetime
from quantconnect.models.trades import Trade


class PortfolioStatistics(Model):
    """The numbers of a finished backtest."""

    start_equity: Number = None  # account currency
    end_equity: Number = None  # account currency
    total_net_profit: Number = None
    compounding_annual_return: Number = None
    drawdown: Number = None
    sharpe_ratio: Number = None
    sortino_ratio: Number = None
    probabilistic_sharpe_ratio: Number = None
    win_rate: Number = None
    loss_rate: Number = None
    average_win_rate: Number = None
    average_loss_rate: Number = None
    profit_loss_ratio: Number = None
    expectancy: Number = None
    alpha: Number = None
    beta: Number = None
    annual_standard_deviation: Number = None
    annual_variance: Number = None
    information_ratio: Number = None
    tracking_error: Number = None
    treynor_ratio: Number = None
    portfolio_turnover: Number = None
    value_at_risk99: Number = None
    value_at_risk95: Number = None


class TradeStatistics(Model):
    """The numbers of the closed trades. MAE and MFE are the largest loss and profit while a trade was open."""

    start_date_time: UtcDatetime = None
    end_date_time: UtcDatetime = None
    total_number_of_trades: Whole = None
    number_of_winning_trades: Whole = None
    number_of_losing_trades: Whole = None
    total_profit_loss: Number = None
    total_profit: Number = None
    total_loss: Number = None
    largest_profit: Number = None
    largest_loss: Number = None
    average_profit_loss: Number = None
    average_profit: Number = None
    average_loss: Number = None
    average_trade_duration: Span = None
    average_winning_trade_duration: Span = None
    average_losing_trade_duration: Span = None
    median_trade_duration: Span = None
    median_winning_trade_duration: Span = None
    median_losing_trade_duration: Span = None
    max_consecutive_winning_trades: Whole = None
    max_consecutive_losing_trades: Whole = None
    profit_loss_ratio: Number = None
    win_loss_ratio: Number = None
    win_rate: Number = None
    loss_rate: Number = None
    average_mae: Number = Field(default=None, alias="averageMAE")
    average_mfe: Number = Field(default=None, alias="averageMFE")
    largest_mae: Number = Field(default=None, alias="largestMAE")
    largest_mfe: Number = Field(default=None, alias="largestMFE")
    maximum_closed_trade_drawdown: Number = None
    maximum_intra_trade_drawdown: Number = None
    maximum_end_trade_drawdown: Number = None
    average_end_trade_drawdown: Number = None
    maximum_drawdown_duration: Span = None
    profit_loss_standard_deviation: Number = None
    profit_loss_downside_deviation: Number = None
    profit_factor: Number = None
    profit_to_max_drawdown_ratio: Number = None
    sharpe_ratio: Number = None
    sortino_ratio: Number = None
    total_fees: Number = None


class AlgorithmPerformance(Model):
    """`totalPerformance` of a backtest, and each of its rolling windows. Comes after the statistics, sometimes seconds
    later.
    """

    portfolio_statistics: Maybe[PortfolioStatistics] = None
    trade_statistics: Maybe[TradeStatistics] = None
    closed_trades: Listing[Trade] = Field(default_factory=list, repr=False)
