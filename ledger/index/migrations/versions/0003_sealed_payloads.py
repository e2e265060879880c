"""Payloads are sealed; the table of payloads in plain goes."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util.exc import CommandError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows only in an INTEGER PRIMARY KEY
_IN_PLAIN = ("payloads", "evidence", "ingested")


def _hash(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False, **options)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    _refuse_plain_text()
    op.drop_table("payloads")
    _sealed()
    _read()


def _refuse_plain_text() -> None:
    """Only clients can seal, so nothing here can bring what an earlier version kept in plain into this form."""
    connection = op.get_bind()
    for table in _IN_PLAIN:
        if connection.scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608 - our own names
            raise CommandError(
                "it holds messages in plain, from before they were sealed: make a new home and ingest them there"
            )


def _sealed() -> None:
    op.create_table(
        "sealed",
        _hash("content_hash", primary_key=True),
        _hash("declaration"),
        _hash("commitment"),
        _hash("schema"),
        _number("owner"),
        _number("reader"),
        _hash("fields"),
        _number("created"),
    )
    op.create_index("sealed_commitment", "sealed", ["commitment"])
    op.create_index("sealed_declaration", "sealed", ["declaration"])
    op.create_index("sealed_owner", "sealed", ["owner", "commitment", "reader", "fields"], unique=True)
    op.create_table("blobs", _hash("content_hash", primary_key=True), _hash("content"))
    op.create_table(
        "wraps",
        sa.Column(
            "content_hash", sa.LargeBinary, sa.ForeignKey("sealed.content_hash", ondelete="CASCADE"), nullable=False
        ),
        _number("recipient"),
        _number("key_version"),
        sa.Column("suite", sa.Integer, nullable=False),
        _hash("wrapped"),
        sa.PrimaryKeyConstraint("content_hash", "recipient"),
    )
    op.create_index("wraps_recipient", "wraps", ["recipient"])


def _read() -> None:
    op.create_table(
        "read_grants",
        _hash("declaration"),
        _number("grantor"),
        _number("reader"),
        _hash("fields"),
        _text("serial"),
        _number("valid_until"),
        _hash("signature"),
        _number("created"),
        sa.PrimaryKeyConstraint("declaration", "grantor", "reader", "fields"),
    )
    op.create_index("read_grants_reader", "read_grants", ["reader", "declaration"])
    op.create_table(
        "accesses",
        sa.Column("id", Serial, primary_key=True, autoincrement=True, nullable=False),
        _hash("declaration"),
        _hash("commitment"),
        _hash("content_hash"),
        _number("reader"),
        _text("act"),
        _number("at"),
    )
    op.create_index("accesses_declaration", "accesses", ["declaration", "id"])


def downgrade() -> None:
    for table in ("accesses", "read_grants", "wraps", "blobs", "sealed"):
        op.drop_table(table)
    op.create_table(
        "payloads",
        _hash("commitment", primary_key=True),
        _hash("schema"),
        _hash("content"),
        _number("owner"),
        sa.Column("declaration", sa.LargeBinary, nullable=True),
        _number("created"),
    )
    op.create_index("payloads_declaration", "payloads", ["declaration"])
