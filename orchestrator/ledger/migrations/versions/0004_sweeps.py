"""sweeps: many jobs as one object, the order in which they run, and what each endpoint was asked"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import Json, UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("plan", Json, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("most_nodes", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("rerun_of", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
    )
    op.create_index("ix_sweeps_open", "sweeps", ["account", "ended_at"])
    # Column by column, never by rebuilding a table: SQLite would not drop one that others refer to.
    for name, type_ in (
        ("crowded_slots", sa.Integer()),
        ("crowded_until", UtcTime()),
        ("crowded_times", sa.Integer()),
        ("settling_seconds", sa.Float()),
    ):
        op.add_column("accounts", sa.Column(name, type_, nullable=True))
    op.add_column("attempts", sa.Column("asked", Json, nullable=True))
    reference = sa.ForeignKey("sweeps.id", name=op.f("fk_jobs_sweep_id"))
    op.add_column("jobs", sa.Column("sweep_id", sa.String(length=32), reference, nullable=True), inline_references=True)
    op.add_column("jobs", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("labels", Json, nullable=True))
    op.add_column("jobs", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("look_at", UtcTime(), nullable=True))
    op.add_column("jobs", sa.Column("reused_from", sa.String(length=32), nullable=True))
    op.add_column("jobs", sa.Column("retried_by", sa.String(length=32), nullable=True))
    op.drop_index("ix_jobs_queue", "jobs")
    op.create_index("ix_jobs_running", "jobs", ["account", "state", "look_at"])
    op.create_index("ix_jobs_sweep", "jobs", ["sweep_id", "state"])
    waiting = ("account", "state", "kind", "cancel_requested", "paused", "sweep_id")
    in_order = (sa.text("priority DESC"), "created_at", "position", "id")
    op.create_index("ix_jobs_queue", "jobs", [*waiting, *in_order])
    # A backtest that ran when the ledger was brought up to date is looked at soon.
    op.execute("UPDATE jobs SET look_at = lease_until WHERE state = 'running' AND backtest_id IS NOT NULL")
