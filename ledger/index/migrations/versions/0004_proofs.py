"""Ledger log, checkpoints, kept proofs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_log",
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("level", "position"),
        sa.Index("ledger_log_block", "block", "level"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("height", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, primary_key=True),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.Column("kept", sa.BigInteger, nullable=False),
        sa.Index("checkpoints_size", "size", "height"),
    )
    for name, key in (("state_proofs", "declaration"), ("event_proofs", "digest")):
        op.create_table(
            name,
            sa.Column(key, sa.LargeBinary, primary_key=True),
            sa.Column("block", sa.BigInteger, nullable=False),
            sa.Column("content", sa.LargeBinary, nullable=False),
            sa.Index(f"{name}_block", "block"),
        )


def downgrade() -> None:
    for table in ("event_proofs", "state_proofs", "checkpoints", "ledger_log"):
        op.drop_table(table)
