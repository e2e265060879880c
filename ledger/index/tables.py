"""The tables, for SQLite and PostgreSQL. `migrations` builds the same ones; a test compares the two.

Ids, digests, heads and hashes are raw bytes; times are seconds (UTC); codes are their wire values. Whatever is folded
from events (declarations to mandates) can be dropped and rebuilt; references, annexes, readers, evidence
and the outbox exist nowhere else, nor do sealed payloads: `ledger.index.sealed_tables`.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy import text as _sql

from ledger.index.aeo import COMMON
from ledger.index.columns import Serial, metadata
from ledger.index.columns import code as _code
from ledger.index.columns import hash_ as _hash
from ledger.index.columns import number as _number
from ledger.index.columns import of_declaration as _of_declaration
from ledger.index.columns import serial as _serial
from ledger.index.columns import text as _text

_COMMON: Final = _sql(COMMON)

meta: Final = Table("meta", metadata, _text("key", primary_key=True), _text("value"))

# --- what the chain told ----------------------------------------------------------------------------------------------

blocks: Final = Table(
    "blocks",
    metadata,
    _number("number", primary_key=True, autoincrement=False),
    _hash("hash", unique=True),
    _hash("parent"),
    _number("time"),
)

cursor: Final = Table(
    "cursor",
    metadata,
    _code("id", primary_key=True, autoincrement=False),
    _number("block", nullable=True),
    _hash("hash", nullable=True),
    _number("final", nullable=True),
    _number("node_head", nullable=True),
    Column("seen_at", Float, nullable=True),
)

events: Final = Table(
    "events",
    metadata,
    Column("block", BigInteger, ForeignKey("blocks.number", ondelete="CASCADE"), nullable=False),
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
    PrimaryKeyConstraint("block", "log"),
    Index("events_digest", "digest"),
    Index("events_declaration", "declaration", "block", "log"),
    Index("events_organisation", "organisation", "block", "log"),
    Index("events_common", "block", "log", sqlite_where=_COMMON, postgresql_where=_COMMON),
)

# --- what was folded from it ------------------------------------------------------------------------------------------

declarations: Final = Table(
    "declarations",
    metadata,
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
    _code("relies", server_default="0"),
    _text("touched", server_default="0" * 16),
    _number("opened_block"),
    _code("opened_log"),
    _number("updated_block"),
    _code("updated_log"),
    _text("facts"),
    Index("declarations_consignment", "consignment", "opened_block", "opened_log"),
    Index("declarations_declarant", "declarant"),
    Index("declarations_administration", "administration"),
    Index("declarations_link", "link"),
)

versions: Final = Table(
    "versions",
    metadata,
    _of_declaration(),
    _code("number"),
    _hash("commitment"),
    _hash("schema"),
    _number("author"),
    _hash("digest"),
    PrimaryKeyConstraint("declaration", "number"),
    Index("versions_commitment", "commitment"),
)

consignments: Final = Table(
    "consignments", metadata, _hash("id", primary_key=True), _hash("head"), _number("declarations")
)

holds: Final = Table(
    "holds",
    metadata,
    _of_declaration(),
    _number("agency"),
    _code("reason"),
    _hash("evidence"),
    _hash("digest"),
    _number("since"),
    PrimaryKeyConstraint("declaration", "agency"),
)

erasures: Final = Table(
    "erasures",
    metadata,
    _of_declaration(),
    _code("version"),
    _hash("commitment"),
    _code("cause"),
    _number("author"),
    _hash("digest"),
    _number("at"),
    PrimaryKeyConstraint("declaration", "version"),
)

organisations: Final = Table(
    "organisations",
    metadata,
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
    Index("organisations_country", "country"),
)

keys: Final = Table(
    "keys",
    metadata,
    _hash("address", primary_key=True),
    _number("organisation"),
    _code("purposes"),
    _number("office"),
    _number("not_before"),
    _number("not_after"),
    _number("restores"),
    _number("compromised_since"),
    Index("keys_organisation", "organisation"),
)

encryption_keys: Final = Table(
    "encryption_keys",
    metadata,
    _number("organisation"),
    _number("version"),
    _code("suite"),
    _hash("key"),
    _hash("hybrid"),
    _number("not_before"),
    _number("not_after"),
    _hash("digest"),
    PrimaryKeyConstraint("organisation", "version"),
)

mandates: Final = Table(
    "mandates",
    metadata,
    _number("declarant"),
    _number("agent"),
    Column("serial", Text, nullable=False),  # uint64 does not fit a signed integer
    _code("representation"),
    _code("administration"),
    _code("legs"),
    _number("valid_from"),
    _number("valid_until"),
    PrimaryKeyConstraint("declarant", "agent"),
)

# --- what stands nowhere else -----------------------------------------------------------------------------------------

scopes: Final = Table("scopes", metadata, _hash("root", primary_key=True), _text("items"))

annexes: Final = Table("annexes", metadata, _hash("hash", primary_key=True), _text("content"))

references: Final = Table(
    "references_private",
    metadata,
    _hash("token"),
    _hash("declaration"),
    _code("type"),
    _number("at"),
    PrimaryKeyConstraint("token", "declaration"),
    Index("references_declaration", "declaration"),
)

readers: Final = Table(
    "readers",
    metadata,
    _number("declarant"),
    _hash("token"),
    _number("reader"),
    _number("valid_from"),
    _number("valid_until"),
    PrimaryKeyConstraint("declarant", "token", "reader"),
    Index("readers_reader", "reader", "token"),
)

evidence: Final = Table(
    "evidence",
    metadata,
    _serial("id"),
    _hash("hash", unique=True),
    _text("kind"),
    _number("organisation"),
    _number("received"),
    _number("effective"),
    _hash("declaration", nullable=True),
    _hash("content"),
    Index("evidence_declaration", "declaration"),
)

evidence_references: Final = Table(
    "evidence_references",
    metadata,
    Column("evidence", Serial, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
    _hash("token"),
    PrimaryKeyConstraint("token", "evidence"),
)

ingested: Final = Table(
    "ingested",
    metadata,
    _hash("key", primary_key=True),
    _text("kind"),
    _text("outcome"),
    _hash("digest", nullable=True),
    _number("at"),
)

challenges: Final = Table(
    "challenges", metadata, _hash("nonce", primary_key=True), _hash("address"), Column("expires", Float, nullable=False)
)

alarms: Final = Table(
    "alarms",
    metadata,
    _serial("id"),
    _text("kind"),
    _text("detail"),
    Column("raised", Float, nullable=False),
    Column("cleared", Float, nullable=True),
)

# --- the outbox -------------------------------------------------------------------------------------------------------

outbox_records: Final = Table(
    "outbox_records",
    metadata,
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
    Column("provisional", Boolean, nullable=False),
    Index("outbox_records_state", "state", "place"),
    Index("outbox_records_transaction", "transaction_hash"),
    sqlite_autoincrement=True,
)

outbox_transactions: Final = Table(
    "outbox_transactions",
    metadata,
    _hash("hash", primary_key=True),
    _hash("relay"),
    _number("nonce"),
    _hash("raw"),
    _hash("digests"),
    _code("state"),
    Index("outbox_transactions_relay", "relay", "state", "nonce"),
)

leases: Final = Table(
    "leases", metadata, _hash("relay", primary_key=True), _text("holder"), Column("expires", Float, nullable=False)
)
