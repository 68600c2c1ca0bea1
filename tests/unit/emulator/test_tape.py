"""The invented account adds up at every moment, however and how often it is looked at."""

import pytest

from emulator.tape import MOST_STEPS, Position, Tape

NAME = "5f" * 16


def tape(name: str = NAME, cash: float = 50_000.0) -> Tape:
    return Tape(name, ("AAPL", "SPY"), step=0.1, cash=cash, positions={"IBM": Position(2.5, 140.0)})


def test_looking_often_changes_nothing() -> None:
    """The world is computed when somebody looks, and must not notice."""
    seldom, often = tape(), tape()
    for tenth in range(0, 3001, 7):
        often.equity(tenth / 10)
    assert often.fills(300.0) == seldom.fills(300.0)
    assert often.equity(300.0) == seldom.equity(300.0)
    assert len(seldom.fills(300.0)) > 100


def test_what_was_is_not_changed_by_what_comes() -> None:
    """Looking back gives the same account."""
    market = tape()
    early = (market.books(20.0), market.equity(20.0), market.fills(20.0))
    market.fills(500.0)
    assert (market.books(20.0), market.equity(20.0), market.fills(20.0)) == early


def test_cash_changes_by_orders_and_fees_alone() -> None:
    """Step by step, to the cent."""
    market = tape()
    cash = market.start.cash
    for fill in market.fills(300.0):
        cash = round(cash - fill.quantity * fill.price - fill.fee, 2)
        assert fill.books.cash == cash
        assert all(held.quantity for held in fill.books.positions.values())


def test_it_never_spends_more_than_it_has() -> None:
    """Also a poor one: it stops to trade before fees eat it."""
    for cash in (0.0, 150.0, 50_000.0):
        assert all(fill.books.cash >= 0 for fill in tape(cash=cash).fills(1000.0))


def test_liquidating_sells_everything_at_the_price_of_the_moment() -> None:
    """Equity then is cash, but for the fees."""
    market = tape()
    before, fees = market.equity(50.05), market.books(50.05).fees
    market.liquidate(50.05)
    after = market.books(50.05)
    assert after.positions == {}
    assert after.cash == pytest.approx(before - (after.fees - fees), abs=0.01)
    assert {fill.tag for fill in market.fills(50.05)} == {"", "Liquidated"}


def test_another_name_is_another_market() -> None:
    """Otherwise all strategies would earn the same."""
    assert tape("a0" * 16).fills(100.0) != tape("a1" * 16).fills(100.0)


def test_the_market_closes_one_day() -> None:
    """The walk is computed while a client waits, so it must have an end."""
    market = Tape(NAME, ("SPY",), step=1.0, cash=0.0, positions={})
    assert market.price("SPY", MOST_STEPS * 10.0) == market.price("SPY", float(MOST_STEPS))
