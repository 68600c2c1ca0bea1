"""when a message for a delivery was last sent"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_at", UtcTime(), nullable=True))
