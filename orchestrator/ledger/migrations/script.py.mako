"""${message}"""

from alembic import op
import sqlalchemy as sa
from orchestrator.ledger.schema import Json, UtcTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
