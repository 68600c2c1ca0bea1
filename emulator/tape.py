"""What happens at a live deployment's market and in its account: an invented walk of prices, and trades along it.

Time is counted in emulated seconds since the algorithm began to trade, and the market moves in equal steps. Reading
further only appends, so what was seen once never changes: an order that is listed stays, cash and positions at any
moment follow from the orders until then, and equity is cash plus positions at that moment's price. The same name
always gives the same tape. Knows nothing of statuses, snapshots or JSON.
"""

import math
import random
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_STEPS = 500_000
"""Here the market closes for ever: the walk is computed while a client waits."""

_MINUTES_PER_YEAR = 252 * 390
_TRADE_CHANCE = 1 / 6  #: that the algorithm does something in a step
_EXPOSURE = 0.3  #: share of the cash for one purchase
_SMALLEST_STAKE = 100.0  #: dollars; below it, fees would eat the account


@dataclass(frozen=True, slots=True)
class Position:
    """A holding of one symbol."""

    quantity: float
    average_price: float


@dataclass(frozen=True, slots=True)
class Books:
    """The account at one moment."""

    cash: float  #: dollars
    positions: Mapping[str, Position]  #: by symbol; nothing in it is zero
    fees: float = 0.0  #: paid since the start, dollars
    volume: float = 0.0  #: traded since the start, dollars


@dataclass(frozen=True, slots=True)
class Fill:
    """A market order, which is filled at once."""

    id: int  #: counts from 1
    time: float
    symbol: str
    quantity: float  #: negative when sold
    price: float
    fee: float
    opened_by: int | None  #: id of the order that opened what this one closes
    books: Books  #: afterwards
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """A position from its opening to its end."""

    entry: Fill
    exit: Fill
    lowest: float  #: price while it was held
    highest: float

    @property
    def profit(self) -> float:
        """Dollars, before fees, as LEAN counts a trade's profit."""
        return round(self.entry.quantity * (self.exit.price - self.entry.price), 2)

    @property
    def fees(self) -> float:
        """Of both orders, dollars."""
        return round(self.entry.fee + self.exit.fee, 2)


@dataclass(slots=True)
class _Walk:
    """Prices of one symbol, step by step."""

    deviation: float
    prices: "array[float]" = field(default_factory=lambda: array("d"))


class Tape:
    """One deployment's market and account, as far as somebody has looked."""

    def __init__(
        self, name: str, symbols: Sequence[str], *, step: float, cash: float, positions: Mapping[str, Position]
    ) -> None:
        """Lay the tape in.

        Args:
            name: Decides everything; hex digits.
            symbols: What the algorithm trades.
            step: Emulated seconds from one price to the next.
            cash: At the start, dollars.
            positions: At the start; they are valued and can be sold, like those that the algorithm buys.
        """
        self._dice = random.Random(int(name, 16))  # noqa: S311 - a reproducible walk, not a secret
        self.step = step
        self._symbols = tuple(symbols)
        self._walks = {symbol: self._begin(positions.get(symbol)) for symbol in dict.fromkeys((*symbols, *positions))}
        self.start = Books(cash, dict(positions))
        self._fills: list[Fill] = []

    @property
    def symbols(self) -> tuple[str, ...]:
        """Everything that has a price."""
        return tuple(self._walks)

    def price(self, symbol: str, time: float) -> float:
        """Dollars."""
        self._advance(time)
        return self._walks[symbol].prices[self.position(time)]

    def fills(self, until: float) -> list[Fill]:
        """All orders up to and including a moment."""
        self._advance(until)
        return self._fills[: bisect_right(self._fills, until, key=lambda fill: fill.time)]

    def books(self, time: float) -> Books:
        """The account at a moment."""
        self._advance(time)
        count = bisect_right(self._fills, time, key=lambda fill: fill.time)
        return self._fills[count - 1].books if count else self.start

    def holdings(self, time: float) -> float:
        """Value of all positions at a moment, dollars."""
        positions = self.books(time).positions
        return round(sum(held.quantity * self.price(symbol, time) for symbol, held in positions.items()), 2)

    def equity(self, time: float) -> float:
        """Cash plus positions, dollars."""
        return round(self.books(time).cash + self.holdings(time), 2)

    def trades(self, until: float) -> Iterator[Trade]:
        """What the algorithm opened and closed up to a moment, in the order of the closing."""
        for fill in self.fills(until):
            if fill.opened_by is not None:
                entry = self._fills[fill.opened_by - 1]
                held = self._walks[fill.symbol].prices[self.position(entry.time) : self.position(fill.time) + 1]
                yield Trade(entry, fill, min(held), max(held))

    def liquidate(self, time: float) -> None:
        """Sell everything at once, at a moment after which nobody has looked yet."""
        for symbol, held in self.books(time).positions.items():
            self._fill(time, symbol, -held.quantity, "Liquidated")

    def position(self, time: float) -> int:
        """Number of the step in which a moment lies, counting from 0."""
        return min(int(time / self.step + 1e-9), MOST_STEPS)  # a product of steps may lie a hair below its step

    def _begin(self, held: Position | None) -> _Walk:
        deviation = self._dice.uniform(0.12, 0.30) / math.sqrt(_MINUTES_PER_YEAR)
        price = held.average_price if held and held.average_price > 0 else self._dice.uniform(20, 400)
        return _Walk(deviation, array("d", [_cents(price)]))

    def _advance(self, time: float) -> None:
        """Append steps up to a moment."""
        known = len(next(iter(self._walks.values())).prices)
        for step in range(known, self.position(time) + 1):
            for walk in self._walks.values():
                walk.prices.append(_cents(walk.prices[-1] * math.exp(self._dice.gauss(0, walk.deviation))))
            symbol, impulse = self._dice.choice(self._symbols), self._dice.random()
            if impulse < _TRADE_CHANCE or step == 1:
                self._trade(step * self.step, symbol)

    def _trade(self, time: float, symbol: str) -> None:
        """Sell what is held; otherwise buy for a part of the cash, if that is enough for one piece."""
        books = self._fills[-1].books if self._fills else self.start
        if symbol in books.positions:
            self._fill(time, symbol, -books.positions[symbol].quantity, "")
        elif books.cash >= _SMALLEST_STAKE:
            quantity = int(books.cash * _EXPOSURE / self._walks[symbol].prices[self.position(time)])
            if quantity:
                self._fill(time, symbol, float(quantity), "")

    def _fill(self, time: float, symbol: str, quantity: float, tag: str) -> None:
        books = self._fills[-1].books if self._fills else self.start
        price = self._walks[symbol].prices[self.position(time)]
        fee = round(max(1.0, 0.005 * abs(quantity)), 2)
        positions = dict(books.positions)
        opened_by = None
        if symbol in positions:
            del positions[symbol]
            last = next((fill for fill in reversed(self._fills) if fill.symbol == symbol), None)
            opened_by = last.id if last else None
        else:
            positions[symbol] = Position(quantity, price)
        after = Books(
            cash=round(books.cash - quantity * price - fee, 2),
            positions=positions,
            fees=round(books.fees + fee, 2),
            volume=round(books.volume + abs(quantity) * price, 2),
        )
        fill_id = len(self._fills) + 1
        self._fills.append(Fill(fill_id, time, symbol, quantity, price, fee, opened_by, after, tag))


def _cents(price: float) -> float:
    return max(0.01, round(price, 2))
