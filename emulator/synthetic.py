"""An invented market and an invented trader: prices, trades and the equity curve that follows from them.

The same code, parameters and seed always give the same run, and another parameter gives another one. What the
strategy would really have earned plays no part; what it says literally (dates, cash, tickers) does. The equity of
each day is cash plus holdings at that day's price, so trades and curve agree to the cent.
"""

import hashlib
import json
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from emulator.strategy import Strategy

DEFAULT_START = date(2023, 1, 1)
DEFAULT_CASH = 100_000.0  #: LEAN's own default
DEFAULT_SYMBOLS = ("SPY",)

MAX_YEARS = 30
"""A longer span is cut at its end: the curve is computed while the client waits."""

MAX_SYMBOLS = 5
"""More tickers than these are subscribed to but never traded."""

_TRADING_DAYS = 252
_SMALLEST_STAKE = 100.0  #: below it, fees would eat the account


@dataclass(frozen=True, slots=True)
class Trade:
    """A long position from its purchase to its sale. Days are positions in the run's list of days."""

    symbol: str
    entry_day: int
    exit_day: int
    quantity: int
    entry_price: float
    exit_price: float
    fees: float  #: of both orders, dollars
    lowest: float  #: price while it was held
    highest: float

    @property
    def profit(self) -> float:
        """Dollars, before fees, as LEAN counts a trade's profit."""
        return self.quantity * (self.exit_price - self.entry_price)


@dataclass(frozen=True, slots=True)
class Run:
    """One synthetic backtest."""

    days: tuple[date, ...]  #: trading days, Monday to Friday
    cash: float  #: at the beginning, dollars
    equity: tuple[float, ...]  #: at the close of each day
    prices: Mapping[str, tuple[float, ...]]  #: of each symbol at the close of each day
    trades: tuple[Trade, ...]

    @property
    def benchmark(self) -> tuple[float, ...]:
        """Prices of the first symbol."""
        return next(iter(self.prices.values()))

    def close(self, day: int) -> datetime:
        """The end of a trading day, by its position, when orders fill and equity is noted.

        New York closes at 21:00 UTC; that it is 20:00 in summer is left out.
        """
        return datetime.combine(self.days[day], time(21), UTC)


def fingerprint(sources: Mapping[str, str], parameters: Mapping[str, Any], seed: int | None) -> str:
    """Name of a run: hex digest of everything that decides it. Notebooks and pages do not.

    Parameter values count as text, because a form cannot say 10 otherwise than "10".
    """
    code = {name: content for name, content in sources.items() if name.endswith((".py", ".cs"))}
    values = {name: str(value) for name, value in parameters.items()}
    return hashlib.sha256(json.dumps([code, values, seed], sort_keys=True).encode()).hexdigest()


def span(strategy: Strategy) -> tuple[date, date]:
    """First and last calendar day of a run. What the code leaves open becomes the year 2023, or a year."""
    start = strategy.start or min(DEFAULT_START, strategy.end or DEFAULT_START)
    end = strategy.end or start + timedelta(days=364)
    return start, max(start, min(end, start + timedelta(days=366 * MAX_YEARS)))


def simulate(strategy: Strategy, name: str) -> Run:
    """Invent the run with this fingerprint."""
    dice = random.Random(int(name, 16))  # noqa: S311 - a reproducible walk, not a secret
    first, last = span(strategy)
    days = tuple(
        day
        for day in (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        if day.weekday() < 5
    ) or (first,)
    cash = strategy.cash or DEFAULT_CASH
    prices = {symbol: _walk(dice, len(days)) for symbol in (strategy.symbols or DEFAULT_SYMBOLS)[:MAX_SYMBOLS]}
    trades = _trade(dice, prices, cash, len(days))
    equity = _equity(trades, prices, cash, len(days))
    return Run(days, cash, equity, prices, trades)


def _walk(dice: random.Random, days: int) -> tuple[float, ...]:
    """Daily closing prices: a geometric random walk with plausible drift and volatility, in whole cents."""
    drift, volatility = dice.gauss(0.08, 0.08), dice.uniform(0.12, 0.30)
    mean, deviation = (drift - volatility**2 / 2) / _TRADING_DAYS, volatility / math.sqrt(_TRADING_DAYS)
    price = dice.uniform(20, 400)
    prices = []
    for _ in range(days):
        price *= math.exp(dice.gauss(mean, deviation))
        prices.append(max(1.0, round(price, 2)))
    return tuple(prices)


def _trade(dice: random.Random, prices: Mapping[str, tuple[float, ...]], cash: float, days: int) -> tuple[Trade, ...]:
    """One position after the other; the last one is closed on the last day."""
    trades: list[Trade] = []
    held_days, idle_days, exposure = dice.randint(3, 30), dice.randint(1, 10), dice.uniform(0.5, 0.95)
    day = dice.randint(0, idle_days)
    while day < days - 1 and cash >= _SMALLEST_STAKE:
        symbol = dice.choice(sorted(prices))
        leave = min(days - 1, day + dice.randint(1, 2 * held_days))
        held = prices[symbol][day : leave + 1]
        quantity = int(cash * exposure / held[0])
        if quantity:
            fees = round(2 * max(1.0, 0.005 * quantity), 2)
            trade = Trade(symbol, day, leave, quantity, held[0], held[-1], fees, min(held), max(held))
            trades.append(trade)
            cash += trade.profit - fees
        day = leave + dice.randint(1, 2 * idle_days)
    return tuple(trades)


def _equity(
    trades: tuple[Trade, ...], prices: Mapping[str, tuple[float, ...]], cash: float, days: int
) -> tuple[float, ...]:
    curve = []
    upcoming = iter((*trades, None))
    trade = next(upcoming)
    for day in range(days):
        worth = cash
        if trade and day >= trade.entry_day:
            worth += trade.quantity * (prices[trade.symbol][day] - trade.entry_price) - trade.fees / 2
            if day == trade.exit_day:
                worth = cash = cash + trade.profit - trade.fees
                trade = next(upcoming)
        curve.append(round(worth, 2))
    return tuple(curve)
