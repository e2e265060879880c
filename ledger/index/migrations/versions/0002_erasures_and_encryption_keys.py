"""What was erased, and the keys to which others encrypt."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _hash(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _code(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("declaration", sa.LargeBinary, sa.ForeignKey("declarations.id", ondelete="CASCADE"), nullable=False),
        _code("version"),
        _hash("commitment"),
        _code("cause"),
        _number("author"),
        _hash("digest"),
        _number("at"),
        sa.PrimaryKeyConstraint("declaration", "version"),
    )
    op.create_table(
        "encryption_keys",
        _number("organisation"),
        _number("version"),
        _code("suite"),
        _hash("key"),
        _hash("hybrid"),
        _number("not_before"),
        _number("not_after"),
        _hash("digest"),
        sa.PrimaryKeyConstraint("organisation", "version"),
    )


def downgrade() -> None:
    op.drop_table("encryption_keys")
    op.drop_table("erasures")
