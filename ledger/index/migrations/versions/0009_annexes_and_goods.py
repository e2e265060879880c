"""Annexes of arrangements, and a keyed index of what annexes look at in the goods of declarations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annexes",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "goods_private",
        sa.Column("declaration", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("declaration", "commitment", "token"),
    )


def downgrade() -> None:
    op.drop_table("goods_private")
    op.drop_table("annexes")
