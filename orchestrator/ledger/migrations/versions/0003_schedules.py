"""schedules"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("timetable", sa.Text(), nullable=False),
        sa.Column("handled_until", UtcTime(), nullable=False),
        sa.Column("last_occurrence", UtcTime(), nullable=True),
        sa.Column("last_job_id", sa.String(length=32), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("changed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("pk_schedules")),
    )
