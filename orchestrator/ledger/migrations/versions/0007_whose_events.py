"""whose events they are: each account's handlers hear its own"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("events", sa.Column("account", sa.String(length=300), nullable=True))
    # Those without a job stay nobody's, which means: anybody's.
    op.execute("UPDATE events SET account = (SELECT account FROM jobs WHERE jobs.id = events.job_id)")
