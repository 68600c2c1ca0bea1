"""when a delivery's message was last sent, and when a backtest completed as nearly as the looks tell"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("sent_at", UtcTime(), nullable=True))
    op.add_column("jobs", sa.Column("completed_at", UtcTime(), nullable=True))
    op.execute("UPDATE jobs SET completed_at = completed_seen_at")  # the next best that is known
