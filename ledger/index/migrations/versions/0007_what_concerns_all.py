"""An index over the few events that concern all: admissions, arrangements, suspensions, AEO status."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COMMON = sa.text("record_type IN (16, 22, 23, 24)")


def upgrade() -> None:
    op.create_index("events_common", "events", ["block", "log"], sqlite_where=_COMMON, postgresql_where=_COMMON)


def downgrade() -> None:
    op.drop_index("events_common", "events")
