"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows only in an INTEGER PRIMARY KEY


def _hash(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=options.pop("nullable", False), **options)


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=options.pop("nullable", False), **options)


def _code(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=options.pop("nullable", False), **options)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=options.pop("nullable", False), **options)


def _of_declaration(**options: Any) -> sa.Column[bytes]:
    return sa.Column(
        "declaration",
        sa.LargeBinary,
        sa.ForeignKey("declarations.id", ondelete="CASCADE"),
        nullable=False,
        **options,
    )


def _serial(name: str) -> sa.Column[int]:
    return sa.Column(name, Serial, primary_key=True, autoincrement=True)


def upgrade() -> None:
    _chain()
    _folded()
    _kept()
    _outbox()


def _chain() -> None:
    op.create_table("meta", _text("key", primary_key=True), _text("value"))

    op.create_table(
        "blocks",
        _number("number", primary_key=True, autoincrement=False),
        _hash("hash", unique=True),
        _hash("parent"),
        _number("time"),
    )

    op.create_table(
        "cursor",
        _code("id", primary_key=True, autoincrement=False),
        _number("block", nullable=True),
        _hash("hash", nullable=True),
        _number("final", nullable=True),
        _number("node_head", nullable=True),
        sa.Column("seen_at", sa.Float, nullable=True),
    )

    op.create_table(
        "events",
        sa.Column("block", sa.BigInteger, sa.ForeignKey("blocks.number", ondelete="CASCADE"), nullable=False),
        _code("log"),
        _hash("digest"),
        _code("record_type"),
        _code("outcome"),
        _number("author"),
        _hash("declaration", nullable=True),
        _number("organisation", nullable=True),
        _hash("subject"),
        _hash("body"),
        _hash("signature"),
        _hash("proof"),
        _hash("transaction_hash"),
        _number("time"),
        _hash("head_before"),
        _hash("head_after"),
        _code("remarks"),
        sa.PrimaryKeyConstraint("block", "log"),
        sa.Index("events_digest", "digest"),
        sa.Index("events_declaration", "declaration", "block", "log"),
        sa.Index("events_organisation", "organisation", "block", "log"),
    )


def _folded() -> None:
    op.create_table(
        "declarations",
        _hash("id", primary_key=True),
        _hash("consignment"),
        _hash("join_key"),
        _number("declarant"),
        _number("agent"),
        _code("administration"),
        _code("leg"),
        _code("regime"),
        _code("stage"),
        _code("status"),
        _code("flags"),
        _code("version"),
        _hash("commitment"),
        _hash("schema"),
        _hash("settled"),
        _hash("request"),
        _hash("requested_commitment", nullable=True),
        _hash("requested_schema", nullable=True),
        _hash("hold_head"),
        _hash("link"),
        _code("link_kind"),
        _number("lodged_at"),
        _number("opened_block"),
        _code("opened_log"),
        _number("updated_block"),
        _code("updated_log"),
        _text("facts"),
        sa.Index("declarations_consignment", "consignment", "opened_block", "opened_log"),
        sa.Index("declarations_declarant", "declarant"),
        sa.Index("declarations_administration", "administration"),
        sa.Index("declarations_link", "link"),
    )

    op.create_table(
        "versions",
        _of_declaration(),
        _code("number"),
        _hash("commitment"),
        _hash("schema"),
        _number("author"),
        _hash("digest"),
        sa.PrimaryKeyConstraint("declaration", "number"),
        sa.Index("versions_commitment", "commitment"),
    )

    op.create_table("consignments", _hash("id", primary_key=True), _hash("head"), _number("declarations"))

    op.create_table(
        "holds",
        _of_declaration(),
        _number("agency"),
        _code("reason"),
        _hash("evidence"),
        _hash("digest"),
        _number("since"),
        sa.PrimaryKeyConstraint("declaration", "agency"),
    )

    op.create_table(
        "organisations",
        _number("id", primary_key=True, autoincrement=False),
        _code("kind"),
        _code("administration"),
        _hash("country"),
        _code("status"),
        _code("next_status"),
        _number("status_from"),
        _number("backdating"),
        _number("next_backdating"),
        _number("backdating_from"),
        _hash("head"),
        _code("successor"),
        _code("marks"),
        sa.Index("organisations_country", "country"),
    )

    op.create_table(
        "keys",
        _hash("address", primary_key=True),
        _number("organisation"),
        _code("purposes"),
        _number("office"),
        _number("not_before"),
        _number("not_after"),
        _number("restores"),
        _number("compromised_since"),
        sa.Index("keys_organisation", "organisation"),
    )

    op.create_table(
        "mandates",
        _number("declarant"),
        _number("agent"),
        sa.Column("serial", sa.Text, nullable=False),  # uint64 does not fit a signed integer
        _code("representation"),
        _code("administration"),
        _code("legs"),
        _number("valid_from"),
        _number("valid_until"),
        sa.PrimaryKeyConstraint("declarant", "agent"),
    )


def _kept() -> None:
    op.create_table(
        "payloads",
        _hash("commitment", primary_key=True),
        _hash("schema"),
        _hash("content"),
        _number("owner"),
        _hash("declaration", nullable=True),
        _number("created"),
        sa.Index("payloads_declaration", "declaration"),
    )

    op.create_table("scopes", _hash("root", primary_key=True), _text("items"))

    op.create_table(
        "references_private",
        _hash("token"),
        _hash("declaration"),
        _code("type"),
        _number("at"),
        sa.PrimaryKeyConstraint("token", "declaration"),
        sa.Index("references_declaration", "declaration"),
    )

    op.create_table(
        "readers",
        _number("declarant"),
        _hash("token"),
        _number("reader"),
        _number("valid_from"),
        _number("valid_until"),
        sa.PrimaryKeyConstraint("declarant", "token", "reader"),
        sa.Index("readers_reader", "reader", "token"),
    )

    op.create_table(
        "evidence",
        _serial("id"),
        _hash("hash", unique=True),
        _text("kind"),
        _number("organisation"),
        _number("received"),
        _number("effective"),
        _hash("declaration", nullable=True),
        _hash("content"),
        sa.Index("evidence_declaration", "declaration"),
    )

    op.create_table(
        "evidence_references",
        sa.Column("evidence", Serial, sa.ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
        _hash("token"),
        sa.PrimaryKeyConstraint("token", "evidence"),
    )

    op.create_table(
        "ingested",
        _hash("key", primary_key=True),
        _text("kind"),
        _text("outcome"),
        _hash("digest", nullable=True),
        _number("at"),
    )

    op.create_table(
        "challenges", _hash("nonce", primary_key=True), _hash("address"), sa.Column("expires", sa.Float, nullable=False)
    )

    op.create_table(
        "alarms",
        _serial("id"),
        _text("kind"),
        _text("detail"),
        sa.Column("raised", sa.Float, nullable=False),
        sa.Column("cleared", sa.Float, nullable=True),
    )


def _outbox() -> None:
    op.create_table(
        "outbox_records",
        _serial("place"),
        _hash("digest", unique=True),
        _code("record_type"),
        _hash("body"),
        _hash("signature"),
        _hash("proof"),
        _number("deadline"),
        _code("state"),
        _hash("transaction_hash", nullable=True),
        _code("outcome", nullable=True),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Index("outbox_records_state", "state", "place"),
        sa.Index("outbox_records_transaction", "transaction_hash"),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "outbox_transactions",
        _hash("hash", primary_key=True),
        _hash("relay"),
        _number("nonce"),
        _hash("raw"),
        _hash("digests"),
        _code("state"),
        sa.Index("outbox_transactions_relay", "relay", "state", "nonce"),
    )

    op.create_table(
        "leases", _hash("relay", primary_key=True), _text("holder"), sa.Column("expires", sa.Float, nullable=False)
    )


def downgrade() -> None:
    for table in (
        "leases",
        "outbox_transactions",
        "outbox_records",
        "alarms",
        "challenges",
        "ingested",
        "evidence_references",
        "evidence",
        "readers",
        "references_private",
        "scopes",
        "payloads",
        "mandates",
        "keys",
        "organisations",
        "holds",
        "consignments",
        "versions",
        "declarations",
        "events",
        "cursor",
        "blocks",
        "meta",
    ):
        op.drop_table(table)
