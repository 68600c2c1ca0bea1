"""When a sweep has ended: nothing of it is left to run."""

from __future__ import annotations

from orchestrator.events import EventType
from orchestrator.ledger import Tables


def note_end(tables: Tables, sweep_id: str) -> bool:
    """Say so, in the transaction that ended its last job."""
    tables.alone(f"sweep {sweep_id}")  # of two last jobs, one must see the other's end
    if not tables.sweeps.note_end(sweep_id):
        return False
    sweep, standing = tables.sweeps.get(sweep_id), tables.sweeps.standings([sweep_id])[sweep_id]
    counts = {str(state): count for state, count in standing.counts.items() if count}
    tables.outbox.record(
        EventType.SWEEP_ENDED, sweep.account, sweep_id=sweep_id, name=sweep.name, source=sweep.source, counts=counts
    )
    return True
