"""when a backtest was last seen running"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_running_at", UtcTime(), nullable=True))
