"""live deployments"""

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.schema import Json, UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "deployments",
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("deploy_id", sa.String(length=100), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=True),
        sa.Column("brokerage", sa.String(length=100), nullable=True),
        sa.Column("environment", sa.String(length=40), nullable=True),
        sa.Column("launched_at", UtcTime(), nullable=True),
        sa.Column("stopped_at", UtcTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("equity", sa.Float(), nullable=True),
        sa.Column("highest_equity", sa.Float(), nullable=True),
        sa.Column("alarms", Json, nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("holdings_due_at", UtcTime(), nullable=True),
        sa.Column("holdings_digest", sa.String(length=64), nullable=True),
        sa.Column("status_kept_at", UtcTime(), nullable=True),
        sa.Column("holdings_kept_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "deploy_id", name=op.f("pk_deployments")),
    )
    with op.batch_alter_table("deployments", schema=None) as batch_op:
        batch_op.create_index("ix_deployments_due", ["account", "holdings_due_at"], unique=False)
        batch_op.create_index("ix_deployments_project", ["account", "project_id"], unique=False)

    op.create_table(
        "holdings_snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("deploy_id", sa.String(length=100), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("holdings", Json, nullable=False),
        sa.Column("cash", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings_snapshots")),
    )
    with op.batch_alter_table("holdings_snapshots", schema=None) as batch_op:
        batch_op.create_index("ix_holdings_snapshots_of", ["account", "deploy_id", "at"], unique=False)

    op.create_table(
        "live_snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("deploy_id", sa.String(length=100), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=True),
        sa.Column("equity", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_snapshots")),
    )
    with op.batch_alter_table("live_snapshots", schema=None) as batch_op:
        batch_op.create_index("ix_live_snapshots_of", ["account", "deploy_id", "at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("deploy_id", sa.String(length=100), nullable=True),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_audit_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_audit_job", ["job_id"], unique=False)

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="backtest", nullable=False))
        batch_op.add_column(sa.Column("details", Json, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("deploy_id", sa.String(length=100), nullable=True))
        batch_op.create_index("ix_jobs_kind", ["account", "kind", "state"], unique=False)
