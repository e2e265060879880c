"""The tables of what proves something to somebody who has neither this store nor a node.

The ledger log follows from blocks and events and is taken back with them. Checkpoints were handed in. Kept proofs can't
be had again once the node has forgotten the state that they are about.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from ledger.index.columns import metadata

ledger_log: Final = Table(
    "ledger_log",
    metadata,
    Column("level", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("block", BigInteger, nullable=False),
    PrimaryKeyConstraint("level", "position"),
    Index("ledger_log_block", "block", "level"),
)
"""Complete subtrees; `block` is that of their last leaf."""

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("root", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("height", BigInteger, nullable=False),
    Column("body", Text, primary_key=True),
    Column("signatures", Text, nullable=False),
    Column("kept", BigInteger, nullable=False),
    Index("checkpoints_size", "size", "height"),
)
"""`body` is the signed text, `signatures` its lines."""

state_proofs: Final = Table(
    "state_proofs",
    metadata,
    Column("declaration", LargeBinary, primary_key=True),
    Column("block", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("state_proofs_block", "block"),
)
"""The newest kept proof of a declaration's state."""

event_proofs: Final = Table(
    "event_proofs",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("block", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("event_proofs_block", "block"),
)
"""That a record's event stands in its block."""
