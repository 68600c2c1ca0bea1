"""Callbacks: all are called, none can do harm."""

import asyncio
import logging

import pytest

from quantconnect.events import Events


def test_plain_and_async_callbacks_are_told_in_order() -> None:
    """Nobody needs to know which kind the others are."""
    told: list[object] = []

    async def later(fact: object) -> None:
        await asyncio.sleep(0)
        told.append(("later", fact))

    events = Events(("done",))
    events.on("done", later)
    events.on("done", lambda fact: told.append(("now", fact)))
    asyncio.run(events.tell("done", 1))
    assert told == [("later", 1), ("now", 1)]


def test_a_failing_callback_is_logged_and_the_next_one_is_called(caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in a callback must not cost a backtest."""
    told: list[object] = []

    async def broken(_: object) -> None:
        raise RuntimeError("my mistake")

    events = Events(("done",))
    events.on("done", broken)
    events.on("done", told.append)
    with caplog.at_level(logging.ERROR):
        asyncio.run(events.tell("done", 1))
    assert told == [1]
    assert "A callback for done failed." in caplog.text
    assert "my mistake" in caplog.text


def test_a_callback_that_was_taken_off_is_called_no_more() -> None:
    """And taking it off twice is no error."""
    told: list[object] = []
    events = Events(("done",))
    events.on("done", told.append)
    events.off("done", told.append)
    events.off("done", told.append)
    asyncio.run(events.tell("done", 1))
    assert told == []


def test_a_callback_may_take_itself_off() -> None:
    """The next one must not be skipped for it."""
    told: list[object] = []
    events = Events(("done",))

    def once(_: object) -> None:
        events.off("done", once)

    events.on("done", once)
    events.on("done", told.append)
    asyncio.run(events.tell("done", 1))
    assert told == [1]


def test_an_event_that_does_not_exist_is_refused() -> None:
    """A misspelled one would never be told."""
    events = Events(("done",))
    with pytest.raises(ValueError, match="done"):
        events.on("doen", print)
