"""What administrations have to do: folded from events, also from those that the store has."""

import sqlalchemy as sa
from alembic import op

from ledger.index.refolding import refold_work

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_items",
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("log", sa.BigInteger, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("administration", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("block", "log", "place"),
    )
    op.create_index("work_items_administration", "work_items", ["administration", "block", "log", "place"])
    op.create_index("work_items_subject", "work_items", ["subject"])
    op.create_index("recognitions_aeo", "recognitions", ["aeo"])
    refold_work(op.get_bind())


def downgrade() -> None:
    op.drop_index("recognitions_aeo", "recognitions")
    op.drop_table("work_items")
