"""Events and their deliveries in the ledger."""

import sqlalchemy as sa

from orchestrator.events import EventType
from orchestrator.ledger import Ledger
from orchestrator.ledger.schema import events
from tests.support.at_once import at_once
from tests.support.workbench import HandMovedClock, add_job


def recorded(ledger: Ledger) -> str:
    """The id of an event of a job."""
    job = add_job(ledger)
    with ledger.writing() as tables:
        return tables.outbox.record(EventType.BACKTEST_QUEUED, job, ratio=0.5, nothing=None, deep={"list": [1, "ü"]})


def test_an_event_is_read_as_it_was_written(ledger: Ledger, clock: HandMovedClock) -> None:
    """Its data are plain JSON on either database."""
    event_id = recorded(ledger)

    with ledger.reading() as tables:
        event = tables.outbox.get(event_id)

    assert event is not None
    assert (event.type, event.at) == (EventType.BACKTEST_QUEUED, clock())
    assert event.data == {
        "name": "rsi",
        "parameters": {},
        "source": "strategies/rsi",
        "ratio": 0.5,
        "nothing": None,
        "deep": {"list": [1, "ü"]},
    }


def test_an_event_without_a_job_is_possible(ledger: Ledger) -> None:
    """Refused credentials concern the account."""
    with ledger.writing() as tables:
        event_id = tables.outbox.record(EventType.CREDENTIALS_REFUSED, "7@host", account="7@host")
        event = tables.outbox.get(event_id)

    assert event is not None
    assert (event.job_id, event.run, event.data) == (None, None, {"account": "7@host"})


def test_each_account_sees_to_its_own_events(ledger: Ledger, clock: HandMovedClock) -> None:
    """Two that share a ledger have receivers of their own. What an older version wrote names no account: anybody's."""
    with ledger.writing() as tables:
        ours, theirs, anybodys = (
            tables.outbox.record(EventType.SWEEP_ENDED, account, number=number)
            for number, account in enumerate(["7@host", "8@host", "7@host"])
        )
        tables.outbox._connection.execute(sa.update(events).where(events.c.id == anybodys).values(account=None))
        assert {event.id for event in tables.outbox.unannounced(account="8@host")} == {theirs, anybodys}
        assert {event.id for event in tables.outbox.unannounced()} == {ours, theirs, anybodys}
        for event_id in (ours, theirs, anybodys):
            tables.outbox.announce(event_id, ["log"])
        assert {event_id for event_id, _ in tables.outbox.take(account="7@host")} == {ours, anybodys}
        assert tables.outbox.take(account="7@host") == []
        assert tables.outbox.take() == [(theirs, "log")]


def test_announcing_twice_writes_each_delivery_once(ledger: Ledger) -> None:
    """Two workers may announce at the same time; a delivery that was made stays made."""
    event_id = recorded(ledger)
    with ledger.writing() as tables:
        tables.outbox.announce(event_id, ["log", "webhook"])
        tables.outbox.claim(event_id, "log")
        tables.outbox.delivered(event_id, "log")

    with ledger.writing() as tables:
        tables.outbox.announce(event_id, ["log", "webhook"])
        assert tables.outbox.take() == [(event_id, "webhook")]
        assert tables.outbox.unannounced() == []


def test_an_event_that_nobody_hears_is_announced_all_the_same(ledger: Ledger) -> None:
    """It must not be looked at again for ever."""
    event_id = recorded(ledger)
    with ledger.writing() as tables:
        assert tables.outbox.unannounced() == [tables.outbox.get(event_id)]
        tables.outbox.announce(event_id, [])
        assert tables.outbox.unannounced() == []


def test_a_delivery_is_claimed_by_one_of_many(ledger: Ledger) -> None:
    """The same task may be in the hands of several workers."""
    event_id = recorded(ledger)
    with ledger.writing() as tables:
        tables.outbox.announce(event_id, ["log"])

    def claim() -> bool:
        with ledger.writing() as tables:
            return tables.outbox.claim(event_id, "log")

    assert sorted(at_once(8, claim)) == [False] * 7 + [True]


def test_a_claim_counts_as_an_attempt_and_runs_out(ledger: Ledger, clock: HandMovedClock) -> None:
    """A worker that dies with a delivery in its hands has tried."""
    event_id = recorded(ledger)
    with ledger.writing() as tables:
        tables.outbox.announce(event_id, ["log"])
        assert tables.outbox.claim(event_id, "log")
        assert tables.outbox.take() == []

    clock.advance(seconds=60)

    with ledger.writing() as tables:
        assert tables.outbox.claim(event_id, "log")
        event = tables.outbox.get(event_id)
        assert event is not None
        (row,) = tables.outbox.deliveries_of(event.job_id or "")
    assert row["attempts"] == 2
