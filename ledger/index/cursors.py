"""Opaque cursors: places in a list that stay the same while the list grows."""

import base64
import binascii
import struct
from typing import Any, Final

from ledger.index.errors import CursorError
from ledger.index.reading import Session

_PLACE: Final = struct.Struct(">QI8s")
_ITEM: Final = struct.Struct(">QII8s")
_NUMBER: Final = struct.Struct(">Q")
_PRINT: Final = 8


def write_place(block: int, log: int, block_hash: bytes) -> str:
    """The cursor after an event; the start of its block's hash tells when that block is gone."""
    return _text(_PLACE.pack(block, log, block_hash[:_PRINT]))


def read_place(cursor: str) -> tuple[int, int, bytes]:
    """Block, log, and the start of the block's hash."""
    block, log, start = _unpack(_PLACE, cursor)
    return block, log, start


def place_after(session: Session, cursor: str | None) -> tuple[int, int]:
    """The block and log after which a list goes on; before the first for no cursor.

    Raises:
        CursorError: the cursor is none, or its block is not of this index's chain.
    """
    if cursor is None:
        return -1, -1
    block, log, start = read_place(cursor)
    rows = session.rows("SELECT hash FROM blocks WHERE number = ?", block)
    if not rows or not rows[0][0].startswith(start):
        raise CursorError(cursor)
    return block, log


def write_item(at: tuple[int, int, int], block_hash: bytes) -> str:
    """The cursor after one of several items that an event made: block, log, and its number among them."""
    return _text(_ITEM.pack(*at, block_hash[:_PRINT]))


def read_item(cursor: str) -> tuple[tuple[int, int, int], bytes]:
    """Block, log and number, and the start of the block's hash."""
    block, log, place, start = _unpack(_ITEM, cursor)
    return (block, log, place), start


def write_number(number: int) -> str:
    """The cursor after a number."""
    return _text(_NUMBER.pack(number))


def read_number(cursor: str | None) -> int:
    """The number; before the first for no cursor."""
    return -1 if cursor is None else int(_unpack(_NUMBER, cursor)[0])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpack(shape: struct.Struct, cursor: str) -> tuple[Any, ...]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return shape.unpack(raw)
    except (binascii.Error, ValueError, struct.error):
        raise CursorError(cursor) from None
