"""The promises, as questions to the two outside witnesses: the ledger, and the emulator's journal of what it made."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.ledger import Ledger


def untold(ledger: Ledger, job_ids: Iterable[str]) -> list[str]:
    """Events of these jobs that some handler has not heard yet, or that nobody has announced; `<job> <event>`."""
    found = []
    with ledger.reading() as tables:
        for job_id in job_ids:
            deliveries = tables.outbox.deliveries_of(job_id)
            waiting = {row["event_id"] for row in deliveries if not row["delivered_at"]}
            heard = {row["event_id"] for row in deliveries} - waiting
            events = tables.outbox.events_of(job_id)
            found += [f"{job_id} {event.type}" for event in events if event.id not in heard]
    return found
