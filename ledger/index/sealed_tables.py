"""The tables of what is sealed: ciphertexts, wraps, keyed goods, what was erased, read grants, and who read what."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.index.columns import code, hash_, metadata, number, serial, text

sealed: Final = Table(
    "sealed",
    metadata,
    hash_("content_hash", primary_key=True),
    hash_("declaration"),
    hash_("commitment"),
    hash_("schema"),
    number("owner"),
    number("reader"),
    hash_("fields"),
    number("created"),
    Index("sealed_commitment", "commitment"),
    Index("sealed_declaration", "declaration"),
    Index("sealed_owner", "owner", "commitment", "reader", "fields", unique=True),
)

blobs: Final = Table("blobs", metadata, hash_("content_hash", primary_key=True), hash_("content"))

wraps: Final = Table(
    "wraps",
    metadata,
    Column("content_hash", LargeBinary, ForeignKey("sealed.content_hash", ondelete="CASCADE"), nullable=False),
    number("recipient"),
    number("key_version"),
    code("suite"),
    hash_("wrapped"),
    PrimaryKeyConstraint("content_hash", "recipient"),
    Index("wraps_recipient", "recipient"),
)

goods_private: Final = Table(
    "goods_private",
    metadata,
    hash_("declaration"),
    hash_("commitment"),
    hash_("token"),
    PrimaryKeyConstraint("declaration", "commitment", "token"),
)

erased_here: Final = Table(
    "erased_here",
    metadata,
    hash_("declaration"),
    number("version"),
    hash_("commitment"),
    hash_("digest"),
    number("at"),
    PrimaryKeyConstraint("declaration", "version"),
)

read_grants: Final = Table(
    "read_grants",
    metadata,
    hash_("declaration"),
    number("grantor"),
    number("reader"),
    hash_("fields"),
    Column("serial", Text, nullable=False),  # uint64 does not fit a signed integer
    number("valid_until"),
    hash_("signature"),
    number("created"),
    PrimaryKeyConstraint("declaration", "grantor", "reader", "fields"),
    Index("read_grants_reader", "reader", "declaration"),
)

accesses: Final = Table(
    "accesses",
    metadata,
    serial("id"),
    hash_("declaration"),
    hash_("commitment"),
    hash_("content_hash"),
    number("reader"),
    text("act"),
    number("at"),
    Index("accesses_declaration", "declaration", "id"),
)
